"""What is missing, invented or out of range is refused, and the refusal says where and why."""

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotation.protocols.registry import Shown, parse_response, protocols
from multivocal.errors import Refused, Unprocessable
from tests.protocols.examples import KINDS, screens, shown_to

AB = shown_to(2, texts={"A": "one two", "B": "three"})
ONE = shown_to(
    1, texts={"A": "one two"}, units=({"id": "q", "text": "?"}, {"id": "r", "text": "?", "parent": "q"})
)
LINES = {"L": 1, "VQ": 1, "R": 1, "MP": 1, "SP": 1, "US": 1, "DA": 1, "WS": 1, "SEF": 1}
DIM = {"dimensions": [{"key": "clear", "label": "Clear"}]}


def span(**other: Any) -> dict[str, Any]:
    return {"spans": [{"slot": "A", "start": 0, "end": 3, "label": "wrong", "severity": "minor", **other}]}


def both(value: Any) -> dict[str, Any]:
    return {"A": value, "B": value}


REFUSED: list[tuple[str, Any, Shown, dict[str, Any], str]] = [
    ("likert", {"rating": 0}, ONE, {}, "rating"),
    ("likert", {"rating": 8}, ONE, {}, "rating"),
    ("likert", {"rating": 4.0}, ONE, {}, "rating"),
    ("likert", {"rating": True}, ONE, {}, "rating"),
    ("likert", {"rating": "4"}, ONE, {}, "rating"),
    ("likert", {"rating": math.nan}, ONE, {}, "rating"),
    ("likert", {"rating": None}, ONE, {}, "rating"),
    ("likert", {}, ONE, {}, "rating"),
    ("likert", {"rating": 4}, AB, {}, "rating"),
    ("likert", {"rating": 4, "more": 1}, ONE, {}, "more"),
    ("vas", {"scores": {"A": 5}}, AB, {}, "B"),
    ("vas", {"scores": {"A": 5, "B": 5, "C": 5}}, AB, {}, "C"),
    ("vas", {"scores": both(math.nan)}, AB, {}, "scores.A"),
    ("vas", {"scores": both(10**400)}, AB, {}, "A"),
    ("pairwise2", {"choice": "tie"}, AB, {}, "choice"),
    ("pairwise2", {"choice": "a"}, ONE, {}, "choice"),
    ("pairwise3", {"choice": "A"}, AB, {}, "choice"),
    ("pairwise3", {"choice": "unsure"}, AB, {}, "choice"),
    ("pairwise5", {"strength": 3}, AB, {}, "strength"),
    ("pairwise5", {"strength": "-1"}, AB, {}, "strength"),
    ("pairwise7", {"strength": -4}, AB, {}, "strength"),
    ("pairwise7", {"strength": 1}, shown_to(3), {}, "strength"),
    ("choice", {"choice": "C"}, AB, {}, "choice"),
    ("choice", {"choice": ["A"]}, AB, {}, "choice"),
    ("ranking", {"ranks": {"A": 1}}, AB, {}, "B"),
    ("ranking", {"ranks": {"A": 1, "B": 3}}, AB, {}, "ranks"),
    ("ranking", {"ranks": both(1)}, AB, {"ties": False}, "ranks"),
    ("best_worst", {"best": "A", "worst": "A"}, shown_to(3), {}, "worst"),
    ("best_worst", {"best": "D", "worst": "A"}, shown_to(3), {}, "best"),
    ("best_worst", {"best": "A"}, shown_to(3), {}, "worst"),
    ("dimensions", {"dimensions": {"A": {"clear": 1}}}, AB, DIM, "B.clear"),
    ("dimensions", {"dimensions": both({"clear": 6})}, AB, DIM, "A.clear"),
    ("dimensions", {"dimensions": both({"clear": 1, "warm": 1})}, AB, DIM, "A.warm"),
    ("dimensions", {"dimensions": {**both({"clear": 1}), "C": {}}}, AB, DIM, "C"),
    ("dimensions", {"dimensions": both({"clear": 1}), "overall": both(1)}, AB, DIM, "overall"),
    ("dimensions", {"dimensions": both({"clear": 1})}, AB, DIM | {"overall": "first"}, "overall.A"),
    ("dimensions", {"dimensions": both({"clear": 1})}, AB, DIM | {"confidence": 5}, "confidence"),
    ("dimensions", {"dimensions": both({"clear": 1}), "confidence": 3}, AB, DIM, "confidence"),
    ("mushra", {"ratings": both(101), "viewed": both(1)}, AB, {}, "A"),
    ("mushra", {"ratings": both(-1), "viewed": both(1)}, AB, {}, "B"),
    ("mushra", {"ratings": both(50), "viewed": {"A": 1, "B": 0}}, AB, {}, "viewed.B"),
    ("mushra", {"ratings": both(50), "viewed": {"A": 1}}, AB, {}, "viewed.B"),
    ("mushra", {"ratings": both(50), "viewed": {**both(1), "C": 1}}, AB, {}, "viewed.C"),
    ("mushra", {"ratings": both(5), "viewed": both(1), "sheets": both(LINES)}, AB, {}, "sheets"),
    ("mushra", {"ratings": both(5), "viewed": both(1), "sheets": {"A": LINES}}, AB, {"sheet": {}}, "B.MP"),
    (
        "mushra",
        {"ratings": both(5), "viewed": both(1), "sheets": both(LINES | {"L": 101})},
        AB,
        {"sheet": {}},
        "A.L",
    ),
    (
        "mushra",
        {"ratings": both(5), "viewed": both(1), "sheets": both(LINES | {"X": 1})},
        AB,
        {"sheet": {}},
        "A.X",
    ),
    ("justified", {"strength": 1, "statement": "short"}, AB, {}, "statement"),
    ("justified", {"strength": 1, "statement": " " * 40}, AB, {}, "statement"),
    ("justified", {"strength": 0, "statement": "x" * 20}, AB, {"points": 2}, "strength"),
    ("justified", {"strength": 1, "statement": "x" * 20, "tags": ["tone"]}, AB, {}, "tags"),
    ("justified", {"strength": 1, "statement": "x" * 20_000}, AB, {}, "statement"),
    ("justified", {"strength": 1, "statement": "x" * 20}, AB, {"elaboration_min": 5}, "elaboration"),
    ("spans", span(end=8), AB, {}, "spans.0"),
    ("spans", span(start=3), AB, {}, "spans.0"),
    ("spans", span(start=-1), AB, {}, "spans.0"),
    ("spans", span(slot="C"), AB, {}, "spans.0"),
    ("spans", span(label="rude"), AB, {}, "spans.0"),
    ("spans", span(severity=None), AB, {}, "spans.0"),
    ("spans", span(severity="minor"), AB, {"severities": []}, "spans.0"),
    ("spans", span(start=0.0), AB, {}, "spans.0.start"),
    ("spans", {"spans": span()["spans"] * 2}, AB, {}, "spans.1"),
    ("spans", span() | {"text_sha256": {"A": "0" * 64}}, AB, {}, "text_sha256.A"),
    ("spans", span() | {"text_sha256": {"C": "0" * 64}}, AB, {}, "text_sha256.C"),
    (
        "spans",
        {"spans": [{"slot": "A", "quote": "three", "label": "wrong", "severity": "minor"}]},
        AB,
        {},
        "spans.0",
    ),
    (
        "spans",
        {"spans": [{"slot": "A", "quote": ["one"], "label": "wrong", "severity": "minor"}]},
        AB,
        {},
        "spans.0",
    ),
    ("checklist", {"answers": {"A": {}}}, ONE, {}, "A.q"),
    ("checklist", {"answers": {"A": {"q": "yes"}}}, ONE, {}, "A.r"),
    ("checklist", {"answers": {"A": {"q": "no", "r": "yes"}}}, ONE, {}, "A.r"),
    ("checklist", {"answers": {"A": {"q": "unsure", "r": "no"}}}, ONE, {}, "A.r"),
    ("checklist", {"answers": {"A": {"q": "na", "r": "na"}}}, ONE, {}, "A.q"),
    ("checklist", {"answers": {"A": {"q": "maybe"}}}, ONE, {}, "answers.A.q"),
    ("checklist", {"answers": {"A": {"q": "unsure"}}}, ONE, {"also": []}, "A.q"),
    ("checklist", {"answers": {"A": {"q": "no", "s": "yes"}}}, ONE, {}, "A.s"),
    ("checklist", {"answers": {"A": {"q": "no"}, "B": {}}}, ONE, {}, "B"),
    ("rate_then_rank", {"ratings": both(8), "ranks": {"A": 1, "B": 2}}, AB, {}, "ratings.A"),
    ("rate_then_rank", {"ratings": both(1), "ranks": {"A": 1}}, AB, {}, "ranks.B"),
    ("rate_then_rank", {"ratings": both(1), "ranks": both(1)}, AB, {}, "ranks"),
    ("rate_then_rank", {"ratings": both(1), "ranks": {"A": 1, "B": 2}, "first": "rank"}, AB, {}, "first"),
]


@pytest.mark.parametrize(("kind", "payload", "shown", "config", "place"), REFUSED)
def test_a_wrong_answer_is_refused_at_its_place(
    kind: str, payload: Any, shown: Shown, config: dict[str, Any], place: str
) -> None:
    with pytest.raises(Refused) as refusal:
        parse_response(protocols()[kind].config(kind=kind, **config), payload, shown)
    assert place in refusal.value.fields, refusal.value.fields
    assert len(refusal.value.fields[place]) > 5


def test_every_kind_has_wrong_answers_here() -> None:
    assert {row[0] for row in REFUSED} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_one_key_more_or_a_number_replaced_is_refused(kind: str, data: st.DataObject) -> None:
    config, shown, payload = data.draw(screens(kind))
    with pytest.raises(Refused):
        parse_response(config, {**payload, "extra": 1}, shown)
    for strange in (math.nan, math.inf, 1.5, "1", True, [], {}):
        for changed in _with_one_number_as(payload, strange):
            with pytest.raises(Refused):
                parse_response(config, changed, shown)


def _with_one_number_as(part: Any, strange: Any) -> list[Any]:
    """Return copies of ``part``, each with another one of its numbers replaced."""
    if isinstance(part, dict):
        return [
            {**part, key: new} for key, value in part.items() for new in _with_one_number_as(value, strange)
        ]
    if isinstance(part, list):
        return [
            [*part[:n], new, *part[n + 1 :]]
            for n, value in enumerate(part)
            for new in _with_one_number_as(value, strange)
        ]
    return [strange] if isinstance(part, int) else []


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None)
@given(
    payload=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=8), x, max_size=3),
        max_leaves=8,
    )
)
def test_noise_is_refused_and_never_breaks_anything(kind: str, payload: Any) -> None:
    config = protocols()[kind].config(kind=kind)
    with pytest.raises(Refused):
        parse_response(config, payload, shown_to(protocols()[kind].responses[0]))


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_noise_inside_the_right_keys_is_refused_too(kind: str, data: st.DataObject) -> None:
    noise = st.recursive(
        st.none() | st.text(max_size=3) | st.floats(),
        lambda x: (
            st.lists(x, max_size=2) | st.dictionaries(st.sampled_from(["A", "B", "q", ""]), x, max_size=3)
        ),
        max_leaves=6,
    )
    keys = [name for name, field in protocols()[kind].response.model_fields.items() if field.is_required()]
    payload = {key: data.draw(noise) for key in keys}
    shown = shown_to(protocols()[kind].responses[0])
    try:
        parse_response(protocols()[kind].config(kind=kind), payload, shown)
    except Refused:
        return
    # A letter of the alphabet may be a choice by chance, and an empty list says that nothing is wrong.
    assert kind in ("choice", "pairwise2", "pairwise3", "spans"), payload


@pytest.mark.parametrize("kind", KINDS)
def test_a_non_answer_is_taken_only_where_the_study_allows_it(kind: str) -> None:
    shown = shown_to(protocols()[kind].responses[0])
    for allow in ((), ("skip",)):
        with pytest.raises(Unprocessable) as refusal:
            parse_response(protocols()[kind].config(kind=kind, allow=allow), {"no_answer": "unsure"}, shown)
        assert set(refusal.value.fields) == {"no_answer"}
    for wrong in ({"no_answer": "tie"}, {"no_answer": None}, {"no_answer": "skip", "choice": "a"}):
        with pytest.raises(Refused):
            parse_response(protocols()[kind].config(kind=kind, allow=("skip",)), wrong, shown)


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("likert", {"points": 1}),
        ("likert", {"points": 3, "labels": ["a", "b"]}),
        ("vas", {"min": 5, "max": 5}),
        ("pairwise5", {"labels": ["a", "b", "c"]}),
        ("justified", {"points": 4}),
        ("justified", {"tags": [{"key": "t", "label": "T"}, {"key": "t", "label": "T"}]}),
        ("dimensions", {"dimensions": []}),
        ("dimensions", {"dimensions": [{"key": "a", "label": "A"}, {"key": "a", "label": "B"}]}),
        ("dimensions", {"confidence": 1}),
        ("mushra", {"bands": ["a", "b"]}),
        ("mushra", {"sheet": {"qualities": []}}),
        ("spans", {"labels": []}),
        ("checklist", {"units": [{"id": "b", "text": "?", "parent": "a"}, {"id": "a", "text": "?"}]}),
        ("checklist", {"units": [{"id": "a", "text": "?"}, {"id": "a", "text": "?"}]}),
        ("choice", {"allow": ["tie"]}),
        ("choice", {"surprise": 1}),
    ],
)
def test_a_configuration_that_cannot_work_is_refused(kind: str, config: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        protocols()[kind].config(kind=kind, **config)
