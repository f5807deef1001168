"""Mallows–Binomial: every order tried, a planted consensus found, refusals."""

import itertools
import json
from math import inf, log
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import binom

from annotation.statistics.errors import NotEstimable
from annotation.statistics.orders.consensus import concentration, expected_distance, log_normaliser
from annotation.statistics.orders.mallows_binomial import fit_mallows_binomial
from tests.statistics.make import ranked, rated

TOP = 4
scores = st.lists(st.lists(st.integers(0, TOP), min_size=4, max_size=4), min_size=2, max_size=4)
parts = st.permutations("abcd").flatmap(lambda p: st.integers(1, 4).map(lambda k: p[:k]))


def distance(order: Any, consensus: Any) -> int:
    """Pairs that a ranking, unranked below, puts the other way round."""
    place = {one: order.index(one) if one in order else inf for one in consensus}
    return sum(place[b] < place[a] for a, b in itertools.combinations(consensus, 2))


HEADS = {
    depth: np.array([distance(list(p), "abcd") for p in itertools.permutations("abcd", depth)])
    for depth in range(1, 5)
}


def best_log_likelihood(given: list[list[int]], orders: list[list[str]]) -> tuple[float, set[Any]]:
    """Try every consensus: probabilities of worse-than-best rise along it, θ from 0 on."""
    found: dict[Any, float] = {}
    for consensus in itertools.permutations("abcd"):
        total = [sum(distance(order, consensus) for order in orders)]

        def ranking_cost(theta: float, total: list[int] = total) -> float:
            # ψ by enumeration: all orders of four, cut to the ranking's depth.
            cost = theta * total[0]
            return cost + sum(log(np.exp(-theta * HEADS[len(order)]).sum()) for order in orders)

        ranking = min(minimize_scalar(ranking_cost, bounds=(0, 60), method="bounded").fun, ranking_cost(0))
        bad = np.array([[TOP - row["abcd".index(one)] for row in given] for one in consensus])
        blocks: list[list[int]] = []
        for at in range(4):  # pool adjacent violators
            blocks.append([at])
            while len(blocks) > 1 and bad[blocks[-2]].mean() > bad[blocks[-1]].mean():
                blocks[-2:] = [blocks[-2] + blocks[-1]]
        share = np.concatenate([[bad[block].mean() / TOP] * len(block) for block in blocks])
        found[consensus] = float(binom.logpmf(bad, TOP, share[:, None]).sum()) - ranking
    best = max(found.values())
    return best, {order for order, value in found.items() if value > best - 1e-6}


def rows(given: list[list[int]], orders: list[Any]) -> Any:
    ratings = rated(
        ("i", f"r{r}", one, v) for r, row in enumerate(given) for one, v in zip("abcd", row, strict=True)
    )
    return ratings, ranked(orders, raters=[f"r{at % len(given)}" for at in range(len(orders))])


@settings(max_examples=8, deadline=None)
@given(scores, st.lists(parts, min_size=1, max_size=4))
def test_the_consensus_is_the_best_of_all(given: list[list[int]], orders: list[list[str]]) -> None:
    found = fit_mallows_binomial(*rows(given, orders), top=TOP, replicates=0)
    best, ways = best_log_likelihood(given, orders)
    assert found.exact
    assert found.log_likelihood == pytest.approx(best, abs=1e-4)
    assert found.consensus in ways
    assert not found.unique or len(ways) == 1
    by_place = [found.estimate[found.labels.index(one)] for one in found.consensus]
    assert all(a >= b - 1e-9 for a, b in itertools.pairwise(by_place))
    json.dumps(found.as_json(), allow_nan=False)


def test_mallows_normaliser_and_mean_are_those_of_all_orders() -> None:
    theta, whole = 0.7, np.array([4])
    distances = [distance(list(order), "abcd") for order in itertools.permutations("abcd")]
    weight = np.exp(-theta * np.array(distances))
    assert log_normaliser(theta, 4, whole) == pytest.approx(log(weight.sum()))
    mean = float(weight @ distances / weight.sum())
    assert expected_distance(theta, 4, whole) == pytest.approx(mean)
    assert concentration(mean, 4, whole) == pytest.approx(theta, abs=1e-6)
    assert concentration(0, 4, whole) == inf and concentration(3.0, 4, whole) == 0


def mallows(consensus: list[int], theta: float, rng: np.random.Generator) -> list[int]:
    """Draw by repeated insertion from the top: the next is the v-th of those left."""
    left, found = list(consensus), []
    while left:
        weight = np.exp(-theta * np.arange(len(left)))
        found.append(left.pop(rng.choice(len(left), p=weight / weight.sum())))
    return found


def test_a_planted_consensus_is_found_within_its_intervals() -> None:
    rng = np.random.default_rng(11)
    share = np.array([0.9, 0.7, 0.5, 0.3, 0.1])
    score = [("i", f"r{r:02}", f"s{s}", rng.binomial(10, share[s])) for r in range(40) for s in range(5)]
    orders = [[f"s{code}" for code in mallows(list(range(5)), 1.2, rng)] for _ in range(40)]
    found = fit_mallows_binomial(
        rated(score), ranked(orders, raters=[f"r{r:02}" for r in range(40)]), top=10, replicates=60, seed=2
    )
    assert found.consensus == ("s0", "s1", "s2", "s3", "s4") and found.unique
    assert ((found.low - 0.02 <= share) & (share <= found.high + 0.02)).all()
    assert found.concentration == pytest.approx(1.2, abs=0.35)
    assert (found.place_low <= found.place).all() and (found.place <= found.place_high).all()
    turned = [(i, r, s, 10 - v) for i, r, s, v in score]
    other = fit_mallows_binomial(rated(turned), ranked(orders), top=10, better="low", replicates=0)
    assert other.consensus == found.consensus
    assert other.estimate == pytest.approx(1 - found.estimate)


def test_a_search_cut_short_says_so() -> None:
    rng = np.random.default_rng(1)
    given = rng.integers(0, TOP + 1, (3, 4)).tolist()
    cut = fit_mallows_binomial(
        *rows(given, [list("dcba"), list("abcd")]), top=TOP, replicates=0, most_nodes=1
    )
    assert not cut.exact and sorted(cut.consensus) == list("abcd")


def test_the_same_seed_gives_the_same_interval() -> None:
    data = rows([[4, 3, 1, 0], [3, 3, 2, 1], [4, 2, 2, 0]], [list("abcd"), list("abdc"), list("bacd")])
    one, two = (fit_mallows_binomial(*data, top=TOP, replicates=20, seed=4) for _ in range(2))
    assert one.as_json() == two.as_json()


GOOD = [[4, 3, 1, 0], [3, 3, 2, 1]]


@pytest.mark.parametrize(
    ("given", "orders", "how", "reason"),
    [
        (GOOD, [], {}, "no rankings"),
        ([], [list("abcd")], {}, "no ratings"),
        (GOOD, [["a", ("b", "c")]], {}, "ties"),
        (GOOD, [list("abcde")], {}, "“e” is ranked but never rated"),
        ([[5, 1, 1, 1]], [list("abcd")], {}, "0 to 4"),
        ([[-1, 1, 1, 1]], [list("abcd")], {}, "0 to 4"),
        ([[1.5, 1, 1, 1]], [list("abcd")], {}, "whole numbers"),  # type: ignore[list-item]
        ([[4, 3, 1, 0]], [list("abcd")], {"replicates": 10}, "one rater"),
    ],
    ids=["no rankings", "no ratings", "ties", "unrated", "above", "below", "between", "one rater"],
)
def test_what_has_no_consensus_is_refused(
    given: list[list[int]], orders: list[Any], how: dict[str, Any], reason: str
) -> None:
    ratings, rankings = rows(given, orders) if given else (rated([]), ranked(orders))
    with pytest.raises(NotEstimable, match=reason):
        fit_mallows_binomial(ratings, rankings, top=TOP, **{"replicates": 0, **how})
