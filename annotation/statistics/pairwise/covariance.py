"""Sandwich covariance clustered by judgement, annotator, item, or annotator and item at once."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy.sparse import csr_matrix

from annotation.statistics.errors import NotEstimable
from annotation.statistics.rows import Comparisons, FloatArray, IntArray

Cluster = Literal["none", "judgement", "rater", "item", "both"]
FEW = 10
# Sums of scores per cluster are kept as a plain matrix up to this size, and sparse above.
DENSE = 4_000_000
# A table this many times longer than the rows finds their codes faster than sorting them does.
SPREAD = 32
# A variance of less than this part of an independent comparison's is rounding.
NOTHING = 1e-12


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


def meat(clusters: Clusters, rows: IntArray, pulls: csr_matrix) -> FloatArray:
    """Return the sum over clusters of the outer product of each cluster's pull on the parameters.

    ``pulls`` (cells × parameters) is what one row of a cell contributes, ``rows`` the cell of each row. With two ways
    of clustering: annotators + items − their intersection (Cameron, Gelbach and Miller 2011), each with its own
    G/(G−1).
    """
    total = np.zeros((pulls.shape[1], pulls.shape[1]))
    for sign, code, number in clusters.parts:
        total += sign * number / max(number - 1, 1) * _squares(code, number, rows, pulls)
    return total


def sandwich(bread: FloatArray, filling: FloatArray, systems: int) -> FloatArray:
    """Return bread·filling·bread; what two-way clustering leaves below 0 becomes 0 (Cameron et al. 2011, 2.3).

    Refuses where nothing is left of a worth's variance: clusters whose answers cancel show no spread, which is not
    certainty.
    """
    covariance = bread @ filling @ bread
    covariance = (covariance + covariance.T) / 2
    values, vectors = np.linalg.eigh(covariance)
    if values[0] < 0:
        covariance = (vectors * np.maximum(values, 0.0)) @ vectors.T
    if (np.diag(covariance)[:systems] <= NOTHING * np.diag(bread)[:systems]).any():
        raise NotEstimable(
            "The answers of the clusters cancel exactly, so how far they differ cannot be known: "
            "there are too few of them, or they are copies of each other."
        )
    return covariance


def said(clusters: Clusters) -> str:
    """Return in words what the intervals take as independent."""
    if not clusters.counted:
        return "inverse information; every comparison independent"
    number = " and ".join(f"{count} {name}" for name, count in clusters.counted.items())
    return f"sandwich clustered by {number}; t with {clusters.degrees:g} degrees of freedom"


def independent(clusters: Clusters) -> str:
    """Return in words what is drawn or summed as a whole."""
    if not clusters.counted:
        return "each of comparisons"
    return "each of " + " and ".join(f"{number} {name}" for name, number in clusters.counted.items())


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
        raise NotEstimable(f"There is only one {name[:-1]}; how {name} differ cannot be known from one.")
    return Clusters(((1.0, compact, number),), {name: number})


def _compact(codes: IntArray) -> tuple[IntArray, int]:
    """Return codes without gaps and how many there are."""
    top = int(codes.max()) + 1
    if codes.min() >= 0 and top <= SPREAD * len(codes) + 1000:
        seen = np.zeros(top, np.bool_)
        seen[codes] = True
        place = np.cumsum(seen, dtype=np.int32)
        return place[codes].astype(np.int64) - 1, int(place[-1])
    found, inverse = np.unique(codes, return_inverse=True)
    return inverse.astype(np.int64), len(found)


def _squares(code: IntArray, number: int, rows: IntArray, pulls: csr_matrix) -> FloatArray:
    """Return the sum over clusters of the outer product of their summed pulls."""
    alone = np.bincount(code, minlength=number)[code] == 1
    # A cluster of one row pulls as its cell does, and there are few cells: they are counted, not summed row by row.
    single = np.bincount(rows[alone], minlength=pulls.shape[0]).astype(np.float64)
    result: FloatArray = (pulls.T @ pulls.multiply(single[:, None]).tocsr()).toarray()
    if alone.all():
        return result
    together = ~alone
    code, number = _compact(code[together])
    held = csr_matrix((np.ones(len(code)), (code, rows[together])), (number, pulls.shape[0]))
    sums = held @ pulls
    if number * pulls.shape[1] <= DENSE:
        plain = sums.toarray()
        result += plain.T @ plain
    else:
        result += (sums.T @ sums).toarray()
    return result
