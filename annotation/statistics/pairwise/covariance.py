"""Sandwich covariance clustered by judgement, annotator, item, or annotator and item at once."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy.sparse import csr_matrix

from annotation.statistics.errors import NotEstimable
from annotation.statistics.pairwise.counts import summed
from annotation.statistics.rows import Comparisons, FloatArray, IntArray

Cluster = Literal["none", "judgement", "rater", "item", "both"]
FEW = 10
# Sums of scores per cluster are kept as a plain matrix up to this size, and sparse above.
DENSE = 4_000_000


@dataclass(frozen=True, eq=False)
class Clusters:
    """The ways rows belong together, each with its sign in the covariance, and how many clusters of each."""

    parts: tuple[tuple[float, IntArray, int], ...]
    counted: dict[str, int]

    @property
    def degrees(self) -> float:
        """Degrees of freedom of the t that bounds the estimates: the fewest clusters − 1."""
        return float(min(self.counted.values()) - 1) if self.counted else float("inf")


def clusters_of(comparisons: Comparisons, cluster: Cluster) -> Clusters:
    """Return the clusters of the rows. "both" is annotator and item at once.

    Refuses "none" where several rows come from one judgement, for those are never independent, and fewer than two
    clusters of a kind.
    """
    if cluster not in get_args(Cluster):
        raise ValueError(f"{cluster} is no way to cluster; there are {', '.join(get_args(Cluster))}")
    if cluster == "none":
        if len(np.unique(comparisons.judgement)) < len(comparisons):
            raise NotEstimable(
                "Several comparisons come from one judgement and are never independent: "
                "cluster by judgement, by annotator or by item."
            )
        return Clusters((), {})
    if cluster == "judgement":
        return _one("judgements", comparisons.judgement)
    if cluster == "rater":
        return _one("annotators", comparisons.rater)
    if cluster == "item":
        return _one("items", comparisons.item)
    raters, items = _one("annotators", comparisons.rater), _one("items", comparisons.item)
    crossed = comparisons.rater * (int(comparisons.item.max()) + 1) + comparisons.item
    codes, number = _compact(crossed)
    parts = (*raters.parts, *items.parts, (-1.0, codes, number))
    return Clusters(parts, {**raters.counted, **items.counted})


def meat(
    clusters: Clusters, a: IntArray, b: IntArray, score: FloatArray, extra: FloatArray, systems: int
) -> FloatArray:
    """Return the sum over clusters of the outer product of each cluster's score, by every row.

    ``score`` (n, 1+q) are a row's derivatives by difference and shape, ``extra`` (n, c) what else moves the
    difference. With two ways of clustering: annotators + items − their intersection (Cameron, Gelbach and Miller
    2011), each with its own G/(G−1).
    """
    size = systems + extra.shape[1] + score.shape[1] - 1
    total = np.zeros((size, size))
    for sign, code, number in clusters.parts:
        sums = _sums(code, number, a, b, score, extra, systems)
        square = sums.T @ sums
        part = square.toarray() if hasattr(square, "toarray") else square
        total += sign * number / max(number - 1, 1) * part
    return total


def sandwich(bread: FloatArray, filling: FloatArray) -> FloatArray:
    """Return bread·filling·bread; what two-way clustering leaves below 0 becomes 0 (Cameron et al. 2011, 2.3)."""
    covariance = bread @ filling @ bread
    covariance = (covariance + covariance.T) / 2
    values, vectors = np.linalg.eigh(covariance)
    if values[0] < 0:
        covariance = (vectors * np.maximum(values, 0.0)) @ vectors.T
    return covariance


def said(clusters: Clusters) -> str:
    """Return in words what the intervals take as independent."""
    if not clusters.counted:
        return "inverse information; every comparison independent"
    number = " and ".join(f"{count} {name}" for name, count in clusters.counted.items())
    return f"sandwich clustered by {number}; t with {clusters.degrees:g} degrees of freedom"


def warnings(clusters: Clusters) -> tuple[str, ...]:
    """Return a sentence for each kind of cluster of which there are few."""
    return tuple(
        f"There are only {number} {name}; intervals from so few are rough."
        for name, number in clusters.counted.items()
        if number < FEW
    )


def _one(name: str, codes: IntArray) -> Clusters:
    compact, number = _compact(codes)
    if number < 2:
        raise NotEstimable(
            f"All comparisons share one of the {name}; their spread cannot be estimated from one."
        )
    return Clusters(((1.0, compact, number),), {name: number})


def _compact(codes: IntArray) -> tuple[IntArray, int]:
    """Return codes without gaps and how many there are."""
    top = int(codes.max()) + 1
    if codes.min() >= 0 and top <= 4 * len(codes) + 1000:
        seen = np.zeros(top, np.int64)
        seen[codes] = 1
        return (np.cumsum(seen) - 1)[codes], int(seen.sum())
    found, inverse = np.unique(codes, return_inverse=True)
    return inverse.astype(np.int64), len(found)


def _sums(
    code: IntArray, number: int, a: IntArray, b: IntArray, score: FloatArray, extra: FloatArray, systems: int
) -> FloatArray | csr_matrix:
    by_d = score[:, 0]
    others = np.column_stack([by_d[:, None] * extra, score[:, 1:]])
    size = systems + others.shape[1]
    if number * size <= DENSE:
        sums = np.empty((number, size))
        plus = summed(code * systems + a, by_d, number * systems)
        minus = summed(code * systems + b, by_d, number * systems)
        sums[:, :systems] = (plus - minus).reshape(number, systems)
        for place in range(others.shape[1]):
            sums[:, systems + place] = summed(code, others[:, place], number)
        return sums
    rows = np.concatenate([code, code, np.repeat(code, others.shape[1])])
    columns = np.concatenate([a, b, np.tile(np.arange(systems, size), len(code))])
    return csr_matrix((np.concatenate([by_d, -by_d, others.ravel()]), (rows, columns)), (number, size))
