"""Plackett–Luce: Hunter's races, choix, brute force, properties and refusals."""

import itertools
import json
from collections.abc import Callable
from math import exp, log
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from annotation.statistics.errors import NotEstimable
from annotation.statistics.orders.plackett_luce import fit_plackett_luce
from annotation.statistics.rows import Rankings
from tests.statistics.make import plackett_luce_sample, ranked

DATA = Path(__file__).parents[1] / "data"
# Hunter's Table 2: log-worth against driver 1.
HUNTER = {58: 4.15, 68: 3.62, 51: 2.08, 15: 0.03, 17: -0.31, 40: -0.15}
LAST_ONLY = (84, 85, 86, 87)  # these finished last whenever they raced: no finite worth


def races(leave_out: tuple[int, ...] = LAST_ONLY) -> list[list[int]]:
    lines = (DATA / "nascar_orderings.csv").read_text().split()
    return [[int(d) for d in line.split(",") if int(d) not in leave_out] for line in lines]


def test_hunters_races_give_hunters_worths() -> None:
    found = fit_plackett_luce(ranked(races()), absent="not_shown", cluster="judgement")
    value = dict(zip(map(int, found.labels), found.estimate.tolist(), strict=True))
    assert {driver: round(value[driver] - value[1], 2) for driver in HUNTER} == HUNTER
    assert (len(found.labels), found.n, found.clusters) == (83, 36, 36)
    assert json.loads(json.dumps(found.as_json(), allow_nan=False))["labels"] == list(found.labels)


def test_drivers_who_only_came_last_are_named() -> None:
    with pytest.raises(NotEstimable, match=r"always below the others \(84, 85, 86, 87\)"):
        fit_plackett_luce(ranked(races(())), absent="not_shown")
    held = fit_plackett_luce(ranked(races(())), absent="not_shown", ridge=0.01)
    assert set(held.order()[-4:]) == set(map(str, LAST_ONLY))


def log_likelihood(worth: dict[Any, float], choices: list[tuple[Any, list[Any]]]) -> float:
    return sum(worth[one] - log(sum(exp(worth[other]) for other in left)) for one, left in choices)


def climbed(names: list[str], choices: list[tuple[Any, list[Any]]]) -> tuple[np.ndarray, float]:
    """Maximise a likelihood of choices by a general optimiser."""

    def cost(free: np.ndarray) -> float:
        return -log_likelihood(dict(zip(names, free, strict=True)), choices) + float(free.sum() ** 2)

    best = minimize(cost, np.zeros(len(names)), method="BFGS", options={"gtol": 1e-7})
    return best.x - best.x.mean(), -best.fun


orders = st.lists(
    st.permutations("abcd").flatmap(lambda p: st.integers(2, 4).map(lambda k: p[:k])), min_size=4
)


def fitted(judgements: list[Any], **how: Any) -> Any:
    """Fit, or give the example up where there is nothing finite to find."""
    try:
        return fit_plackett_luce(ranked(judgements), **{"absent": "not_shown", "cluster": "none", **how})
    except NotEstimable:
        assume(False)


@settings(max_examples=8, deadline=None)
@given(orders, st.sampled_from(["not_shown", "below"]))
def test_the_top_is_that_of_a_general_optimiser(judgements: list[list[str]], absent: str) -> None:
    found = fitted(judgements, absent=absent)
    choices = []
    for order in judgements:
        rest = [] if absent == "not_shown" else [name for name in found.labels if name not in order]
        choices += [(one, order[place:] + rest) for place, one in enumerate(order)]
    theirs, value = climbed(list(found.labels), choices)
    assert found.estimate == pytest.approx(theirs, abs=1e-4)
    assert found.log_likelihood == pytest.approx(value, abs=1e-7)
    assert found.estimate.sum() == pytest.approx(0, abs=1e-9) and found.worth.sum() == pytest.approx(1)


@settings(max_examples=8, deadline=None)
@given(orders)
def test_choix_finds_the_same(judgements: list[list[str]]) -> None:
    import choix

    found = fitted(judgements)
    code = {label: place for place, label in enumerate(found.labels)}
    assume(np.abs(found.estimate).max() < 6)  # choix' iterations are slow near the edge
    theirs = choix.mm_rankings(len(code), [[code[one] for one in order] for order in judgements], tol=1e-10)
    assert found.estimate == pytest.approx(theirs, abs=1e-4)


@settings(max_examples=8, deadline=None)
@given(st.lists(st.permutations("abcd"), min_size=4, max_size=12))
def test_the_best_of_four_is_choix_top_one(judgements: list[list[str]]) -> None:
    import choix

    # Whoever is never first is always below.
    assume({order[0] for order in judgements} == set("abcd"))
    found = fit_plackett_luce(ranked(judgements), absent="not_shown", depth=1, cluster="none")
    rows = [("abcd".index(o[0]), ["abcd".index(one) for one in o[1:]]) for o in judgements]
    theirs = choix.opt_top1(4, rows, tol=1e-9)
    assert found.estimate == pytest.approx(theirs, abs=1e-3)
    tied = [[order[0], tuple(order[1:])] for order in judgements]  # what comes behind is not read
    assert fit_plackett_luce(
        ranked(tied), absent="not_shown", depth=1, cluster="none"
    ).estimate == pytest.approx(found.estimate)


@settings(max_examples=8, deadline=None)
@given(orders, st.permutations("abcd"), st.randoms(use_true_random=False))
def test_other_names_and_another_order_of_rows_say_nothing(
    judgements: list[list[str]], names: list[str], chance: Any
) -> None:
    found = fitted(judgements)
    called = dict(zip("abcd", names, strict=True))
    again = [[called[one] for one in order] for order in judgements]
    chance.shuffle(again)
    other = fitted(again)
    for label in found.labels:
        here, there = found.labels.index(label), other.labels.index(called[label])
        assert other.estimate[there] == pytest.approx(found.estimate[here], abs=1e-6)
        assert other.se[there] == pytest.approx(found.se[here], abs=1e-6)


@settings(max_examples=8, deadline=None)
@given(orders)
def test_everything_said_twice_is_as_sure_as_said_once_where_the_raters_are_the_same(
    judgements: list[list[str]],
) -> None:
    who = [f"r{place}" for place in range(len(judgements))]
    try:
        once = fit_plackett_luce(ranked(judgements, raters=who), absent="not_shown")
    except NotEstimable:
        assume(False)
    twice = fit_plackett_luce(ranked(judgements * 2, raters=who * 2), absent="not_shown")
    assert twice.estimate == pytest.approx(once.estimate, abs=1e-5)
    assert twice.se == pytest.approx(once.se, abs=1e-5)
    alone = fit_plackett_luce(ranked(judgements * 2), absent="not_shown", cluster="none")
    single = fit_plackett_luce(ranked(judgements), absent="not_shown", cluster="none")
    assert alone.se == pytest.approx(single.se / np.sqrt(2), abs=1e-5)


def test_what_unranked_means_changes_the_numbers() -> None:
    judgements = [list("ab"), list("ba"), list("ac"), list("ca"), list("cb"), list("bc"), list("abc")]
    shown = fit_plackett_luce(ranked(judgements), absent="not_shown", cluster="none")
    below = fit_plackett_luce(ranked(judgements), absent="below", cluster="none")
    assert np.abs(shown.estimate - below.estimate).max() > 0.05


def test_half_of_the_intervals_of_fifty_percent_hold_the_truth() -> None:
    rng = np.random.default_rng(20)
    truth = np.array([1.0, 0.3, -0.4, -0.9])
    inside = 0
    for _ in range(100):
        found = fit_plackett_luce(
            ranked(plackett_luce_sample(truth, 60, 3, rng)), absent="not_shown", level=0.5
        )
        inside += int(((found.low <= truth) & (truth <= found.high)).sum())
    # 400 intervals, four of a fit hanging together: 50 % ± 4 standard errors of 100 independent fits' half.
    assert 0.42 < inside / 400 < 0.58


def test_a_difference_knows_its_covariance() -> None:
    rng = np.random.default_rng(3)
    found = fit_plackett_luce(
        ranked(plackett_luce_sample(np.array([0.5, 0.0, -0.5]), 80, 3, rng)), absent="not_shown"
    )
    gap, se, low, high = found.difference("0", "2")
    assert gap == pytest.approx(found.estimate[0] - found.estimate[2])
    assert low < gap < high and se > 0
    direct = fit_plackett_luce(
        ranked(plackett_luce_sample(np.array([0.5, -0.5]), 80, 2, rng)), absent="not_shown"
    )
    # With two stimuli each stands half the difference from the average.
    assert direct.difference("0", "1")[1] == pytest.approx(2 * direct.se[0])


TWO_WAYS = [list("abc"), list("cba")]
REFUSED: list[tuple[str, Callable[[], Any], str]] = [
    ("empty", lambda: Rankings.from_rows([]), "no rankings"),
    ("one rater", lambda: ranked(TWO_WAYS, raters=["ann", "ann"]), "one cluster"),
    ("all ties", lambda: ranked([[("a", "b", "c")], [("a", "b", "c")]]), "ties"),
    ("one stimulus", lambda: ranked([["a"], ["a"]]), "two stimuli"),
    ("apart", lambda: ranked([list("ab"), list("ba"), list("cd"), list("dc")]), "2 parts .* apart: c, d"),
    ("always first", lambda: ranked([list("abc"), list("acb")]), r"always above .* \(a\)"),
    (
        "0-based",
        lambda: Rankings.from_rows(
            {"item": "i", "rater": "r", "stimulus": s, "rank": k} for k, s in enumerate("abc")
        ),
        "count from 1",
    ),
    (
        "NaN",
        lambda: Rankings.from_rows([{"item": "i", "rater": "r", "stimulus": "a", "rank": float("nan")}]),
        "not a finite number",
    ),
    ("twice", lambda: ranked([["a", "b", "a"]]), "same stimulus twice"),
    (
        "shared",
        lambda: Rankings.from_rows(
            {"judgement": "j", "item": "i", "rater": r, "stimulus": s, "rank": k}
            for r, s, k in (("ann", "a", 1), ("bo", "b", 2))
        ),
        "two raters",
    ),
]


@pytest.mark.parametrize(("rows", "reason"), [c[1:] for c in REFUSED], ids=[c[0] for c in REFUSED])
def test_what_has_no_worths_is_refused(rows: Callable[[], Rankings], reason: str) -> None:
    with pytest.raises(NotEstimable, match=reason):
        fit_plackett_luce(rows(), absent="not_shown")


def test_nan_in_ready_made_rows_is_refused_too() -> None:
    code = np.array([0, 0])
    with pytest.raises(NotEstimable, match="finite"):
        Rankings(code, code, code, np.array([0, 1]), np.array([1.0, np.nan]), ("i",), ("r",), ("a", "b"))


@pytest.mark.parametrize("how", [{"ridge": -1.0}, {"ridge": np.nan}, {"depth": 0}, {"level": 1.0}])
def test_settings_that_mean_nothing_are_refused(how: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        fit_plackett_luce(ranked(TWO_WAYS), **{"absent": "not_shown", **how})


def test_every_order_of_three_is_as_likely_as_its_product_of_choices() -> None:
    # The likelihood is a distribution: over all six orders it sums to one.
    found = fit_plackett_luce(ranked(itertools.permutations("abc")), absent="not_shown", cluster="none")
    assert found.estimate == pytest.approx([0, 0, 0], abs=1e-9)
    assert found.log_likelihood == pytest.approx(6 * log(1 / 6))
