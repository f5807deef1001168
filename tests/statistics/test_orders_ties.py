"""Davidson–Luce: Davidson's puddings, evalica, enumeration, Plackett–Luce as a special case, refusals."""

import itertools
import json
from math import exp, log
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from annotation.statistics.errors import NotEstimable
from annotation.statistics.orders.plackett_luce import fit_plackett_luce
from annotation.statistics.orders.ties import fit_davidson_luce
from tests.statistics.make import Tiers, ranked

# Davidson, Journal of the American Statistical Association 65 (1970): puddings (i, j), times i, j and neither won.
PUDDING = [
    (1, 2, 19, 22, 16),
    (1, 3, 16, 19, 12),
    (2, 3, 19, 19, 10),
    (1, 4, 18, 23, 13),
    (2, 4, 23, 19, 9),
    (3, 4, 19, 20, 15),
    (1, 5, 13, 19, 18),
    (2, 5, 16, 20, 12),
    (3, 5, 16, 15, 17),
    (4, 5, 17, 14, 16),
    (1, 6, 18, 21, 12),
    (2, 6, 22, 20, 12),
    (3, 6, 13, 18, 10),
    (4, 6, 14, 19, 18),
    (5, 6, 11, 21, 12),
]


def puddings() -> list[Tiers]:
    found: list[Tiers] = []
    for i, j, first, second, tied in PUDDING:
        found += [[i, j]] * first + [[j, i]] * second + [[(i, j)]] * tied
    return found


def test_davidsons_puddings() -> None:
    found = fit_davidson_luce(ranked(puddings()), cluster="none")
    assert found.n == 745
    assert found.worth == pytest.approx(
        [0.138803, 0.173001, 0.161747, 0.165373, 0.158685, 0.202389], abs=1e-6
    )
    assert found.ties[2] == pytest.approx(0.746823, abs=1e-6)
    errors = [round(found.difference(other, "1")[1], 4) for other in "23456"]
    assert errors == [0.1872, 0.1935, 0.1882, 0.1927, 0.1924]
    assert round(2 * 6 - 2 * found.log_likelihood, 1) == 1631.4
    json.dumps(found.as_json(), allow_nan=False)


def test_evalica_finds_the_same() -> None:
    import evalica

    words = {"a": evalica.Winner.X, "b": evalica.Winner.Y, "tie": evalica.Winner.Draw}
    rows = [
        (str(i), str(j), words[word])
        for i, j, *counts in PUDDING
        for word, count in zip(words, counts, strict=True)
        for _ in range(count)
    ]
    theirs = evalica.newman(*map(list, zip(*rows, strict=True)), tolerance=1e-10, limit=2000)
    found = fit_davidson_luce(ranked(puddings()), cluster="none")
    shares = theirs.scores / theirs.scores.sum()
    assert found.worth == pytest.approx([shares[label] for label in found.labels], abs=1e-6)


def likelihood(judgements: list[Tiers], names: list[str], sizes: list[int], free: np.ndarray) -> float:
    """Plain enumeration of every subset at every choice."""
    worth = dict(zip(names, free, strict=False))
    delta = dict(zip(sizes, [0.0, *free[len(names) :]], strict=True))
    total = 0.0
    for tiers in judgements:
        groups = [tier if isinstance(tier, tuple) else (tier,) for tier in tiers]
        for place, group in enumerate(groups):
            left = [one for later in groups[place:] for one in later]
            if len(left) < 2:
                continue

            def weight(members: tuple[str, ...]) -> float:
                return delta[len(members)] + sum(worth[one] for one in members) / len(members)

            every = [m for t in sizes if t <= len(left) for m in itertools.combinations(left, t)]
            total += weight(tuple(group)) - log(sum(exp(weight(m)) for m in every))
    return total


def tiers_of(labels: list[int]) -> list[tuple[str, ...]]:
    return [
        tuple(name for name, at in zip("abcd", labels, strict=True) if at == tier)
        for tier in sorted(set(labels))
    ]


tied = st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4).map(tiers_of), min_size=5, max_size=9)


@settings(max_examples=12, deadline=None)
@given(tied)
def test_the_top_is_that_of_an_enumeration(judgements: list[Tiers]) -> None:
    try:
        found = fit_davidson_luce(ranked(judgements), cluster="none")
    except NotEstimable:
        assume(False)
    sizes, names = [1, *found.ties], list(found.labels)
    at = np.r_[found.estimate, np.log(list(found.ties.values()))]
    assert likelihood(judgements, names, sizes, at) == pytest.approx(found.log_likelihood, abs=1e-8)

    def cost(free: np.ndarray) -> float:
        return float(-likelihood(judgements, names, sizes, free) + free[: len(names)].sum() ** 2)

    best = minimize(cost, at + 0.1, method="BFGS")
    assert -best.fun <= found.log_likelihood + 1e-6


@settings(max_examples=10, deadline=None)
@given(st.lists(st.permutations("abcd"), min_size=5, max_size=12))
def test_without_ties_it_is_plackett_luce(judgements: list[list[str]]) -> None:
    try:
        plain = fit_plackett_luce(ranked(judgements), absent="not_shown")
    except NotEstimable:
        assume(False)
    found = fit_davidson_luce(ranked(judgements))
    assert not found.ties
    assert found.estimate == pytest.approx(plain.estimate, abs=1e-5)
    assert found.se == pytest.approx(plain.se, abs=1e-5)
    assert found.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-8)


def test_more_ties_bring_worths_together_and_delta_up() -> None:
    few, many = [list("ab")] * 6 + [list("ba")] * 3 + [[("a", "b")]], [[("a", "b")]] * 10
    one, two = (fit_davidson_luce(ranked(rows), cluster="none") for rows in (few, few + many))
    assert two.ties[2] > one.ties[2]
    # Of two stimuli ties say nothing about which is better: its odds stay 2 to 1.
    assert one.worth[0] / one.worth[1] == pytest.approx(2) == pytest.approx(two.worth[0] / two.worth[1])


@pytest.mark.parametrize(
    ("judgements", "reason"),
    [
        ([[("a", "b", "c")], [("a", "b", "c")]], "wherever such a tie was possible, it happened"),
        ([list("ab"), list("ba"), [("c", "d")]], "2 parts"),
        ([list("abc"), ["a", ("b", "c")]], r"always above .* \(a\)"),
        ([[tuple("abcdefghij"), *"uvwxyzklm"], [*"mlkzyxwvu", tuple("abcdefghij")]], "too many"),
    ],
    ids=["all ties", "apart", "always first", "too many subsets"],
)
def test_what_has_no_worths_is_refused(judgements: list[Any], reason: str) -> None:
    with pytest.raises(NotEstimable, match=reason):
        fit_davidson_luce(ranked(judgements), cluster="none")


def test_one_rater_has_no_interval() -> None:
    with pytest.raises(NotEstimable, match="one cluster"):
        fit_davidson_luce(ranked([["a", "b"], ["b", "a"], [("a", "b")]], raters=["ann"] * 3))
