"""For every kind: screens and complete answers to them, drawn by hypothesis."""

import hashlib
from typing import Any

from hypothesis import strategies as st

from annotation.protocols.registry import Shown, protocols
from multivocal.domain.shapes import say

KINDS = sorted(protocols())
LETTERS = "ABCDEFGH"
UNITS = (
    {"id": "true", "text": "Is it true?"},
    {"id": "sourced", "text": "Does it name a source?", "parent": "true"},
    {"id": "source.real", "text": "Does the source exist?", "parent": "sourced"},
    {"id": "kind", "text": "Is it kind?"},
)
TAGS = [{"key": "tone", "label": "Tone"}, {"key": "facts", "label": "Facts"}]
# Words that repeat, scripts that join, emoji beyond the 16-bit plane, markup, and a line break.
WORDS = ["yes", "yes", "no", "<b>", "عربي", "😀", "a\u0301", "&amp;", '"quoted"', "line\nbreak", "  ", "…"]


def english(text: Any) -> str:
    """Return a text in English."""
    return say(text, "en")


def shown_to(slots: int, **more: Any) -> Shown:
    """Return a screen with ``slots`` answers, A first."""
    letters = tuple(LETTERS[:slots])
    texts = {slot: f"Answer {slot}: yes <b>no</b> yes 😀 yes." for slot in letters}
    return Shown(letters, **{"texts": texts, "prompt": "Why?", "units": UNITS, **more})


def texts_for(slots: tuple[str, ...]) -> st.SearchStrategy[dict[str, str]]:
    """Return texts that make offsets hard."""
    text = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join)
    return st.fixed_dictionaries(dict.fromkeys(slots, text))


@st.composite
def screens(draw: st.DrawFn, kind: str) -> tuple[Any, Shown, dict[str, Any]]:
    """Return (configuration, what was shown, a complete answer as it is stored) of a kind."""
    least, most = protocols()[kind].responses
    shown = shown_to(draw(st.integers(least, min(most, 5))), seed=draw(st.integers(0, 9)))
    if kind == "spans":
        shown = shown_to(len(shown.slots), texts=draw(texts_for(shown.slots)))
    settings, payload = globals()[f"_{kind}"](draw, shown)
    return protocols()[kind].config(kind=kind, **settings), shown, payload


def _each(draw: st.DrawFn, shown: Shown, low: int, high: int) -> dict[str, int]:
    return {slot: draw(st.integers(low, high)) for slot in shown.slots}


def _likert(draw: st.DrawFn, shown: Shown) -> Any:
    points, start = draw(st.integers(2, 11)), draw(st.integers(-5, 1))
    return {"points": points, "start": start}, {"rating": draw(st.integers(start, start + points - 1))}


def _vas(draw: st.DrawFn, shown: Shown) -> Any:
    return {}, {"scores": _each(draw, shown, 1, 100)}


def _pairwise2(draw: st.DrawFn, shown: Shown) -> Any:
    return {}, {"choice": draw(st.sampled_from("ab"))}


def _pairwise3(draw: st.DrawFn, shown: Shown) -> Any:
    return {"tie": "Equally good"}, {"choice": draw(st.sampled_from(["a", "tie", "b"]))}


def _pairwise5(draw: st.DrawFn, shown: Shown) -> Any:
    return {}, {"strength": draw(st.integers(-2, 2))}


def _pairwise7(draw: st.DrawFn, shown: Shown) -> Any:
    return {}, {"strength": draw(st.integers(-3, 3))}


def _choice(draw: st.DrawFn, shown: Shown) -> Any:
    return {}, {"choice": draw(st.sampled_from(shown.slots))}


def _ranking(draw: st.DrawFn, shown: Shown) -> Any:
    return {}, {"ranks": _each(draw, shown, 1, len(shown.slots))}


def _best_worst(draw: st.DrawFn, shown: Shown) -> Any:
    best, worst = draw(st.permutations(shown.slots))[:2]
    return {}, {"best": best, "worst": worst}


def _dimensions(draw: st.DrawFn, shown: Shown) -> Any:
    overall, confidence = draw(st.sampled_from(["none", "first", "last"])), draw(st.sampled_from([0, 5]))
    keys = ("helpfulness", "correctness", "coherence")
    dimensions = {slot: {key: draw(st.integers(1, 5)) for key in keys} for slot in shown.slots}
    payload = {
        "dimensions": dimensions,
        "overall": None if overall == "none" else _each(draw, shown, 1, 5),
        "confidence": draw(st.integers(1, 5)) if confidence else None,
    }
    return {"overall": overall, "confidence": confidence}, payload


def _mushra(draw: st.DrawFn, shown: Shown) -> Any:
    payload: dict[str, Any] = {"ratings": _each(draw, shown, 0, 100), "viewed": _each(draw, shown, 1, 9)}
    if not draw(st.booleans()):
        return {}, payload | {"sheets": None}
    lines = {key: st.integers(0, 100) for key in ("L", "VQ", "R", "MP", "SP", "US", "DA", "WS", "SEF")}
    sheets = {slot: draw(st.fixed_dictionaries(lines)) for slot in shown.slots}
    return {"sheet": {}}, payload | {"sheets": sheets}


def _justified(draw: st.DrawFn, shown: Shown) -> Any:
    words = (
        st.text("abc é😀<&\"'", min_size=20, max_size=40)
        .filter(lambda t: len(t.strip()) >= 20)
        .map(str.strip)
    )
    payload = {
        "strength": draw(st.sampled_from([-3, -2, -1, 0, 1, 2, 3])),
        "statement": draw(words),
        "elaboration": draw(st.sampled_from(["", "More.\nAnd more."])),
        "tags": draw(st.sampled_from([[], ["tone"], ["tone", "facts"]])),
    }
    return {"tags": TAGS}, payload


def _spans(draw: st.DrawFn, shown: Shown) -> Any:
    spans = {}
    for _ in range(draw(st.integers(0, 4))):
        slot = draw(st.sampled_from(shown.slots))
        end = draw(st.integers(1, len(shown.texts[slot])))
        start = draw(st.integers(0, end - 1))
        label = draw(st.sampled_from(["wrong", "unclear", "harmful"]))
        severity = draw(st.sampled_from(["minor", "major"]))
        spans[slot, start, end, label] = {
            "slot": slot, "start": start, "end": end, "label": label, "severity": severity
        }  # fmt: skip
    hashes = {slot: hashlib.sha256(text.encode()).hexdigest() for slot, text in shown.texts.items()}
    return {}, {"spans": list(spans.values()), "text_sha256": hashes}


def _checklist(draw: st.DrawFn, shown: Shown) -> Any:
    answers: dict[str, dict[str, str]] = {}
    for slot in shown.slots:
        given: dict[str, str] = {}
        for unit in UNITS:
            arises = given.get(unit.get("parent", ""), "yes") == "yes"
            given[unit["id"]] = draw(st.sampled_from(["yes", "no", "unsure"])) if arises else "na"
        answers[slot] = given
    return {}, {"answers": answers}


def _rate_then_rank(draw: st.DrawFn, shown: Shown) -> Any:
    ranks = dict(zip(draw(st.permutations(shown.slots)), range(1, 9), strict=False))
    first = "rank" if shown.seed % 2 else "rate"
    return {}, {"ratings": _each(draw, shown, 1, 7), "ranks": ranks, "first": first}
