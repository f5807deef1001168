"""From comparisons to an estimate: count, check, fit, and put intervals around what was fitted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy.stats import t

from annotation.statistics.errors import NotEstimable
from annotation.statistics.pairwise import covariance as clustered
from annotation.statistics.pairwise import resampling
from annotation.statistics.pairwise.connectedness import is_connected, require_connected
from annotation.statistics.pairwise.counts import Counts, Table, matrices, summed, table_of, tabulate
from annotation.statistics.pairwise.covariance import Cluster, Clusters
from annotation.statistics.pairwise.covariates import Covariates, require_rows
from annotation.statistics.pairwise.estimate import Coefficient, Estimate
from annotation.statistics.pairwise.fit import Cells, Fitted, fit, inverse, pulls, reweighted
from annotation.statistics.pairwise.links import Link
from annotation.statistics.pairwise.prior import Prior
from annotation.statistics.pairwise.ranks import rank_bounds, ranks
from annotation.statistics.rows import Comparisons, FloatArray, IntArray

POSITION = "shown first"
LinkOf: TypeAlias = Callable[[FloatArray], Link]


@dataclass(frozen=True)
class Inference:
    """How worths get their intervals, for every model alike.

    ``cluster`` – what is independent: "both" (annotators and items, the default), "rater", "item", "judgement",
    "none". ``bootstrap`` – that many resamples of clusters instead of the sandwich; needs ``seed``.
    ``prior`` – declared, else disconnected comparisons are refused. ``position`` – also estimate what being shown
    first is worth. ``level`` – of the intervals.
    """

    cluster: Cluster = "both"
    prior: Prior | None = None
    position: bool = False
    level: float = 0.95
    bootstrap: int = 0
    seed: int | None = None

    def __post_init__(self) -> None:
        if not 0 < self.level < 1:
            raise ValueError("a level is between 0 and 1")
        if self.bootstrap and self.seed is None:
            raise ValueError("a bootstrap needs a seed")


def estimate(
    comparisons: Comparisons,
    method: str,
    link_of: LinkOf,
    how: Inference,
    *,
    graded: bool = False,
    covariates: Covariates | None = None,
) -> Estimate:
    """Return the estimate of ``comparisons`` under the link that ``link_of`` makes for the levels found."""
    table = tabulate(comparisons, graded=graded)
    if how.prior is None:
        require_connected(matrices(table))
    clusters = clustered.clusters_of(comparisons, how.cluster)
    if covariates is not None:
        require_rows(covariates, comparisons)
    cells, names, row_cell = _cells(table, how.position, covariates)
    link = link_of(table.levels)
    k = len(table.labels)
    fitted = fit(cells, link, by_category=table.by_category(), prior=how.prior, names=names)
    notes = list(clustered.warnings(clusters))
    if how.bootstrap:
        draws, lost = _draws(comparisons, table, cells, row_cell, link, fitted, how, names)
        spread = np.cov(draws, rowvar=False)
        if lost:
            notes.append(f"{lost} of {how.bootstrap} resamples could not be estimated and are left out.")
        said = f"percentiles of {len(draws)} resamples, {clustered.independent(clusters)}"
        return _told(method, table, link, fitted, spread, np.inf, how, clusters, names, notes, said, draws)
    bread = inverse(fitted, k, how.prior)
    spread = bread
    if clusters.parts:
        filling = clustered.meat(clusters, row_cell, pulls(cells, fitted.score))
        if how.prior is not None:
            # A prior acts as comparisons that were never made; their noise counts as that of real ones would.
            filling[np.arange(k), np.arange(k)] += how.prior.information(fitted.worth(k))
        spread = clustered.sandwich(bread, filling, k)
    said = clustered.said(clusters)
    return _told(
        method, table, link, fitted, spread, clusters.degrees, how, clusters, names, notes, said, None
    )


def estimate_from_counts(
    counts: Counts, method: str, link_of: LinkOf, *, prior: Prior | None = None, level: float = 0.95
) -> Estimate:
    """Return the estimate of count matrices. Who judged is not in them: every comparison counts as independent."""
    table = table_of(counts)
    if prior is None:
        require_connected(counts)
    cells, names, _ = _cells(table, False, None)
    link = link_of(table.levels)
    fitted = fit(cells, link, by_category=table.by_category(), prior=prior)
    how, clusters = Inference(cluster="none", prior=prior, level=level), Clusters((), {})
    spread = inverse(fitted, len(table.labels), prior)
    notes = ["Counts do not say who judged: the intervals take every comparison as independent."]
    said = clustered.said(clusters)
    return _told(method, table, link, fitted, spread, np.inf, how, clusters, names, notes, said, None)


def _cells(
    table: Table, position: bool, covariates: Covariates | None
) -> tuple[Cells, tuple[str, ...], IntArray]:
    """Return what the likelihood sums over, the names of what else moves it, and each row's place in it."""
    k = len(table.labels)
    if covariates is None:
        extra = np.ones((len(table.a), 1)) if position else np.empty((len(table.a), 0))
        cells = Cells(k, table.a, table.b, table.category, table.weight, extra)
        return cells, (POSITION,) if position else (), table.cell
    # Covariates differ from row to row, so each row is a cell of its own.
    row, n = table.cell, len(table.cell)
    extra = np.column_stack([np.ones((n, 1)), covariates.values]) if position else covariates.values
    names = (POSITION, *covariates.names) if position else covariates.names
    cells = Cells(k, table.a[row], table.b[row], table.category[row], np.ones(n), extra)
    return cells, names, np.arange(n)


def _draws(
    comparisons: Comparisons,
    table: Table,
    cells: Cells,
    row_cell: IntArray,
    link: Link,
    fitted: Fitted,
    how: Inference,
    names: tuple[str, ...],
) -> tuple[FloatArray, int]:
    assert how.seed is not None
    signs = table.signs if len(cells) == len(table.a) else table.signs[table.cell]

    def again(weight: FloatArray) -> FloatArray:
        if how.prior is None and not _linked(cells, signs, weight):
            raise NotEstimable("In a resample the comparisons do not connect the systems.")
        return fit(reweighted(cells, weight), link, prior=how.prior, start=fitted.theta, names=names).theta

    drawn = resampling.weights(
        comparisons, row_cell, len(cells), cluster=how.cluster, replicates=how.bootstrap, seed=how.seed
    )
    return resampling.resampled(drawn, again)


def _linked(cells: Cells, signs: IntArray, weight: FloatArray) -> bool:
    k = cells.systems
    forth = summed(cells.a * k + cells.b, weight * (signs >= 0), k * k).reshape(k, k)
    back = summed(cells.b * k + cells.a, weight * (signs <= 0), k * k).reshape(k, k)
    return is_connected(forth + back)


def _told(
    method: str,
    table: Table,
    link: Link,
    fitted: Fitted,
    spread: FloatArray,
    degrees: float,
    how: Inference,
    clusters: Clusters,
    names: tuple[str, ...],
    notes: list[str],
    said: str,
    draws: FloatArray | None,
) -> Estimate:
    k = len(table.labels)
    tail = (1 - how.level) / 2
    critical = float(t.ppf(1 - tail, degrees))
    se = np.sqrt(np.maximum(np.diag(spread), 0.0))
    if draws is None:
        low, high = fitted.theta - critical * se, fitted.theta + critical * se
    else:
        low, high = np.quantile(draws, [tail, 1 - tail], axis=0)
    worth = fitted.worth(k)
    corrected = float(t.ppf(1 - tail / max(k - 1, 1), degrees))
    rank_low, rank_high = rank_bounds(worth, spread[:k, :k], corrected)
    coefficients = []
    for place, name in enumerate((*names, *link.names), start=k):
        value, error = float(fitted.theta[place]), float(se[place])
        bounds = float(low[place]), float(high[place])
        if place < k + len(names):
            p = float(2 * t.sf(abs(value) / error, degrees)) if error > 0 else None
            coefficients.append(Coefficient(name, value, error, *bounds, p))
        elif link.logged:
            raised = float(np.exp(value))
            coefficients.append(Coefficient(name, raised, raised * error, *map(float, np.exp(bounds))))
        else:
            coefficients.append(Coefficient(name, value, error, *bounds))
    return Estimate(
        method=method, labels=table.labels, worth=worth, se=se[:k], low=low[:k], high=high[:k],
        covariance=spread[:k, :k], rank=ranks(worth), rank_low=rank_low, rank_high=rank_high, n=table.n,
        interval=said, level=how.level, clusters=clusters.counted, coefficients=tuple(coefficients),
        loglik=fitted.loglik, degrees=degrees, seed=how.seed if how.bootstrap else None,
        prior=how.prior.said() if how.prior else "", absent=table.absent, notes=tuple(notes),
    )  # fmt: skip
