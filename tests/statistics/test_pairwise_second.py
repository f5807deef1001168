"""Each model of pairs against a second implementation: statsmodels, with its own standard errors."""

from typing import Any

import numpy as np
import pandas
import pytest
import statsmodels.api as sm
from statsmodels.miscmodels.ordinal_model import OrderedModel

from annotation.statistics.pairwise.bradley_terry import bradley_terry
from annotation.statistics.pairwise.covariates import Covariates
from annotation.statistics.pairwise.davidson import davidson
from annotation.statistics.pairwise.estimate import Estimate
from annotation.statistics.pairwise.graded import adjacent, cumulative
from annotation.statistics.pairwise.inference import Inference
from annotation.statistics.pairwise.rao_kupper import rao_kupper
from annotation.statistics.pairwise.thurstone import thurstone
from annotation.statistics.rows import Comparisons
from tests.statistics.pairs import changed, graded_people, people

EACH = Inference(cluster="none")


def design(rows: Comparisons) -> np.ndarray:
    """+1 for a and −1 for b, with the first system as the reference."""
    systems = np.eye(len(rows.stimuli))
    return (systems[rows.a] - systems[rows.b])[:, 1:]


def binomial(rows: Comparisons, link: Any = None, extra: Any = None, **how: Any) -> Any:
    x = design(rows) if extra is None else np.column_stack([design(rows), extra])
    family = sm.families.Binomial() if link is None else sm.families.Binomial(link)
    return sm.GLM((1 + rows.outcome) / 2, x, family=family, **how)


def agree(found: Estimate, worth: Any, se: Any, precise: float = 1e-6) -> None:
    mine, error = found.relative_to(found.labels[0])
    assert mine[1:] == pytest.approx(np.asarray(worth), abs=precise)
    assert error[1:] == pytest.approx(np.asarray(se), abs=precise)


def test_bradley_terry_is_a_logistic_regression() -> None:
    rows = people(1)
    theirs = binomial(rows).fit(tol=1e-12)
    agree(bradley_terry(rows, EACH), theirs.params, theirs.bse)
    assert bradley_terry(rows, EACH).loglik == pytest.approx(theirs.llf)


def test_ties_as_half_wins_are_a_logistic_regression_on_halves() -> None:
    rows = people(2, tie=0.4)
    theirs = binomial(rows).fit(tol=1e-12)
    agree(bradley_terry(rows, EACH), theirs.params, theirs.bse)


@pytest.mark.parametrize("cluster", ["rater", "item", "both"])
def test_clustered_errors_are_those_of_statsmodels(cluster: Any) -> None:
    rows = people(3, taste=0.8, item_sd=0.5)
    groups = {"rater": rows.rater, "item": rows.item, "both": np.column_stack([rows.rater, rows.item])}[
        cluster
    ]
    # Their own correction also multiplies by (n−1)/(n−k), which is for linear models; here G/(G−1) is by hand.
    theirs = binomial(rows).fit(
        tol=1e-12, cov_type="cluster", cov_kwds={"groups": groups, "use_correction": True}
    )
    n, k = len(rows), len(rows.stimuli) - 1
    agree(
        bradley_terry(rows, Inference(cluster=cluster)),
        theirs.params,
        theirs.bse / np.sqrt((n - 1) / (n - k)),
    )


def test_position_style_and_length_are_columns_of_the_regression() -> None:
    rows = people(4, first=0.4, each=60)
    random = np.random.default_rng(4)
    style = random.normal(size=(len(rows), 2)) + 0.3 * rows.outcome[:, None] * [1, 0]
    theirs = binomial(rows, extra=np.column_stack([np.ones(len(rows)), style])).fit(tol=1e-12)
    how = Inference(cluster="none", position=True)
    found = bradley_terry(rows, how, covariates=Covariates(("length", "lists"), style))
    agree(found, theirs.params[:3], theirs.bse[:3])
    for name, value, se, p in zip(
        ("shown first", "length", "lists"), theirs.params[3:], theirs.bse[3:], theirs.pvalues[3:], strict=True
    ):
        one = found.coefficient(name)
        assert (one.value, one.se, one.p) == (
            pytest.approx(value),
            pytest.approx(se),
            pytest.approx(p, abs=1e-9),
        )
    assert found.coefficient("length").p == pytest.approx(0, abs=1e-6)


def test_scaled_bradley_terry_weighs_rows() -> None:
    rows = graded_people(5)
    theirs = binomial(rows, freq_weights=rows.strength).fit(tol=1e-12)
    mine, _ = bradley_terry(rows, EACH, grades="scaled").relative_to("s0")
    assert mine[1:] == pytest.approx(theirs.params, abs=1e-6)


def test_margin_bradley_terry_shifts_each_difference_by_its_lead() -> None:
    rows = changed(graded_people(6), strength=np.full(600, 0.3))
    # Seen from the winner every row is a win with an offset of minus the lead.
    x = design(rows) * rows.outcome[:, None]
    theirs = sm.GLM(np.ones(len(x)), x, family=sm.families.Binomial(), offset=-rows.strength).fit(tol=1e-12)
    mine, _ = bradley_terry(rows, EACH, grades="margin").relative_to("s0")
    assert mine[1:] == pytest.approx(theirs.params, abs=1e-6)


def test_thurstone_is_a_probit_regression() -> None:
    rows = people(7)
    theirs = binomial(rows, sm.families.links.Probit()).fit(tol=1e-12)
    mine, _ = thurstone(rows, EACH).relative_to("s0")
    assert mine[1:] == pytest.approx(theirs.params, abs=1e-6)
    assert thurstone(rows, EACH).loglik == pytest.approx(theirs.llf)
    # Their GLM's errors are of the expected information, ours of the observed: a regression by scores is the judge.
    observed = sm.Probit((1 + rows.outcome) / 2, design(rows)).fit(disp=False, tol=1e-12)
    agree(thurstone(rows, EACH), observed.params, observed.bse, 1e-5)


def test_davidson_is_a_loglinear_model_of_counts() -> None:
    rows = people(8, tie=0.5)
    found = davidson(rows, EACH)
    k = len(rows.stimuli)
    table = []
    for i in range(k):
        for j in range(i + 1, k):
            here = ((rows.a == i) & (rows.b == j)) | ((rows.a == j) & (rows.b == i))
            won = np.where(rows.a == i, rows.outcome, -rows.outcome)[here]
            pair = np.eye(k * k)[i * k + j]
            worths = np.eye(k)
            for side, times in ((1, (won > 0).sum()), (0, (won == 0).sum()), (-1, (won < 0).sum())):
                means = worths[i] if side > 0 else worths[j] if side < 0 else (worths[i] + worths[j]) / 2
                table.append([times, *means[1:], float(side == 0), *pair])
    data = np.array(table)
    x = data[:, 1:]
    kept = x[:, np.r_[:k, k + np.flatnonzero(x[:, k:].any(axis=0))]]
    theirs = sm.GLM(data[:, 0], kept, family=sm.families.Poisson()).fit(tol=1e-12)
    agree(found, theirs.params[: k - 1], theirs.bse[: k - 1])
    tie = found.coefficient("tie")
    assert (np.log(tie.value), tie.se / tie.value) == (  # type: ignore[operator]
        pytest.approx(theirs.params[k - 1]), pytest.approx(theirs.bse[k - 1])
    )  # fmt: skip


@pytest.mark.parametrize(
    ("model", "noise", "graded"),
    [(rao_kupper, "logit", False), (thurstone, "probit", False), (cumulative, "logit", True)],
)
def test_thresholds_are_those_of_an_ordinal_regression_on_rows_seen_from_both_sides(
    model: Any, noise: Any, graded: bool
) -> None:
    rows = graded_people(9, tie=0.5, each=40) if graded else people(9, tie=0.5, each=40)
    level = rows.outcome * (rows.strength if graded else 1)
    # Every row also from the other side: an ordinal regression with free thresholds then finds symmetric ones.
    y, x = np.concatenate([level, -level]), np.concatenate([design(rows), -design(rows)])
    ordered = OrderedModel(pandas.Series(pandas.Categorical(y, ordered=True)), x, distr=noise)
    theirs = ordered.fit(method="bfgs", disp=False, gtol=1e-8, maxiter=500)
    k = len(rows.stimuli) - 1
    found = model(rows, EACH)
    agree(found, theirs.params[:k], theirs.bse[:k] * np.sqrt(2), 1e-4)
    assert found.loglik == pytest.approx(theirs.llf / 2, abs=1e-5)
    free = ordered.transform_threshold_params(theirs.params[k:])[1:-1]
    mine = [one.value for one in found.coefficients]
    wanted = free[len(free) // 2 :]
    assert (np.log(mine) if model is rao_kupper else mine) == pytest.approx(list(wanted), abs=1e-4)


def test_adjacent_categories_are_a_loglinear_model_too() -> None:
    rows = graded_people(10, systems=3, each=60)
    found = adjacent(rows, EACH)
    # Strengths ±1, ±2, ±3 have scores ±½, ±1½, ±2½ of the difference; each strength has its own propensity.
    level = (rows.outcome * rows.strength).astype(int)
    score = np.sign(level) * (np.abs(level) - 0.5)
    worth, psi = found.worth, np.log([one.value for one in found.coefficients])
    gap = worth[rows.a] - worth[rows.b]

    def loglik(gap: np.ndarray, psi: np.ndarray) -> float:
        levels = np.array([-3, -2, -1, 1, 2, 3])
        points = np.sign(levels) * (np.abs(levels) - 0.5)
        energy = gap[:, None] * points + np.r_[psi, 0][np.abs(levels) - 1]
        own = gap * score + np.r_[psi, 0][np.abs(level) - 1]
        return float((own - np.log(np.exp(energy).sum(axis=1))).sum())

    best = loglik(gap, psi)
    assert found.loglik == pytest.approx(best)
    random = np.random.default_rng(0)
    for _ in range(20):
        off = worth + random.normal(0, 0.02, 3)
        assert loglik(off[rows.a] - off[rows.b], psi + random.normal(0, 0.02, len(psi))) < best
