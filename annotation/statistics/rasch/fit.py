"""The many-facet Rasch fit, by joint or by marginal likelihood, with fit statistics of every element."""

from typing import Literal

import numpy as np
from scipy import stats

from annotation.statistics.errors import NotEstimable
from annotation.statistics.estimate import checked_level
from annotation.statistics.rasch.estimates import FacetEstimate, RaschEstimate
from annotation.statistics.rasch.joint import Solution, solve_jointly
from annotation.statistics.rasch.likelihood import lay_out, moments, probabilities
from annotation.statistics.rasch.linked import refuse_apart
from annotation.statistics.rasch.marginal import solve_marginally
from annotation.statistics.rasch.table import Facet, Table, prepare
from annotation.statistics.rows import FloatArray, Ratings

_ENDLESS = 100.0  # logits: no standard error of a finite estimate
_SAID = {
    "joint": "joint likelihood (spreads come out too wide where elements have few ratings)",
    "marginal": "marginal likelihood (targets are a normal sample; their estimates are posterior means)",
}


def fit_rasch(
    ratings: Ratings,
    *,
    target: Literal["stimulus", "item"] = "stimulus",
    facets: tuple[str, ...] = ("rater",),
    thresholds: Literal["shared", "per_dimension"] = "shared",
    method: Literal["joint", "marginal"] = "marginal",
    level: float = 0.95,
) -> RaschEstimate:
    """Fit log P(k)/P(k−1) = target − Σ facets − τ_k to whole-number scores, in logits.

    ``facets`` are any of rater (severity), dimension, item, stimulus. ``thresholds`` are one set for all (rating
    scale) or one per dimension (partial credit). Every facet and every set of thresholds sums to nought; the target
    floats. Standard errors are the model's own: they take the ratings as independent given the facets.
    Elements with only lowest or only highest scores are named in ``aside`` (a marginal fit keeps such targets).
    Refuses facets that are disconnected, confounded or of one element, scores without overlap (no finite
    estimate), an unused middle category, scores that are not whole numbers, and (marginal) one rating per target.
    Source: Linacre, Many-Facet Rasch Measurement (1989); Andrich (1978); Masters (1982).
    """
    if method not in _SAID:
        raise ValueError("method is joint or marginal")
    checked_level(level)
    table = prepare(
        ratings,
        target=target,
        facets=facets,
        thresholds=thresholds,
        keep_extreme_targets=method == "marginal",
    )
    layout = lay_out(table)
    refuse_apart(table, layout)
    found = solve_jointly(table, layout) if method == "joint" else solve_marginally(table, layout)
    _refuse_endless(table, found)
    spread = layout.sign @ found.full[: layout.elements]
    tau = layout.thresholds(found.full)
    at = moments(probabilities(found.theta[table.target.codes] + spread, layout, tau))
    square = (table.category - at.mean) ** 2
    critical = float(stats.norm.ppf(0.5 + level / 2))

    def described(facet: Facet, estimate: FloatArray, variance: FloatArray) -> FacetEstimate:
        count = np.bincount(facet.codes)
        se = np.sqrt(variance.clip(0))
        return FacetEstimate(
            name=facet.name,
            labels=facet.labels,
            estimate=estimate,
            se=se,
            low=estimate - critical * se,
            high=estimate + critical * se,
            infit=np.bincount(facet.codes, square) / np.bincount(facet.codes, at.variance),
            outfit=np.bincount(facet.codes, square / at.variance) / count,
            n=count,
            reliability=_reliability(
                estimate, variance, shrunk=facet is table.target and method == "marginal"
            ),
        )

    others, start = [], 0
    variances = np.diag(found.covariance)
    for facet in table.facets:
        part = slice(start, start + len(facet.labels))
        others.append(described(facet, found.full[part], variances[part]))
        start = part.stop
    return RaschEstimate(
        target=described(table.target, found.theta, found.theta_variance),
        facets=tuple(others),
        thresholds=_by_group(table, tau),
        thresholds_se=_by_group(table, layout.thresholds(np.sqrt(variances.clip(0)))),
        categories=_categories(table),
        mean=found.mean,
        sd=found.sd,
        log_likelihood=found.log_likelihood,
        n=len(table),
        aside=table.aside,
        level=level,
        method=f"many-facet Rasch, thresholds {thresholds}, {_SAID[method]}",
    )


def _refuse_endless(table: Table, found: Solution) -> None:
    # Where scores never overlap, the climb ends on a slope too flat to feel, with errors of thousands of logits.
    names = [f"{facet.name} {label}" for facet in table.facets for label in facet.labels]
    names += [f"{table.target.name} {label}" for label in table.target.labels]
    elements = len(names) - len(table.target.labels)
    variance = np.diag(found.covariance)
    odd = np.flatnonzero(np.r_[variance[:elements], found.theta_variance] > _ENDLESS**2).tolist()
    if odd or (variance > _ENDLESS**2).any():
        which = ", ".join(names[place] for place in odd[:4]) or "a threshold"
        raise NotEstimable(
            f"Some scores never overlap with the others', so there is no finite estimate: {which}."
        )


def _reliability(estimate: FloatArray, variance: FloatArray, *, shrunk: bool) -> float:
    seen, error = float(np.var(estimate, ddof=1)), float(variance.mean())
    if shrunk:  # posterior means have lost the error's share already
        return seen / (seen + error) if seen + error > 0 else 0.0
    return max(seen - error, 0.0) / seen if seen > 0 else 0.0


def _by_group(table: Table, padded: FloatArray) -> dict[str, FloatArray]:
    steps = table.steps.tolist()
    return {label: padded[row, : steps[row]] for row, label in enumerate(table.group.labels)}


def _categories(table: Table) -> dict[str, tuple[int, ...]]:
    spans = zip(table.group.labels, table.lowest.tolist(), table.steps.tolist(), strict=True)
    return {label: tuple(range(low, low + steps + 1)) for label, low, steps in spans}
