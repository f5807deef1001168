"""A short study of PRISM's shape: some of its questions, its three types of conversation."""

from typing import Any


def _options(*values: str) -> list[dict[str, Any]]:
    return [{"key": _key(value), "value": value, "label": value} for value in values]


def _key(value: str) -> str:
    return "k_" + value.lower().replace(" ", "_").replace("-", "_").replace("+", "")


def _single(name: str, *values: str) -> dict[str, Any]:
    return {"id": name, "kind": "single", "label": name, "options": _options(*values)}


def _rows(*names: str) -> list[dict[str, str]]:
    return [{"key": name, "label": name} for name in names]


def document(slug: str) -> dict[str, Any]:
    """Return the study's document."""
    attributes = ("values", "fluency", "factuality", "safety", "diversity", "creativity", "helpfulness")
    vas = {"kind": "vas", "min": 1, "max": 100, "low": "low", "high": "high", "allow_not_applicable": True}
    return {
        "slug": slug,
        "title": {"en": "Talking with models", "ar": "الحديث"},
        "languages": ["en"],
        "minutes": 20,
        "contact": {"name": "The team", "email": "team@example.org"},
        "recruitment": {"source": "prolific"},
        "stages": [
            {"id": "consent", "kind": "consent", "version": "v1", "body": "Please read.",
             "purposes": [{"key": "take_part", "required": True, "text": "I agree."}]},
            {"id": "survey", "kind": "survey", "pages": [{"id": "all", "title": "You", "items": [
                _single("lm_familiarity", "Not familiar at all", "Somewhat familiar", "Very familiar"),
                _single("lm_indirect_use", "Yes", "No", "Unsure"),
                _single("lm_direct_use", "Yes", "No", "Unsure"),
                _single("lm_frequency_use", "Every week", "Every day"),
                {"id": "lm_usecases", "kind": "multiple", "label": "uses", "randomise": "all_but_last",
                 "options": [{"key": key, "label": key} for key in ("research", "games", "other")]},
                {"id": "self_description", "kind": "text", "label": "you"},
                {"id": "stated_prefs", "kind": "vas", "label": "prefs", "low": "low", "high": "high",
                 "rows": _rows(*attributes, "personalisation", "other")},
                {"id": "system_string", "kind": "text", "label": "rules"},
                _single("age", "18-24 years old", "25-34 years old"),
                _single("gender", "Male", "Female"),
                {"id": "reside_country", "kind": "country", "label": "reside"},
                {"id": "birth_country", "kind": "country", "label": "birth"},
            ]}]},
            {"id": "conversations", "kind": "conversation", "types": [
                {"key": "unguided", "title": "Anything", "wanted": 2, "stored_as": "unguided"},
                {"key": "values_guided", "title": "Values", "wanted": 2, "stored_as": "values guided"},
                {"key": "controversy_guided", "title": "Argue", "wanted": 2, "stored_as": "controversy guided"},
            ], "feedback": [{"id": "all", "title": "How was it", "items": [
                {"id": "performance_attributes", "label": "It was", "rows": _rows(*attributes), **vas},
                {"id": "choice_attributes", "label": "It counted", "rows": _rows(*attributes), **vas},
                {"id": "open_feedback", "kind": "text", "label": "words"},
            ]}]},
            {"id": "debrief", "kind": "debrief", "text": "Thank you."},
        ],
    }  # fmt: skip
