"""Covariance of estimates whose judgements hang together: by rater, by item, or by both."""

from collections.abc import Sequence

import numpy as np
from scipy import sparse, stats

from annotation.statistics.errors import NotEstimable
from annotation.statistics.estimate import checked_level
from annotation.statistics.rows import FloatArray, IntArray


def sandwich(bread: FloatArray, scores: "sparse.csr_array", clusters: Sequence[IntArray]) -> FloatArray:
    """Return ``bread · meat · bread``; the meat sums the scores (judgements × parameters) within clusters.

    One clustering: G/(G−1) Σ_g s_g s_gᵀ. Two: the sum of both minus the one of their crossing, negative
    eigenvalues set to nought. Refuses fewer than two clusters.
    Source: Cameron, Gelbach and Miller, Journal of Business & Economic Statistics 29 (2011), 238–249.
    """
    meat = sum(_meat(scores, codes) for codes in clusters)
    if len(clusters) == 2:
        meat = meat - _meat(scores, crossed(clusters[0], clusters[1]))
        values, vectors = np.linalg.eigh(meat)
        meat = (vectors * values.clip(0)) @ vectors.T
    found: FloatArray = bread @ meat @ bread
    return found


def crossed(one: IntArray, other: IntArray) -> IntArray:
    """Return codes of the pairs (one, other)."""
    codes: IntArray = np.unique(one * (int(other.max()) + 1) + other, return_inverse=True)[1]
    return codes


def count(codes: IntArray) -> int:
    """Return the number of different clusters."""
    return len(np.unique(codes))


def quantile(clusters: Sequence[IntArray], level: float) -> float:
    """Return the two-sided quantile: Student's with (fewest clusters − 1) degrees, the normal one without any."""
    tail = 0.5 + checked_level(level) / 2
    if not clusters:
        return float(stats.norm.ppf(tail))
    return float(stats.t.ppf(tail, min(map(count, clusters)) - 1))


def _meat(scores: "sparse.csr_array", codes: IntArray) -> FloatArray:
    groups, code = np.unique(codes, return_inverse=True)
    if len(groups) < 2:
        raise NotEstimable(
            "Everything comes from one cluster (one rater or one item); no interval can be given."
        )
    rows = np.arange(len(code))
    member = sparse.csr_array((np.ones(len(code)), (code, rows)), shape=(len(groups), len(code)))
    sums = member @ scores
    meat: FloatArray = (sums.T @ sums).toarray() * len(groups) / (len(groups) - 1)
    return meat
