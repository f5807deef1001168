"""Mean ranks with intervals, and Friedman's test that they differ."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats
from scipy.sparse import csr_array

from annotation.statistics.errors import NotEstimable
from annotation.statistics.estimate import Estimate
from annotation.statistics.orders.ballots import Ballots, ballots
from annotation.statistics.orders.clusters import count, quantile, sandwich
from annotation.statistics.orders.worths import refuse_parts
from annotation.statistics.rows import FloatArray, IntArray, Rankings


@dataclass(frozen=True, eq=False)
class MeanRanks(Estimate):
    """Mean rank (1 = best, ties share their middle rank) of each stimulus and the share of judgements it leads.

    ``n`` counts each stimulus' judgements; a tie for the first place is shared among those tied.
    """

    labels: tuple[str, ...]
    estimate: FloatArray
    se: FloatArray
    low: FloatArray
    high: FloatArray
    first: FloatArray
    n: IntArray
    clusters: int | None
    level: float
    method: str


@dataclass(frozen=True)
class Friedman(Estimate):
    """Friedman's chi-square (corrected for ties) over complete blocks."""

    statistic: float
    degrees: int
    p: float
    blocks: int
    stimuli: int
    method: str


def mean_ranks(rankings: Rankings, *, cluster: str = "rater", level: float = 0.95) -> MeanRanks:
    """Average the middle ranks; intervals cluster by none, judgement, rater, item or both.

    Refuses judgements over different numbers of stimuli (a rank of 2 among 2 is not one among 7; use
    Plackett–Luce), or over parts that were never compared, and one cluster.
    """
    data = ballots(rankings)
    if len(np.unique(data.size)) > 1:
        raise NotEstimable("The judgements rank different numbers of stimuli, so their ranks do not compare.")
    refuse_parts(data)
    rows, codes, ranks = middle_ranks(data)
    n = np.bincount(codes, minlength=len(data.labels))
    estimate = np.bincount(codes, ranks) / n
    lead = (data.tier == 0).sum(axis=1)[rows]
    first = np.bincount(codes, (data.tier[data.order >= 0] == 0) / lead) / n
    clusters = data.clusters(cluster)
    influence = (ranks - estimate[codes]) / n[codes]
    scores = csr_array((influence, (rows, codes)), shape=(len(data), len(n)))
    each = clusters or [np.arange(len(data))]
    covariance = sandwich(np.eye(len(n)), scores, each)
    se = np.sqrt(np.diag(covariance).clip(0))
    half = quantile(each, level) * se
    return MeanRanks(
        data.labels,
        estimate,
        se,
        estimate - half,
        estimate + half,
        first,
        n,
        min(map(count, clusters)) if clusters else None,
        level,
        f"mean rank, ties at their middle, clusters: {cluster}",
    )


def friedman(rankings: Rankings, *, block: Literal["judgement", "rater", "item"] = "judgement") -> Friedman:
    """Test whether all stimuli rank alike. Each block is one judgement, or one rater's (item's) averaged ranks.

    Judgements of one rater are not independent blocks: use ``rater`` where people judge more than once.
    Refuses a block that lacks a stimulus, fewer than two blocks or three stimuli, and blocks wholly tied.
    Source: Friedman, Journal of the American Statistical Association 32 (1937), 675–701; Conover, Practical
    Nonparametric Statistics (1999), 5.8, for ties.
    """
    data = ballots(rankings)
    rows, codes, ranks = middle_ranks(data)
    by = {"judgement": np.arange(len(data)), "rater": data.rater, "item": data.item}[block]
    groups, group = np.unique(by, return_inverse=True)
    blocks, k = len(groups), len(data.labels)
    cell = group[rows] * k + codes
    number = np.bincount(cell, minlength=blocks * k)
    if not number.all():
        raise NotEstimable(
            f"Some {block} did not rank every stimulus; Friedman's test needs complete blocks."
        )
    if blocks < 2 or k < 3:
        raise NotEstimable("Friedman's test needs at least two blocks and three stimuli.")
    table = (np.bincount(cell, ranks, minlength=blocks * k) / number).reshape(blocks, k)
    table = stats.rankdata(table.round(12), axis=1)
    spread = ((table - (k + 1) / 2) ** 2).sum()
    if spread == 0:
        raise NotEstimable("Every block is one tie; there is nothing to test.")
    statistic = (k - 1) * ((table.sum(axis=0) - blocks * (k + 1) / 2) ** 2).sum() / spread
    p = float(stats.chi2.sf(statistic, k - 1))
    return Friedman(
        float(statistic), k - 1, p, blocks, k, f"Friedman's test corrected for ties, blocks: {block}"
    )


def middle_ranks(data: Ballots) -> tuple[IntArray, IntArray, FloatArray]:
    """Return ``(judgement, stimulus, rank)`` per ranked stimulus; tied ones share the mean of their places."""
    rows, places = np.nonzero(data.order >= 0)
    tiers = rows * data.order.shape[1] + data.tier[rows, places]
    _, tier, members = np.unique(tiers, return_inverse=True, return_counts=True)
    ranks: FloatArray = (np.bincount(tier, places + 1.0) / members)[tier]
    return rows, data.order[rows, places], ranks
