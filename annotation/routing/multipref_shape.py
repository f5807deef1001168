"""MultiPref's columns, the 17 fields of an annotation, and which answers mean one of its five labels.

Source: reference/routing.md 1.3.
"""

from collections.abc import Mapping
from typing import Any

from multivocal.domain.datasets import Column, Dataset

ASPECTS = ("overall", "helpful", "truthful", "harmless")
REASONED = ASPECTS[1:]
LABELS: Mapping[int, str] = {
    -2: "A-is-clearly-better",
    -1: "A-is-slightly-better",
    0: "Tie",
    1: "B-is-slightly-better",
    2: "B-is-clearly-better",
}
FIELDS = (
    *(f"{aspect}_pref" for aspect in ASPECTS),
    *(f"{aspect}_confidence" for aspect in ASPECTS),
    *(f"{aspect}_checked_reasons" for aspect in REASONED),
    *(f"{aspect}_own_reason" for aspect in REASONED),
    "evaluator",
    "time_spent",
    "timestamp",
)
# Keys of protocols and tags, as designers write them, for each aspect.
_KEYS = {
    "helpful": ("helpful", "helpfulness"),
    "truthful": ("truthful", "truthfulness"),
    "harmless": ("harmless", "harmlessness"),
}
_WHY_NOT = {
    "pairwise2": "says which response is better and not how much",
    "pairwise3": "says which response is better and not how much",
    "pairwise7": "has three grades a side where the labels have two",
    "likert": "rates one response",
    "vas": "rates each response; a difference of ratings is nobody's stated preference",
    "dimensions": "rates each response; a difference of ratings is nobody's stated preference",
    "mushra": "rates each response; a difference of ratings is nobody's stated preference",
    "rate_then_rank": "rates and ranks; neither says how much better",
    "ranking": "gives an order and not how much better",
    "best_worst": "names a best and a worst and not how much better",
    "choice": "names a best one and not how much better",
    "spans": "marks passages",
    "checklist": "answers questions about one response",
}


def aspect_of(protocol_key: str) -> str:
    """Return which aspect a way of asking is about, by its key at the stage; ``overall`` where it names none."""
    return next((aspect for aspect, keys in _KEYS.items() if protocol_key in keys), "overall")


def refusal_of(kind: str, config: Mapping[str, Any]) -> str | None:
    """Return why answers of a protocol have none of the five labels; None where they have."""
    if kind == "pairwise5":
        return None
    if kind == "justified":
        # Left out of the stored configuration where it is as by default.
        points = config.get("points", 7)
        return None if points == 5 else f"has {points} choices where the labels are five"
    return _WHY_NOT.get(kind, "has no counterpart among the five labels")


def label_of(payload: Mapping[str, Any], turned: bool) -> str:
    """Return the label of a strength; ``turned`` where response B stood first."""
    strength = int(payload["strength"])
    return LABELS[-strength if turned else strength]


def reasons_of(payload: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return aspect → ticked reasons, of tags whose key begins with the aspect (``helpful_concise``)."""
    named = {tag["key"]: tag.get("label", tag["key"]) for tag in config.get("tags", ())}
    found: dict[str, list[str]] = {}
    for key in payload.get("tags") or ():
        aspect = next((one for one in REASONED if key.startswith((f"{one}_", f"{one}-"))), None)
        if aspect:
            label = named.get(key, key)
            found.setdefault(aspect, []).append(label if isinstance(label, str) else label.get("en", key))
    return found


def blank(evaluator: str) -> dict[str, Any]:
    """Return an annotation with nothing in it yet, in the order of the fields."""
    found: dict[str, Any] = dict.fromkeys(FIELDS)
    return found | {f"{aspect}_checked_reasons": [] for aspect in REASONED} | {"evaluator": evaluator}


_ROW = (
    Column("comparison_id", "string", "This pair of responses"),
    Column("prompt_id", "string", "This prompt: the same for all its pairs"),
    Column("text", "text", "The prompt, after the dialogue before it where there is one"),
    Column("model_a", "string", "Who wrote response A", null="the items name nobody"),
    Column("completion_a", "text", "Response A"),
    Column("model_b", "string", "Who wrote response B", null="the items name nobody"),
    Column("completion_b", "text", "Response B"),
    Column("source", "string", "Name of the set of items"),
    Column("category", "string", "The item's stratum", null="the item names none"),
    Column("subject_study", "string", "Subject of the prompt", null="always: no tagger is part of this"),
    Column("highest_level_degree", "string", "Degree that experts need", null="always: it is not asked"),
)
ANNOTATION = (
    f"A list of annotations with the fields {', '.join(FIELDS)}. _pref is one of {', '.join(LABELS.values())}; null "
    "where the aspect was not asked. _confidence is null: none of the ways of asking that map asks for it."
)
MULTIPREF = Dataset(
    "multipref",
    "Comparisons with people's annotations",
    "One row per pair that people compared, with every annotation of a person. No model's label is among them.",
    (
        *_ROW,
        Column("normal_worker_annotations", "json", ANNOTATION),
        Column("expert_worker_annotations", "json", "The same, of people in an arm of experts"),
    ),
)
MODELS = Dataset(
    "multipref-models",
    "Models' annotations",
    "One row per pair that models compared: kept apart, so that nobody counts them as people's votes by mistake.",
    (
        *_ROW[:2],
        Column("model_annotations", "json", "The same fields; evaluator is the model's name in the study"),
    ),
)
