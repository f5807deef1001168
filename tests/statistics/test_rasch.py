"""Many-facet Rasch: a general optimiser and plain integration as second opinions, planted severities, refusals."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.stats import norm

from annotation.statistics.errors import NotEstimable
from annotation.statistics.rasch import RaschEstimate, fit_rasch
from annotation.statistics.rows import Ratings
from tests.statistics.make import rated

Table = np.ndarray  # stimuli × raters of scores
ANSWERS = [f"s{n:02}" for n in range(60)]
PEOPLE = ["ann", "bo", "cy", "dee"]


def rows(table: Table) -> Ratings:
    return rated((f"i{s}", PEOPLE[r], ANSWERS[s], int(table[s, r])) for s, r in np.ndindex(*table.shape))


def chances(beta: float, tau: np.ndarray) -> np.ndarray:
    weight = np.exp(np.r_[0, np.cumsum(beta - tau)])
    return np.asarray(weight / weight.sum())


def drawn(theta: np.ndarray, severity: np.ndarray, tau: np.ndarray, rng: np.random.Generator) -> Table:
    return np.array([[rng.choice(len(tau) + 1, p=chances(t - s, tau)) for s in severity] for t in theta])


def unpacked(free: np.ndarray, raters: int, steps: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(rest, severities, thresholds), the last two centred."""
    severity = np.r_[free[: raters - 1], -free[: raters - 1].sum()]
    tau = free[raters - 1 : raters + steps - 2]
    return free[raters + steps - 2 :], severity, np.r_[tau, -tau.sum()]


tables = st.integers(0, 2**32 - 1).map(
    lambda seed: drawn(
        np.random.default_rng(seed).normal(size=8),
        np.array([-0.5, 0.1, 0.4]),
        np.array([-0.7, 0.7]),
        np.random.default_rng(seed),
    )
)


def fitted(table: Table, **how: Any) -> RaschEstimate:
    try:
        return fit_rasch(rows(table), **how)
    except NotEstimable:
        assume(False)
        raise


@settings(max_examples=4, deadline=None)
@given(tables)
def test_the_joint_fit_is_the_top_of_the_plain_likelihood(table: Table) -> None:
    found = fitted(table, method="joint")
    assume(not found.aside)

    def cost(free: np.ndarray) -> float:
        theta, severity, tau = unpacked(free, 3, 2)
        return -sum(
            float(np.log(chances(theta[s] - severity[r], tau)[table[s, r]]))
            for s, r in np.ndindex(*table.shape)
        )

    severity, tau = found.facet("rater").estimate, found.thresholds["all"]
    at = np.r_[severity[:2], tau[:1], found.target.estimate]
    assert cost(at) == pytest.approx(-found.log_likelihood, abs=1e-6)
    best = minimize(cost, at + 0.05, method="BFGS")
    assert best.fun == pytest.approx(-found.log_likelihood, abs=1e-5)
    assert severity.sum() == pytest.approx(0, abs=1e-9) and tau.sum() == pytest.approx(0, abs=1e-9)
    # At the top every rater's expected sum is the sum seen.
    expected = np.array(
        [[chances(t - s, tau) @ np.arange(3) for s in severity] for t in found.target.estimate]
    )
    assert expected.sum(axis=0) == pytest.approx(table.sum(axis=0), abs=1e-3)
    json.dumps(found.as_json(), allow_nan=False)


def test_the_marginal_fit_is_the_top_of_the_integral() -> None:
    rng = np.random.default_rng(3)
    table = drawn(rng.normal(0.3, 1.2, 30), np.array([-0.6, 0.0, 0.6]), np.array([-0.8, 0.8]), rng)
    found = fit_rasch(rows(table))
    assert found.mean is not None and found.sd is not None
    severity, tau = found.facet("rater").estimate, found.thresholds["all"]

    def log_likelihood(mean: float, sd: float, severity: np.ndarray, tau: np.ndarray) -> float:
        patterns, times = np.unique(table, axis=0, return_counts=True)
        grid = np.linspace(-8, 8, 1601)  # a plain sum, not the quadrature of the code
        weight = norm.pdf(grid) * (grid[1] - grid[0])
        total = 0.0
        each = []
        for rater in range(3):
            beta = mean + sd * grid - severity[rater]
            eta = np.stack([0 * beta, beta - tau[0], 2 * beta - tau.sum()])
            each.append(eta - np.log(np.exp(eta).sum(axis=0)))
        for pattern, often in zip(patterns, times, strict=True):
            log = sum(each[rater][pattern[rater]] for rater in range(3))
            total += often * float(np.log(weight @ np.exp(log)))
        return total

    top = log_likelihood(found.mean, found.sd, severity, tau)
    assert top == pytest.approx(found.log_likelihood, abs=1e-4)

    def cost(free: np.ndarray) -> float:
        rest, s, t = unpacked(free, 3, 2)
        return -log_likelihood(rest[0], abs(rest[1]), s, t)

    at = np.r_[severity[:2], tau[:1], found.mean, found.sd]
    best = minimize(cost, at + 0.1, method="BFGS")
    assert -best.fun == pytest.approx(top, abs=1e-4)
    # The standard error of a severity is that of the inverse curvature there.
    assert found.facet("rater").se[0] == pytest.approx(float(np.sqrt(best.hess_inv[0, 0])), rel=0.1)

    def posterior(theta: float, power: int) -> float:
        chance = [chances(theta - s, tau)[k] for s, k in zip(severity, table[0], strict=True)]
        return float(theta**power * norm.pdf(theta, found.mean, found.sd) * np.prod(chance))

    whole, first = (quad(posterior, -9, 9, args=(power,))[0] for power in (0, 1))
    assert found.target.estimate[0] == pytest.approx(first / whole, abs=1e-4)


def test_planted_severities_and_answers_come_back_inside_their_intervals() -> None:
    rng = np.random.default_rng(5)
    severity = np.array([-1.0, -0.2, 0.3, 0.9])
    theta, tau = rng.normal(0, 1, 60), np.array([-1.2, 0.1, 1.1])
    found = fit_rasch(rows(drawn(theta, severity, tau, rng)))
    rater = found.facet("rater")
    assert ((rater.low <= severity) & (severity <= rater.high)).all()
    assert 0.88 < ((found.target.low <= theta) & (theta <= found.target.high)).mean() <= 1
    assert found.thresholds["all"] == pytest.approx(tau, abs=0.45)
    assert ((rater.infit > 0.7) & (rater.infit < 1.3)).all() and not rater.misfits()
    assert rater.reliability > 0.9
    json.dumps(found.as_json(), allow_nan=False)


def test_a_rater_who_answers_by_chance_misfits() -> None:
    rng = np.random.default_rng(6)
    table = drawn(rng.normal(0, 2, 60), np.zeros(4), np.array([-1.5, 0.0, 1.5]), rng)
    table[:, 3] = rng.integers(0, 4, 60)
    assert fit_rasch(rows(table), method="joint").facet("rater").misfits() == ("dee",)
    assert np.argmax(fit_rasch(rows(table)).facet("rater").infit) == 3


@settings(max_examples=4, deadline=None)
@given(tables, st.integers(-5, 9))
def test_where_the_scale_starts_and_what_raters_are_called_says_nothing(table: Table, start: int) -> None:
    once, again = (fitted(one, method="joint") for one in (table, table[:, ::-1] + start))
    assert again.facet("rater").estimate[::-1] == pytest.approx(once.facet("rater").estimate, abs=1e-4)
    assert again.target.estimate == pytest.approx(once.target.estimate, abs=1e-4)
    assert again.categories["all"] == tuple(one + start for one in once.categories["all"])


def test_turning_the_scale_round_turns_the_signs() -> None:
    rng = np.random.default_rng(9)
    table = drawn(rng.normal(size=20), np.array([-0.5, 0.5]), np.array([-0.5, 0.5]), rng)
    once, turned = fit_rasch(rows(table)), fit_rasch(rows(2 - table))
    assert turned.facet("rater").estimate == pytest.approx(-once.facet("rater").estimate, abs=1e-5)
    assert turned.thresholds["all"] == pytest.approx(-once.thresholds["all"][::-1], abs=1e-5)


def test_thresholds_and_severities_of_dimensions() -> None:
    rng = np.random.default_rng(7)
    theta, hard = rng.normal(0, 1, 50), {"tone": -0.5, "truth": 0.5}
    tau = {"tone": np.array([-1.0, 1.0]), "truth": np.array([0.3, -0.3])}
    severity = {"ann": -0.4, "bo": 0.4}
    scores = [
        (f"i{s}", who, ANSWERS[s], int(rng.choice(3, p=chances(theta[s] - severity[who] - hard[d], tau[d]))), d)
        for s in range(50) for who in severity for d in hard
    ]  # fmt: skip
    found = fit_rasch(rated(scores), facets=("rater", "dimension"), thresholds="per_dimension")
    one, two = found.facet("rater"), found.facet("dimension")
    assert one.estimate == pytest.approx([-0.4, 0.4], abs=3 * one.se[0])
    assert two.estimate == pytest.approx([-0.5, 0.5], abs=3 * two.se[0])
    assert found.thresholds["tone"][0] < -0.4 and found.thresholds["truth"][0] > -0.4
    assert found.n == 200


def test_elements_of_only_one_score_are_set_aside_and_named() -> None:
    table = np.array([[0, 1, 2], [1, 1, 2], [2, 1, 2], [0, 2, 2], [0, 0, 2], [2, 2, 2]])
    found = fit_rasch(rows(table), method="joint")
    assert set(found.aside) >= {"rater cy", "stimulus s05"}
    assert found.facet("rater").labels == ("ann", "bo")
    assert "stimulus s05" not in fit_rasch(rows(table)).aside  # a sample's extreme member has a place


def test_an_unlinked_rater_is_named() -> None:
    two = [("i", who, f"s{n}", (n + k) % 3) for k, who in enumerate(("ann", "bo")) for n in range(6)]
    far = [("i", who, f"t{n}", (n + k) % 3) for k, who in enumerate(("cy", "dee")) for n in range(6)]
    with pytest.raises(NotEstimable, match=r"2 groups .* \(for example ann, bo \| cy, dee\)"):
        fit_rasch(rated([*two, *far]))


def confounded() -> Ratings:
    return rated(
        ("i", who, f"s{n}", (n * 7 + k) % 3, d)
        for k, (who, d) in enumerate((("ann", "p"), ("bo", "q")))
        for n in range(9)
    )


# Ann is always above the others: how far is anybody's guess.
APART = np.array([[1, 0, 0], [2, 1, 1], [1, 0, 0], [2, 1, 1], [1, 0, 1], [2, 0, 1]])

REFUSED: list[tuple[str, Callable[[], Any], str]] = [
    ("empty", lambda: fit_rasch(rated([])), "no ratings"),
    ("one rater", lambda: fit_rasch(rows(np.array([[0], [1], [2], [1]]))), "one rater"),
    ("one rating each", lambda: fit_rasch(rows(np.array([[0], [1], [2], [1]])), facets=()), "has one rating"),
    ("all the same", lambda: fit_rasch(rows(np.full((4, 2), 3))), "only lowest or only highest"),
    ("no overlap", lambda: fit_rasch(rows(APART), method="joint"), "never overlap .* rater ann"),
    ("halves", lambda: fit_rasch(rated([("i", "ann", "s", 1.5)])), "whole-number"),
    ("a gap", lambda: fit_rasch(rows(np.array([[0, 3], [3, 0], [0, 1], [3, 3]]))), "Nobody gave the score 2"),
    ("one target", lambda: fit_rasch(rows(np.array([[0, 1]]))), "Fewer than two|only lowest"),
    ("confounded", lambda: fit_rasch(confounded(), facets=("rater", "dimension")), "cannot be told apart"),
    ("no dimensions", lambda: fit_rasch(rows(np.eye(3, dtype=int)), facets=("dimension",)), "no dimensions"),
    ("NaN", lambda: fit_rasch(rated([("i", "ann", "s", float("nan"))])), "finite"),
]


@pytest.mark.parametrize(("call", "reason"), [c[1:] for c in REFUSED], ids=[c[0] for c in REFUSED])
def test_what_cannot_be_put_on_one_scale_is_refused(call: Callable[[], Any], reason: str) -> None:
    with pytest.raises(NotEstimable, match=reason):
        call()


@pytest.mark.parametrize(
    "how", [{"method": "guess"}, {"facets": ("stimulus",)}, {"facets": ("rater", "rater")}, {"level": 1.5}]
)
def test_settings_that_mean_nothing_are_refused(how: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        fit_rasch(rows(np.array([[0, 1], [1, 0], [1, 1], [0, 0]])), **how)
