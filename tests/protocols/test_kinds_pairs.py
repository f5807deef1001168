"""Pairs, scores and favourites that follow from answers: worked by hand, and the same from either side."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotation.protocols.registry import Preference, Score, Shown, leaders, parse_response, protocols
from tests.protocols.examples import KINDS, screens, shown_to

some = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def answer(kind: str, payload: Any, shown: Shown | list[str], **config: Any) -> tuple[Any, Any]:
    """Return the configuration of a kind and a parsed answer."""
    made = protocols()[kind].config(kind=kind, **config)
    return made, parse_response(made, payload, shown)


def pairs(kind: str, payload: Any, slots: str, **config: Any) -> set[tuple[str, str, str, float]]:
    """Return what follows from an answer as (a, b, outcome, magnitude)."""
    made, response = answer(kind, payload, list(slots), **config)
    found = protocols()[kind].preferences(made, response, list(slots))
    return {(pair.a, pair.b, pair.outcome, pair.magnitude) for pair in found}


@pytest.mark.parametrize(
    ("kind", "payload", "slots", "config", "expected"),
    [
        ("likert", {"rating": 5}, "A", {}, set()),
        (
            "vas", {"scores": {"A": 80, "B": 20, "C": 80}}, "ABC", {},
            {("A", "B", "a", 60), ("A", "C", "tie", 0), ("B", "C", "b", 60)},
        ),
        ("pairwise2", {"choice": "b"}, "AB", {}, {("A", "B", "b", 1)}),
        ("pairwise3", {"choice": "tie"}, "AB", {}, {("A", "B", "tie", 1)}),
        ("pairwise5", {"strength": -2}, "AB", {}, {("A", "B", "a", 2)}),
        ("pairwise7", {"strength": 3}, "AB", {}, {("A", "B", "b", 3)}),
        ("pairwise7", {"strength": 0}, "AB", {}, {("A", "B", "tie", 0)}),
        ("choice", {"choice": "C"}, "ABCD", {}, {("C", s, "a", 1) for s in "ABD"}),
        (
            "ranking", {"ranks": {"A": 2, "B": 1, "C": 2}}, "ABC", {},
            {("A", "B", "b", 1), ("A", "C", "tie", 1), ("B", "C", "a", 1)},
        ),
        (
            "best_worst", {"best": "B", "worst": "D"}, "ABCD", {},
            {("B", s, "a", 1) for s in "ACD"} | {(s, "D", "a", 1) for s in "AC"},
        ),
        (
            "dimensions",
            {"dimensions": {"A": {"helpfulness": 5}, "B": {"helpfulness": 1}}, "overall": {"A": 2, "B": 4}},
            "AB", {"dimensions": [{"key": "helpfulness", "label": "Helpful"}], "overall": "last"},
            {("A", "B", "b", 2)},
        ),
        (
            "dimensions", {"dimensions": {"A": {"clear": 5}, "B": {"clear": 1}}}, "AB",
            {"dimensions": [{"key": "clear", "label": "Clear"}]}, set(),
        ),
        (
            "mushra", {"ratings": {"A": 100, "B": 31}, "viewed": {"A": 1, "B": 2}}, "AB", {},
            {("A", "B", "a", 69)},
        ),
        (
            "justified", {"strength": -1, "statement": "A names its source, B none."}, "AB", {},
            {("A", "B", "a", 1)},
        ),
        (
            "justified", {"strength": 1, "statement": "B names its source, A none."}, "AB", {"points": 2},
            {("A", "B", "b", 1)},
        ),
        ("spans", {"spans": []}, "AB", {}, set()),
        (
            "rate_then_rank",
            {"ratings": {"A": 1, "B": 7}, "ranks": {"A": 1, "B": 2}, "first": "rate"}, "AB", {},
            {("A", "B", "a", 1)},
        ),
    ],
)  # fmt: skip
def test_the_pairs_that_follow(
    kind: str, payload: Any, slots: str, config: Any, expected: set[tuple[str, str, str, float]]
) -> None:
    assert pairs(kind, payload, slots, **config) == expected


@pytest.mark.parametrize("count", range(3, 9))
def test_best_and_worst_of_k_decide_2_times_k_minus_2_plus_1_pairs(count: int) -> None:
    slots = "ABCDEFGH"[:count]
    found = pairs("best_worst", {"best": "A", "worst": "B"}, slots)
    assert len(found) == 2 * (count - 2) + 1
    assert len({frozenset(pair[:2]) for pair in found}) == len(found)


def test_references_and_anchors_are_flagged() -> None:
    shown = shown_to(3, roles={"A": "hidden_reference", "C": "low_anchor"}, reference="The right answer")
    payload = {"ratings": {"A": 90, "B": 60, "C": 10}, "viewed": {"A": 1, "B": 1, "C": 1}}
    config, response = answer("mushra", payload, shown)
    found = {pair.roles for pair in protocols()["mushra"].preferences(config, response, shown)}
    assert found == {
        ("hidden_reference", "system"),
        ("hidden_reference", "low_anchor"),
        ("system", "low_anchor"),
    }
    rows = protocols()["mushra"].ratings(config, response, shown)
    assert Score("C", "overall", 10.0, "low_anchor") in rows


def test_the_sheet_gives_the_published_number() -> None:
    # S_M = (L+VQ+R)/3 − 5·min(MP,15) − 10·min(SP,7) − 5·US − 5·DA − 25·WS − 5·SEF, kept within 0 to 100.
    lines = {"L": 90, "VQ": 80, "R": 100, "MP": 2, "SP": 1, "US": 1, "DA": 0, "WS": 1, "SEF": 2}
    awful = lines | {"MP": 99, "SP": 99}
    shown = shown_to(2)
    payload = {"ratings": {}, "viewed": {"A": 1, "B": 1}, "sheets": {"A": lines, "B": awful}}
    config, response = answer("mushra", payload, shown, sheet={})
    assert response.ratings == {"A": 90 - 10 - 10 - 5 - 25 - 10, "B": 0}
    lightly = lines | {"MP": 16, "SP": 0, "US": 0, "WS": 0, "SEF": 0}
    assert config.sheet.result(lightly) == 90 - 75
    revised = {**payload, "ratings": {"A": 55}}
    assert answer("mushra", revised, shown, sheet={})[1].ratings == {"A": 55, "B": 0}


def test_a_checklist_is_its_share_of_yes() -> None:
    shown = shown_to(3)
    none = {"true": "no", "sourced": "na", "source.real": "na", "kind": "yes"}
    some = {"true": "yes", "sourced": "unsure", "source.real": "na", "kind": "no"}
    all_of_it = dict.fromkeys(("true", "sourced", "source.real", "kind"), "yes")
    config, response = answer("checklist", {"answers": {"A": none, "B": some, "C": all_of_it}}, shown)
    # What stands below a no is a no; what stands below an "unsure" is not known.
    assert protocols()["checklist"].scores(config, response, shown) == {"A": 0.25, "B": 0.5, "C": 1.0}
    rows = protocols()["checklist"].ratings(config, response, shown)
    assert {(row.dimension, row.value) for row in rows if row.slot == "B"} == {
        ("true", 1.0), ("kind", 0.0), ("overall", 0.5),
    }  # fmt: skip
    assert Preference("A", "B", "b", 0.25) in protocols()["checklist"].preferences(config, response, shown)


def test_a_checklist_nobody_could_answer_has_no_share() -> None:
    shown = shown_to(1, units=({"id": "q", "text": "Is it so?"},))
    config, response = answer("checklist", {"answers": {"A": {"q": "unsure"}}}, shown)
    assert protocols()["checklist"].scores(config, response, shown) == {"A": None}
    assert protocols()["checklist"].ratings(config, response, shown) == ()
    assert leaders(config, response, shown) == []


def test_marked_passages_cost_their_weights() -> None:
    shown = shown_to(2, texts={"A": "one two three", "B": "fine"})
    spans = [
        {"slot": "A", "start": 0, "end": 3, "label": "wrong", "severity": "major"},
        {"slot": "A", "start": 0, "end": 7, "label": "unclear", "severity": "minor"},
    ]
    config, response = answer("spans", {"spans": spans}, shown)
    rows = {
        (row.slot, row.dimension): row.value for row in protocols()["spans"].ratings(config, response, shown)
    }
    assert rows["A", "wrong"] == -5 and rows["A", "unclear"] == -1 and rows["A", "overall"] == -6
    assert rows["B", "overall"] == rows["B", "harmful"] == 0
    assert leaders(config, response, shown) == ["B"]


def _swapped(payload: Any) -> Any:
    """Return the same opinion of the two answers with their letters changed over."""
    letters = {"A": "B", "B": "A", "a": "b", "b": "a"}
    if isinstance(payload, dict):
        return {
            letters.get(key, key): -value if key == "strength" else _swapped(value)
            for key, value in payload.items()
        }
    if isinstance(payload, list):
        return [_swapped(one) for one in payload]
    return letters.get(payload, payload) if isinstance(payload, str) else payload


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("likert", "best_worst")])
@some
@given(data=st.data())
def test_changing_the_letters_over_turns_every_pair_round(kind: str, data: st.DataObject) -> None:
    config, shown, payload = data.draw(screens(kind).filter(lambda drawn: len(drawn[1].slots) == 2))
    if kind == "spans":
        shown = replace(shown, texts=dict.fromkeys(shown.slots, shown.texts["A"]))
        payload = {"spans": [s for s in payload["spans"] if s["end"] <= len(shown.texts["A"])]}
    found = protocols()[kind].preferences(config, parse_response(config, payload, shown), shown)
    other_way = _swapped(payload)
    turned = protocols()[kind].preferences(config, parse_response(config, other_way, shown), shown)

    def as_told(pair: Preference, letters: dict[str, str]) -> tuple[Any, ...]:
        better, worse = (pair.a, pair.b) if pair.outcome != "b" else (pair.b, pair.a)
        names = (letters[better], letters[worse])
        return (frozenset(names) if pair.outcome == "tie" else names, pair.magnitude)

    same, over = {"A": "A", "B": "B"}, {"A": "B", "B": "A"}
    assert {as_told(pair, same) for pair in found} == {as_told(pair, over) for pair in turned}


@pytest.mark.parametrize("kind", KINDS)
@some
@given(data=st.data())
def test_pairs_ratings_and_favourites_fit_together(kind: str, data: st.DataObject) -> None:
    config, shown, payload = data.draw(screens(kind))
    protocol = protocols()[kind]
    response = parse_response(config, payload, shown)
    scores = protocol.scores(config, response, shown)
    assert set(scores) == set(shown.slots)
    for pair in protocol.preferences(config, response, shown):
        assert pair.magnitude >= 0 and pair.a != pair.b and {pair.a, pair.b} <= set(shown.slots)
        first, second = scores[pair.a], scores[pair.b]
        assert first is not None and second is not None
        assert pair.outcome == ("tie" if first == second else "a" if first > second else "b")
    rows = protocol.ratings(config, response, shown)
    assert len({(row.slot, row.dimension) for row in rows}) == len(rows)
    assert all(row.value == row.value and abs(row.value) != float("inf") for row in rows)
    assert set(leaders(config, response, shown)) <= set(shown.slots)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("said", ["unsure", "skip", "invalid"])
def test_a_non_answer_prefers_nothing_and_is_never_a_tie(kind: str, said: str) -> None:
    shown = shown_to(protocols()[kind].responses[0])
    config, response = answer(kind, {"no_answer": said, "why": "Too long"}, shown, allow=[said])
    protocol = protocols()[kind]
    assert protocol.preferences(config, response, shown) == () == protocol.ratings(config, response, shown)
    assert protocol.scores(config, response, shown) == dict.fromkeys(shown.slots)
    assert leaders(config, response, shown) == []
    assert response.model_dump() == {"no_answer": said, "why": "Too long"}
