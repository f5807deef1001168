"""What is planted is found, as often as the intervals say; what the published arithmetic makes of it stands beside."""

from functools import cache

import numpy as np
import pytest

from elicitation.moral_graph.domain.posterior import posterior_graph
from tests.moral_graph.planted import SCENARIOS, Tally, cast, judge, mean_and_error

ELECTORATES = 12
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}
HONEST = ("plain", "few votes", "many votes", "says yes: 3 of 10", "two situations, opposite orders")


@cache
def tallies(name: str) -> list[Tally]:
    return [judge(BY_NAME[name], seed) for seed in range(ELECTORATES)]


def share(name: str, column: str) -> tuple[float, float]:
    return mean_and_error([getattr(one, column) for one in tallies(name)])


@pytest.mark.parametrize("name", HONEST)
def test_intervals_hold_the_truth_at_their_nominal_rate(name: str) -> None:
    for column in ("net", "wiser"):
        mean, error = share(name, column)
        # The error is that over electorates: 12 of them know the rate to about .012.
        assert error < 0.025
        assert abs(mean - 0.95) < 0.01 + 3 * error, (name, column, mean, error)
    # A place is a whole number: its interval holds at least what it says, and mostly more.
    mean, error = share(name, "ranks")
    assert mean > 0.95 - 3 * error, (name, mean, error)


def test_few_edges_of_ours_lead_down_and_more_of_theirs_where_votes_are_few() -> None:
    for name in HONEST:
        mean, error = share(name, "ours_false")
        assert mean < 0.05 + 3 * error, name
    assert share("few votes", "theirs_false")[0] > 0.03 > share("few votes", "ours_false")[0]
    assert (
        share("few votes", "edges")[0] < share("few votes", "their_edges")[0]
    )  # they have more than is known


def test_their_mass_leaks_and_ours_stays() -> None:
    for name in HONEST:
        assert share(name, "theirs_mass")[0] < 0.6, name
    votes = cast(BY_NAME["plain"], np.random.default_rng(0))
    assert sum(value["pageRank"] for value in posterior_graph(votes, rounds=20)["values"]) == pytest.approx(1)


def test_many_votes_find_the_wisest_and_opposite_situations_are_told_apart() -> None:
    assert share("many votes", "ours_winner")[0] == 1
    assert share("two situations, opposite orders", "ours_winner")[0] > 0.5
    assert share("two situations, opposite orders", "theirs_winner")[0] < 0.2
    few = [one for one in tallies("two situations, opposite orders") if one.their_edges]
    assert all(one.theirs_false == 1 for one in few)  # whatever edge they draw speaks for both


def test_a_plot_is_seen_by_how_few_would_do() -> None:
    mean, _ = share("1 person of 20 in a plot", "ours_winner")
    assert mean < 0.2
    assert share("1 person of 20 in a plot", "theirs_winner")[0] < 0.2
    # Six people plotted; before they did, fewer would have been said to be enough.
    assert max(one.flip for one in tallies("plain")) <= 6
    assert share("many votes", "flip")[0] > 3 * share("plain", "flip")[0]


def test_no_arithmetic_mends_a_question_asked_one_way_alone() -> None:
    """Why the draw balances directions: who says yes to everything is told apart by the opposite question alone."""
    one_way, both = "says yes, asked one way alone", "says yes: 3 of 10"
    assert share(one_way, "ours_false")[0] > 0.3
    assert share(both, "ours_false")[0] < 0.1
