"""PRISM's survey columns from a person's answers: exact keys, their order, and what null means there.

Columns that need nothing but the answers are made here; ids, counts, times and subset flags are the release's.
"""

import re
import string
from collections.abc import Mapping, Sequence
from typing import Any

from annotation.profiles.countries import english_name
from annotation.profiles.items.choices import Multiple, Single
from annotation.profiles.items.plain import Confirm
from annotation.profiles.regions import REGIONS, special_region
from annotation.profiles.shapes import Profile

UNSAID = "Prefer not to say"
USECASES = (
    "homework_assistance", "research", "source_suggestions", "professional_work", "creative_writing",
    "casual_conversation", "personal_recommendations", "daily_productivity", "technical_or_programming_help",
    "travel_guidance", "lifestyle_and_hobbies", "well-being_guidance", "medical_guidance", "financial_guidance",
    "games", "historical_or_news_insight", "relationship_advice", "language_learning", "other",
)  # fmt: skip
PREFS = (
    "values", "creativity", "fluency", "factuality", "diversity", "safety", "personalisation", "helpfulness", "other"
)  # fmt: skip
ANSWERED = (
    "consent_age", "lm_familiarity", "lm_indirect_use", "lm_direct_use", "lm_frequency_use", "self_description",
    "system_string", "age", "gender", "employment_status", "education", "marital_status", "english_proficiency",
    "religion", "ethnicity", "location", "lm_usecases", "stated_prefs", "order_lm_usecases", "order_stated_prefs",
)  # fmt: skip


def survey_columns(
    definition: Any, answers: Mapping[str, Any], orders: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Return the columns of ``ANSWERED``, in that order, for one person.

    ``answers`` is ``questionnaires.answers`` of the person's profile stages, ``orders`` the stored orders by item.
    A column whose question the study did not ask, or the person did not see, is null. Source: PRISM's codebook;
    reference/prism.md §2.1.
    """
    items = {
        item.id: item for stage in definition.stages if isinstance(stage, Profile) for item in stage.all_items
    }

    def released(name: str) -> Any:
        return _released(items.get(name), answers.get(name))

    made: dict[str, Any] = {
        "gender": _gender(answers, released("gender")),
        "religion": {**_described(answers, "religion"), "simplified": None},
        "ethnicity": {**_described(answers, "ethnicity"), "simplified": None},
        "location": _location(answers.get("birth_country"), answers.get("reside_country")),
        "lm_usecases": _usecases(answers),
        "stated_prefs": _prefs(answers),
        "order_lm_usecases": _order(
            USECASES, orders.get("lm_usecases") if answers.get("lm_usecases") else None
        ),
        "order_stated_prefs": _order(PREFS, orders.get("stated_prefs")),
    }
    for name in ("religion", "ethnicity"):
        if made[name]["categorised"] == UNSAID:
            made[name]["simplified"] = UNSAID
    return {name: made[name] if name in made else released(name) for name in ANSWERED}


def _released(item: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(item, Single | Multiple):
        values = {option.key: option.value or option.key for option in item.all_options}
        return values[value] if isinstance(value, str) else [values[key] for key in value]
    if isinstance(item, Confirm):
        return (item.value or "Yes") if value else None
    return value


def _gender(answers: Mapping[str, Any], released: Any) -> Any:
    """Return one of PRISM's four categories; null for a self-description, which people fold in by hand."""
    if answers.get("gender") != "self_describe":
        return released
    return None if answers.get("gender.self_describe.text") else UNSAID


def _described(answers: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a self-description as PRISM released it: lower case, no punctuation; coding it is people's work."""
    text = answers.get(f"{name}.self_describe.text") or ""
    plain = re.sub(r"\s+", " ", text.lower().translate(str.maketrans("", "", string.punctuation))).strip()
    if answers.get(name) is None:
        return {"self_described": None, "categorised": None}
    if answers[name] != "self_describe" or not plain:
        return {"self_described": UNSAID.lower(), "categorised": UNSAID}
    return {"self_described": plain, "categorised": None}


def _location(birth: str | None, reside: str | None) -> dict[str, Any]:
    asked = birth is not None and reside is not None
    same = None
    if asked:
        unsaid = "prefer_not_to_say" in (birth, reside)
        same = UNSAID if unsaid else "Yes" if birth == reside else "No"
    return {
        **_place("birth", birth),
        **_place("reside", reside),
        "same_birth_reside_country": same,
        "special_region": _special(birth),
    }


def _place(which: str, code: str | None) -> dict[str, Any]:
    if code is None or code == "prefer_not_to_say":
        said = None if code is None else UNSAID
        country, iso, region, subregion = said, said, said, said
    else:
        country, iso = english_name(code), code
        region, subregion = REGIONS[code]
    first, last = f"{which}_country", f"{which}_countryISO"
    if which == "birth":
        return {first: country, last: iso, f"{which}_region": region, f"{which}_subregion": subregion}
    return {first: country, f"{which}_region": region, f"{which}_subregion": subregion, last: iso}


def _special(code: str | None) -> str | None:
    if code is None:
        return None
    return UNSAID if code == "prefer_not_to_say" else special_region(code)


def _usecases(answers: Mapping[str, Any]) -> dict[str, Any]:
    chosen = answers.get("lm_usecases")
    flags = {key: None if chosen is None else int(key in chosen) for key in USECASES}
    return {**flags, "other_text": answers.get("lm_usecases.other.text")}


def _prefs(answers: Mapping[str, Any]) -> dict[str, Any]:
    # A row nobody touched is null: PRISM's sliders began at 50, so its untouched rows cannot be told from answers.
    scores = answers.get("stated_prefs") or {}
    return {**{key: scores.get(key) for key in PREFS}, "other_text": answers.get("stated_prefs.other.text")}


def _order(keys: Sequence[str], order: Sequence[str] | None) -> dict[str, int | None]:
    places = {key: n for n, key in enumerate(order or (), 1)}
    return {key: places.get(key) for key in keys}
