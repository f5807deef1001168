"""Each way of asking accepts complete answers, refuses the rest by place, and orders what was shown."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.protocols.kinds.choice import ChoiceConfig
from annotation.protocols.kinds.ranking import RankingConfig
from annotation.protocols.kinds.vas import VasConfig
from annotation.protocols.registry import leaders, parse_response, protocols
from multivocal.errors import Invalid, Refused, Unprocessable

SLOTS = ["A", "B", "C", "D"]
ratings = st.fixed_dictionaries({slot: st.integers(1, 100) for slot in SLOTS})


@settings(deadline=None)
@given(ratings)
def test_the_leaders_are_exactly_the_best_rated(scores: dict[str, int]) -> None:
    response = parse_response(VasConfig(), {"scores": scores}, SLOTS)
    best = max(scores.values())
    assert leaders(VasConfig(), response, SLOTS) == [s for s in SLOTS if scores[s] == best]


@settings(deadline=None)
@given(ratings)
def test_ranking_by_the_ratings_leads_to_the_same_leaders(scores: dict[str, int]) -> None:
    ranks = {s: 1 + sum(other > scores[s] for other in scores.values()) for s in SLOTS}
    rated = parse_response(VasConfig(), {"scores": scores}, SLOTS)
    ranked = parse_response(RankingConfig(), {"ranks": ranks}, SLOTS)
    assert leaders(RankingConfig(), ranked, SLOTS) == leaders(VasConfig(), rated, SLOTS)


def test_a_choice_leads_alone() -> None:
    response = parse_response(ChoiceConfig(), {"choice": "C"}, SLOTS)
    assert leaders(ChoiceConfig(), response, SLOTS) == ["C"]


@pytest.mark.parametrize(
    ("config", "payload", "place"),
    [
        (VasConfig(), {"scores": {"A": 50, "B": 50, "C": 50}}, "D"),
        (VasConfig(), {"scores": {"A": 0, "B": 50, "C": 50, "D": 1}}, "A"),
        (VasConfig(), {"scores": {"A": 1, "B": 101, "C": 50, "D": 1}}, "B"),
        (VasConfig(), {"scores": dict.fromkeys("ABCDE", 5)}, "E"),
        (ChoiceConfig(), {"choice": "E"}, "choice"),
        (RankingConfig(), {"ranks": {"A": 1, "B": 2, "C": 3}}, "D"),
        (RankingConfig(), {"ranks": {"A": 1, "B": 2, "C": 3, "D": 9}}, "ranks"),
        (RankingConfig(ties=False), {"ranks": {"A": 1, "B": 1, "C": 3, "D": 4}}, "ranks"),
    ],
)
def test_an_incomplete_answer_is_refused_at_its_place(config: Any, payload: Any, place: str) -> None:
    with pytest.raises(Unprocessable) as refusal:
        parse_response(config, payload, SLOTS)
    assert place in refusal.value.fields


@pytest.mark.parametrize("kind", ["vas", "choice", "ranking"])
@settings(deadline=None)
@given(
    payload=st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda x: st.dictionaries(st.text(max_size=8), x, max_size=3),
        max_leaves=6,
    )
)
def test_nothing_but_the_closed_form_is_taken(kind: str, payload: Any) -> None:
    config = protocols()[kind].config(kind=kind)
    with pytest.raises(Refused):
        parse_response(config, payload, SLOTS)


def test_a_float_is_not_a_rating() -> None:
    with pytest.raises(Invalid):
        parse_response(VasConfig(), {"scores": dict.fromkeys(SLOTS, 50.5)}, SLOTS)
