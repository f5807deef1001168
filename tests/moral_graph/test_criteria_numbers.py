"""What the reports measure, worked by hand, held to properties, and against second implementations."""

import math
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau, spearmanr
from sklearn.metrics import adjusted_rand_score

from elicitation.moral_graph.domain.criteria import resampling
from elicitation.moral_graph.domain.criteria.agreement import adjusted_rand_index
from elicitation.moral_graph.domain.criteria.cells import hidden
from elicitation.moral_graph.domain.criteria.growth import first_come, grow, novelty
from elicitation.moral_graph.domain.criteria.intervals import (
    difference,
    middle,
    rate,
    ratio,
    resamples,
    share_by_person,
    wilson,
)
from elicitation.moral_graph.domain.criteria.leaving_out import without_each
from elicitation.moral_graph.domain.criteria.ordering import accord
from elicitation.moral_graph.domain.criteria.prediction import by_context, by_people, foretell
from elicitation.moral_graph.domain.criteria.resampling import resample, scores, views
from elicitation.moral_graph.domain.criteria.transitive import Path, Way, two_steps
from elicitation.moral_graph.domain.posterior import posterior_graph
from elicitation.moral_graph.domain.published import Thresholds, published_graph
from elicitation.moral_graph.domain.votes import Votes, make_votes
from tests.moral_graph.test_posterior import planted

AT = datetime(2026, 1, 1, tzinfo=UTC)


def votes_of(*rows: tuple[str, str, str, str, str]) -> Votes:
    """Return votes of ``(person, from, to, context, answer)``."""
    return make_votes([(*row, AT) for row in rows])


def random_votes(seed: int, people: int = 40, values: int = 6, contexts: int = 2) -> Votes:
    """Return votes of people who know an order of the values: higher numbers are mostly held wiser."""
    random = np.random.default_rng(seed)
    rows = []
    for person in range(people):
        for _ in range(6):
            a, b = random.choice(values, 2, replace=False)
            wiser = random.random() < 1 / (1 + math.exp(-1.2 * (b - a)))
            answer = "wiser" if wiser else ["not_wiser", "unsure", "both"][random.integers(3)]
            rows.append((f"p{person:02}", str(a), str(b), f"c{random.integers(contexts)}", answer))
    return votes_of(*rows)


def test_intervals_of_shares_and_rates_are_those_of_the_books() -> None:
    found = wilson(33, 43)  # the method's own confirmation rate: 76.7 %, about 62 to 87 %
    assert found is not None and found.low is not None and found.high is not None
    assert (round(found.estimate, 3), round(found.low, 2), round(found.high, 2)) == (0.767, 0.62, 0.87)
    assert wilson(0, 0) is None
    ten = rate(10, 50, per=50)  # Garwood's interval of 10 events
    assert ten is not None and (round(ten.low or 0, 2), round(ten.high or 0, 2)) == (4.80, 18.39)
    none = rate(0, 1)
    assert none is not None and none.low == 0 and round(none.high or 0, 2) == 3.69
    assert rate(3, 0) is None


def test_a_ratio_weighs_people_by_what_they_gave_and_resamples_people() -> None:
    found = ratio([1, 0, 3], [1, 3, 4])
    assert found is not None and found.estimate == 0.5 and found.n == 3
    assert ratio([0], [0]) is None
    alone = ratio([1], [2])
    assert alone is not None and alone.low is None  # of one person there is no spread
    alike = share_by_person([2, 3, 4], [2, 3, 4])
    assert alike is not None and alike.estimate == 1 and alike.low is not None and alike.low < 0.5
    apart = difference(([1, 1, 0], [1, 1, 1]), ([0, 0, 0], [1, 1, 1]))
    assert apart is not None and math.isclose(apart.estimate, 2 / 3)
    assert difference(([0, 0], [0, 0]), ([1, 1], [1, 1])) is None
    half = middle([1, 2, 90])
    assert half is not None and half.estimate == 2


def test_two_orders_that_exchange_one_pair() -> None:
    rho, tau, n = accord(np.array([1.0, 2, 3, 4]), np.array([1.0, 2, 4, 3]))
    assert (round(float(rho[0]), 3), round(float(tau[0]), 3), n) == (0.8, 0.667, 4)
    few = accord(np.array([1.0, 2, 3]), np.array([1.0, 2, 3]))
    assert math.isnan(few[0][0]) and few[2] == 3
    tied = accord(np.ones(5), np.arange(5.0))
    assert math.isnan(tied[0][0]) and math.isnan(tied[1][0])


@pytest.mark.parametrize("values", [9, 80])
def test_both_ways_to_compare_orders_are_scipys(values: int) -> None:
    random = np.random.default_rng(values)
    a, b = (
        random.integers(0, 6, (20, values)).astype(float),
        random.integers(0, 6, (20, values)).astype(float),
    )
    a[3, :4] = np.nan
    b[4, 2:5] = np.nan
    rho, tau, _n = accord(a, b)
    for row in range(20):
        there = np.isfinite(a[row]) & np.isfinite(b[row])
        assert math.isclose(rho[row], spearmanr(a[row, there], b[row, there]).statistic, abs_tol=1e-9)
        assert math.isclose(tau[row], kendalltau(a[row, there], b[row, there]).statistic, abs_tol=1e-9)


def test_paths_are_held_against_the_step_between_their_ends() -> None:
    def both(context: str, a: str, b: str, net: float) -> dict[Way, float]:
        return {Way(context, a, b): net, Way(context, b, a): -net}

    net = both("c", "1", "2", 3) | both("c", "2", "3", 2) | both("c", "3", "1", 1) | both("d", "1", "3", 5)
    found = two_steps(net)
    # A circle: every two steps in a row end where the third begins.
    assert found.paths == 3 and found.asked == 3 and len(found.against) == 3 and not found.leads
    assert Path("c", "1", "2", "3") in found.against
    straight = two_steps(both("c", "1", "2", 3) | both("c", "2", "3", 2) | both("c", "1", "3", 0))
    assert straight.paths == 1 and straight.level == (Path("c", "1", "2", "3"),)
    unasked = two_steps(both("c", "1", "2", 3) | both("c", "2", "3", 2) | both("d", "1", "3", 4))
    assert unasked.paths == 1 and unasked.asked == 0  # another context is no answer


def test_small_cells_take_the_next_smallest_with_them() -> None:
    assert hidden([12, 20, 9], 5) == [False, False, False]
    assert hidden([3, 20, 9], 5) == [True, False, True]  # the total less 20 and 9 would tell the three
    assert hidden([1, 2, 20], 5) == [True, True, True]  # together the two are still too few
    assert hidden([2, 4, 20], 5) == [True, True, False]
    assert hidden([0, 8, 9], 5) == [False, False, False]  # nobody is nobody's secret
    assert hidden([0, 3], 5) == [False, True]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=7), st.integers(2, 9))
def test_no_total_tells_a_small_cell(sizes: list[int], k: int) -> None:
    found = hidden(sizes, k)
    assert all(hide for size, hide in zip(sizes, found, strict=True) if 0 < size < k)
    held = [size for size, hide in zip(sizes, found, strict=True) if hide]
    shown = [size for size, hide in zip(sizes, found, strict=True) if not hide and size]
    if held and shown:  # where something is left to show, what is hidden is a crowd
        assert len(held) > 1 and sum(held) >= k
    assert not any(hide for size, hide in zip(sizes, found, strict=True) if size == 0)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000))
def test_the_published_arithmetic_over_arrays_is_the_published_one(seed: int) -> None:
    votes = random_votes(seed, people=15)
    thresholds = Thresholds()
    _apart, together = views(votes)
    found = scores(together, np.zeros(len(votes.values)))["published"][0]
    graph = published_graph(votes, thresholds)
    mine = {
        votes.values[code]: score
        for code, score in zip(together.blocks.value, found, strict=True)
        if np.isfinite(score)
    }
    assert mine.keys() == {value["id"] for value in graph["values"]}
    for value in graph["values"]:
        assert math.isclose(mine[value["id"]], value["pageRank"], abs_tol=1e-9)


def test_many_resamples_at_once_are_each_of_them_alone() -> None:
    votes = random_votes(3)
    weights = resamples(len(votes.participants), 7, 1)
    for view in views(votes):
        support = np.arange(len(votes.values), dtype=float)
        at_once = scores(view, support, weights)
        for number, weight in enumerate(weights):
            for method, score in scores(view, support, weight[None]).items():
                np.testing.assert_allclose(score[0], at_once[method][number], atol=1e-6, err_msg=method)
    apart = views(votes)[0]
    graph = posterior_graph(votes, rounds=2)
    rank = scores(apart, np.zeros(len(votes.values)))["posterior"][0]
    for context in graph["contexts"]:
        for row in context["values"]:
            node = np.flatnonzero(
                (apart.blocks.block == votes.contexts.index(context["context"]))
                & (apart.blocks.value == votes.values.index(row["id"]))
            )[0]
            assert math.isclose(rank[node], row["pageRank"], abs_tol=1e-9)


def test_resampling_says_how_often_a_winner_stays_as_the_graph_does() -> None:
    votes = random_votes(5)
    found = resample(votes, {}, resamples(len(votes.participants), 60, 0))
    graph = posterior_graph(votes, rounds=60, seed=0)
    firsts = {one["context"]: one["winner"]["first"] for one in graph["contexts"]}
    order = np.unique(found.views[0].blocks.block)
    assert [firsts[votes.contexts[code]] for code in order] == pytest.approx(
        found.first_kept(0).tolist(), abs=0.02
    )
    same = [one for one in found.accords if one.pair == ("posterior", "bradley_terry")]
    assert len(same) == len(votes.contexts)
    for one in same:
        assert one.spearman is not None and one.spearman.low is not None and one.spearman.high is not None
        assert one.spearman.low <= one.spearman.high <= 1
    cards = [one for one in found.accords if "cards" in one.pair]
    assert cards and all(one.spearman is None for one in cards)  # nobody's cards: all tied, no order


def test_one_person_who_decides_everything_is_found() -> None:
    rows = [(f"p{n}", "1", "2", "c", "wiser") for n in range(3)]
    rows += [("loud", "1", "3", "c", "wiser"), ("loud", "2", "3", "c", "wiser")]
    votes = votes_of(*rows)
    found = without_each(views(votes)[0], [np.array([who]) for who in range(len(votes.participants))])
    assert found.winners == 1
    assert [bool(n) for n in found.changed] == [who == "loud" for who in votes.participants]


def test_what_is_true_everywhere_can_be_foretold_and_noise_cannot() -> None:
    votes = random_votes(1, people=120)
    found = foretell(votes, by_context(votes))
    assert found is not None and found.skill.low is not None and found.skill.low > 0
    assert found.right > found.base and found.covered == 1
    noise = Votes(
        votes.participant, votes.source, votes.target, votes.context,
        np.random.default_rng(0).integers(0, 2, len(votes)), votes.participants, votes.values, votes.contexts, 0, 0,
    )  # fmt: skip
    nothing = foretell(noise, by_context(noise))
    assert nothing is not None and nothing.skill.estimate < 0.05 and (nothing.skill.low or 0) < 0
    assert foretell(random_votes(1, people=3), by_people(random_votes(1, people=3))) is None  # too few


def test_answers_about_values_seen_nowhere_else_are_not_predicted() -> None:
    here = [(f"p{n}", "1", "2", "c", "wiser" if n % 3 else "unsure") for n in range(40)]
    there = [(f"p{n}", "3", "4", "d", "wiser" if n % 2 else "unsure") for n in range(40)]
    votes = votes_of(*here, *there)
    assert foretell(votes, by_context(votes)) is None


def test_new_values_become_fewer_and_growth_ends_where_everybody_is_in() -> None:
    found = novelty([["1"], ["1", "2"], ["2"], ["2", "3"]])
    assert found.curve == (1, 2, 2, 3)
    assert found.first is not None and found.first.estimate == 50  # two among two people
    assert found.second is not None and found.second.estimate == 25
    votes = random_votes(2)
    order = first_come(votes.participant, [float(-n) for n in range(len(votes))])
    assert order[0] == votes.participant[-1]  # whose vote was the earliest
    grown = grow(votes, *views(votes), order)
    assert [one.people for one in grown] == [4, 8, 12, 16, 20, 24, 28, 32, 36, 40]
    assert grown[-1].votes == len(votes) and grown[-1].winners == grown[-1].contexts
    assert grown[-1].spearman == pytest.approx(1)
    assert [one.votes for one in grown] == sorted(one.votes for one in grown)


def test_the_resamples_of_a_large_graph_are_those_of_a_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    votes = planted(3, values=9, contexts="xy")
    weights = resamples(len(votes.participants), 20, 1)
    for view in resampling.views(votes):
        none = np.zeros(len(votes.values))
        here, exact = resampling.scores(view, none), resampling.scores(view, none, weights)
        monkeypatch.setattr(resampling, "SMALL", 0)
        near = resampling.scores(view, none, weights, here)
        monkeypatch.undo()
        for method, wanted in exact.items():
            assert near[method] == pytest.approx(wanted, abs=0.01, nan_ok=True), method


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=30))
def test_the_agreement_of_two_partitions_is_scikits(pairs: list[tuple[int, int]]) -> None:
    first, second = zip(*pairs, strict=True)
    assert adjusted_rand_index(first, second) == pytest.approx(adjusted_rand_score(first, second))
    assert adjusted_rand_index(first, first) == 1.0
