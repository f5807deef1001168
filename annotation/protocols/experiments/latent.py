"""How far a protocol favours longer answers, on the latent scale: the same unit for ratings and for pairs.

Ratings: an ordered probit in which the longer of two answers to an item is shifted by β (unit variance, free
thresholds); of three answers and more every pair counts, so that a rating has a row for each pair it is in.
Pairs: an ordered probit of the longer answer's win, tie or loss with symmetric thresholds; the difference of two
answers has variance two, so its β is multiplied by √2. Both estimate the same number where both protocols measure
the same scale, which makes their difference the effect of the protocol. Variances are clustered by item and rater
(Cameron, Gelbach & Miller 2011: item + rater − item×rater), the difference's over both protocols at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from annotation.statistics.errors import NotEstimable
from annotation.statistics.rows import FloatArray, IntArray

LEAST = 20
MOST_LEVELS = 15


@dataclass(frozen=True)
class Shift:
    """β in standard deviations of one answer's latent quality, and each judgement's pull on it (influence)."""

    estimate: float
    influence: FloatArray
    item: IntArray
    rater: IntArray
    n: int


def shift_of_ratings(
    longer: IntArray, score: FloatArray, item: IntArray, rater: IntArray, rating: IntArray | None = None
) -> Shift:
    """Return how far the longer answer (``longer`` 1) is rated above the shorter one (0).

    ``item`` and ``rater`` are codes shared with the other protocol. A rating has a row for every pair its answer is
    in; ``rating`` (a code per rating) says which rows are one. Scores with more than 15 levels are cut at their
    quantiles. Refuses fewer than 20 ratings of either and a single level.
    """
    rating = np.arange(len(score)) if rating is None else rating
    if min(len(np.unique(rating[longer == side])) for side in (0, 1)) < LEAST:
        raise NotEstimable(f"Fewer than {LEAST} ratings of longer or of shorter answers.")
    levels = _levels(score)
    count = int(levels.max()) + 1
    if count < 2:
        raise NotEstimable("Every rating is the same.")
    shares = np.cumsum(np.bincount(levels, minlength=count) / len(levels))[:-1]
    start = np.concatenate([[0.0], norm.ppf(np.clip(shares, 1e-6, 1 - 1e-6))])
    x = np.where(longer == 1, 0.5, -0.5)

    def rows(theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        cuts = np.concatenate([[-np.inf], theta[1:], [np.inf]])
        upper, lower = cuts[levels + 1] - theta[0] * x, cuts[levels] - theta[0] * x
        chance = np.maximum(norm.cdf(upper) - norm.cdf(lower), 1e-12)
        up, low = norm.pdf(upper), norm.pdf(lower)
        slope = np.zeros((len(levels), len(theta)))
        slope[:, 0] = -x * (up - low)
        inner = levels < count - 1
        slope[np.flatnonzero(inner), levels[inner] + 1] += up[inner]
        outer = levels > 0
        slope[np.flatnonzero(outer), levels[outer]] -= low[outer]
        return np.log(chance), slope / chance[:, None]

    theta, influence = _fit(rows, start)
    return Shift(float(theta[0]), influence, item, rater, len(np.unique(rating)))


def shift_of_pairs(outcome: IntArray, item: IntArray, rater: IntArray) -> Shift:
    """Return how far the longer answer is preferred: ``outcome`` 1 = the longer one, −1 = the shorter one, 0 = tie.

    Refuses fewer than 20 pairs, and pairs that all went one way.
    """
    if len(outcome) < LEAST:
        raise NotEstimable(f"Fewer than {LEAST} pairs of a longer and a shorter answer.")
    wins, losses = float((outcome == 1).mean()), float((outcome == -1).mean())
    if not 0 < wins < 1 or not 0 < losses < 1:
        raise NotEstimable("Every decision went the same way.")
    a, b = norm.ppf(wins), norm.ppf(losses)
    tied = bool((outcome == 0).any())
    start = np.array([(a - b) / 2, np.log(max(-(a + b) / 2, 1e-6))]) if tied else np.array([a])

    def rows(theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        width = np.exp(theta[1]) if tied else 0.0
        low, high = -width - theta[0], width - theta[0]
        chances = np.array([norm.cdf(low), norm.cdf(high) - norm.cdf(low), norm.sf(high)])
        shift = np.array([-norm.pdf(low), norm.pdf(low) - norm.pdf(high), norm.pdf(high)])
        widen = np.array([-norm.pdf(low), norm.pdf(low) + norm.pdf(high), -norm.pdf(high)]) * width
        slopes = np.stack([shift, widen], axis=1) if tied else shift[:, None]
        level = outcome + 1
        chance = np.maximum(chances, 1e-12)
        return np.log(chance[level]), (slopes / chance[:, None])[level]

    theta, influence = _fit(rows, start)
    root = float(np.sqrt(2))
    return Shift(float(theta[0]) * root, influence * root, item, rater, len(outcome))


def spread(parts: Sequence[tuple[float, Shift]]) -> float:
    """Return the standard error of ``Σ weight × shift``, clustered by item and rater over all parts at once.

    Refuses fewer than two items or raters.
    """
    pull = np.concatenate([weight * part.influence for weight, part in parts])
    item = np.concatenate([part.item for _weight, part in parts])
    rater = np.concatenate([part.rater for _weight, part in parts])
    both = item * (int(rater.max()) + 1) + rater
    variance = 0.0
    for sign, cluster in ((1, item), (1, rater), (-1, both)):
        _labels, place = np.unique(cluster, return_inverse=True)
        sums = np.bincount(place, weights=pull)
        if len(sums) < 2:
            raise NotEstimable("Fewer than two items or raters: the spread between them is not known.")
        variance += sign * float(sums @ sums) * len(sums) / (len(sums) - 1)
    return float(np.sqrt(max(variance, float(pull @ pull))))


def _levels(score: FloatArray) -> IntArray:
    values, place = np.unique(score, return_inverse=True)
    if len(values) <= MOST_LEVELS:
        return place.astype(np.int64)
    cuts = np.unique(np.quantile(score, np.linspace(0, 1, MOST_LEVELS + 1)[1:-1]))
    _used, dense = np.unique(np.searchsorted(cuts, score, side="right"), return_inverse=True)
    return dense.astype(np.int64)


def _fit(rows, start: FloatArray) -> tuple[FloatArray, FloatArray]:  # type: ignore[no-untyped-def]
    """Return the maximum and every row's influence on the first parameter (scores times the inverse information)."""
    theta = start
    value, slopes = rows(theta)
    best = float(value.sum())
    for _step in range(60):
        information = slopes.T @ slopes  # the outer product: positive definite wherever the rows identify it
        try:
            step = np.linalg.solve(information, slopes.sum(axis=0))
        except np.linalg.LinAlgError:
            raise NotEstimable("The judgements do not tell the effect apart from the thresholds.") from None
        size = 1.0
        while size > 1e-6:
            tried, tried_slopes = rows(theta + size * step)
            if float(tried.sum()) >= best - 1e-12:
                break
            size /= 2
        theta, slopes, gain = theta + size * step, tried_slopes, float(tried.sum()) - best
        best = float(tried.sum())
        if gain < 1e-9 and np.abs(size * step).max() < 1e-7:
            break
    inverse = np.linalg.inv(slopes.T @ slopes)
    return theta, slopes @ inverse[0]
