"""Best–worst scaling: scores from counts, and how well two halves of the judgements agree."""

from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.sparse import csr_array

from annotation.statistics.errors import NotEstimable
from annotation.statistics.estimate import Estimate
from annotation.statistics.orders.ballots import Ballots, ballots
from annotation.statistics.orders.clusters import count, quantile, sandwich
from annotation.statistics.orders.worths import refuse_parts
from annotation.statistics.rows import BoolArray, FloatArray, IntArray, Rankings


@dataclass(frozen=True, eq=False)
class BestWorstScores(Estimate):
    """(times best − times worst) / appearances of every stimulus, from −1 to 1."""

    labels: tuple[str, ...]
    estimate: FloatArray
    se: FloatArray
    low: FloatArray
    high: FloatArray
    best: IntArray
    worst: IntArray
    appearances: IntArray
    n: int
    clusters: int | None
    level: float
    method: str


@dataclass(frozen=True)
class SplitHalf(Estimate):
    """Mean correlation of the scores of two random halves, with the middle 95 % of the splits."""

    pearson: float
    spearman: float
    low: float
    high: float
    splits: int
    sets: int
    seed: int
    method: str


def best_worst_scores(rankings: Rankings, *, cluster: str = "rater", level: float = 0.95) -> BestWorstScores:
    """Count. A judgement is a ranking whose first and last tier hold one stimulus each; the middle is not read.

    Intervals cluster by none, judgement, rater, item or both (linearised ratio). Refuses judgements with a tied
    best or worst, or of one stimulus, sets in parts that were never compared, and one cluster.
    Source: Louviere, Flynn and Marley, Best–Worst Scaling (2015); Kiritchenko and Mohammad, NAACL 2016.
    """
    data = ballots(rankings)
    rows, codes, value = _votes(data)
    refuse_parts(data)
    n = len(data.labels)
    seen = np.bincount(codes, minlength=n)
    estimate = np.bincount(codes, value, minlength=n) / seen
    scores = csr_array(((value - estimate[codes]) / seen[codes], (rows, codes)), shape=(len(data), n))
    clusters = data.clusters(cluster)
    each = clusters or [np.arange(len(data))]
    se = np.sqrt(np.diag(sandwich(np.eye(n), scores, each)).clip(0))
    half = quantile(each, level) * se
    return BestWorstScores(
        data.labels,
        estimate,
        se,
        (estimate - half).clip(-1),
        (estimate + half).clip(None, 1),
        np.bincount(codes[value > 0], minlength=n),
        np.bincount(codes[value < 0], minlength=n),
        seen,
        len(data),
        min(map(count, clusters)) if clusters else None,
        level,
        f"best–worst counts, clusters: {cluster}",
    )


def split_half(rankings: Rankings, *, splits: int = 100, seed: int = 0) -> SplitHalf:
    """Halve the judgements of every set at random, score both halves, correlate; averaged over ``splits``.

    Sets are told apart by what they hold. No step-up to the full length is applied. Refuses sets judged only once
    (nothing to halve), fewer than three stimuli in common, and halves whose scores do not vary.
    Source: Kiritchenko and Mohammad, NAACL 2016, section 5.
    """
    if splits < 1:
        raise ValueError("at least one split is needed")
    data = ballots(rankings)
    rows, codes, value = _votes(data)
    _, group = np.unique(np.sort(data.order, axis=1), axis=0, return_inverse=True)
    if np.bincount(group).min() < 2:
        raise NotEstimable("Some sets were judged only once; halves need two judgements of every set.")
    rng = np.random.default_rng(seed)
    pearson, spearman = np.zeros(splits), np.zeros(splits)
    for split in range(splits):
        left = _half(group, rng)[rows]
        one, two = (_counted(codes[part], value[part], len(data.labels)) for part in (left, ~left))
        both = ~(np.isnan(one) | np.isnan(two))
        one, two = one[both], two[both]
        if len(one) < 3 or np.ptp(one) == 0 or np.ptp(two) == 0:
            raise NotEstimable("The halves hold too few stimuli, or scores that do not vary, to correlate.")
        pearson[split] = np.corrcoef(one, two)[0, 1]
        spearman[split] = stats.spearmanr(one, two).statistic
    low, high = np.quantile(spearman, [0.025, 0.975])
    return SplitHalf(
        float(pearson.mean()),
        float(spearman.mean()),
        float(low),
        float(high),
        splits,
        int(group.max()) + 1,
        seed,
        "split-half within sets, Spearman's interval over splits, not stepped up",
    )


def _votes(data: Ballots) -> tuple[IntArray, IntArray, FloatArray]:
    """Return ``(judgement, stimulus, +1 best / −1 worst / 0)`` per stimulus shown."""
    last = data.tier.max(axis=1)
    if (last < 1).any():
        raise NotEstimable("A judgement does not tell a best from a worst.")
    if ((data.tier == 0).sum(axis=1) > 1).any() or ((data.tier == last[:, None]).sum(axis=1) > 1).any():
        raise NotEstimable("A judgement has more than one best or more than one worst.")
    rows, places = np.nonzero(data.order >= 0)
    tier = data.tier[rows, places]
    value = (tier == 0).astype(np.float64) - (tier == last[rows])
    return rows, data.order[rows, places], value


def _half(group: IntArray, rng: np.random.Generator) -> BoolArray:
    # Sorted by set and then by chance, every other judgement goes left; who starts is chance too where n is odd.
    order = np.lexsort((rng.random(len(group)), group))
    first = np.r_[0, np.flatnonzero(np.diff(group[order])) + 1]
    sizes = np.diff(np.r_[first, len(group)])
    place = np.arange(len(group)) - np.repeat(first, sizes)
    start = np.repeat(rng.integers(0, 2, len(first)), sizes)
    left = np.zeros(len(group), dtype=np.bool_)
    left[order] = (place + start) % 2 == 0
    return left


def _counted(codes: IntArray, value: FloatArray, n: int) -> FloatArray:
    seen = np.bincount(codes, minlength=n)
    total = np.bincount(codes, value, minlength=n)
    found: FloatArray = np.divide(total, seen, out=np.full(n, np.nan), where=seen > 0)
    return found
