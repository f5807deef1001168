"""How far two orders of the same values agree: Spearman's rho and Kendall's tau, ties by their average."""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kendalltau, rankdata

from elicitation.moral_graph.domain.steps import FloatArray

Mask = NDArray[np.bool_]
FEWEST = 4  # values that both orders know; of three, one exchange is half the scale
SMALL = 60


def accord(first: FloatArray, second: FloatArray) -> tuple[FloatArray, FloatArray, int]:
    """Return (rho, tau-b) for each row of two score tables of shape (rows, values), and how many values row 0 has.

    NaN scores are values a method does not order. NaN is returned for a row in which fewer than four values are
    ordered by both, or all of them are tied.
    """
    # Rounded, so that what differs in the twelfth digit alone is a tie, as it is for ranks.
    a: FloatArray = np.asarray(np.round(np.atleast_2d(first), 12), dtype=np.float64)
    b: FloatArray = np.asarray(np.round(np.atleast_2d(second), 12), dtype=np.float64)
    both = np.isfinite(a) & np.isfinite(b)
    rho, tau = _at_once(a, b, both) if a.shape[1] <= SMALL else _one_by_one(a, b, both)
    few = both.sum(axis=1) < FEWEST
    return np.where(few, np.nan, rho), np.where(few, np.nan, tau), int(both[0].sum())


def _at_once(a: FloatArray, b: FloatArray, both: Mask) -> tuple[FloatArray, FloatArray]:
    """Both from who stands above whom: tau compares those signs, rho their sums, which are twice the centred ranks."""
    pairs = both[:, :, None] & both[:, None]
    # What is not there takes part in no pair; any number does in its place.
    x, y = (
        np.where(pairs, np.sign(one[:, :, None] - one[:, None]), 0.0)
        for one in (np.where(both, a, 0.0), np.where(both, b, 0.0))
    )
    return _cosine(x.sum(axis=2), y.sum(axis=2)), _cosine(x.reshape(len(x), -1), y.reshape(len(y), -1))


def _one_by_one(a: FloatArray, b: FloatArray, both: Mask) -> tuple[FloatArray, FloatArray]:
    found = np.full((2, len(a)), np.nan)
    ranked = [rankdata(np.where(both, one, np.nan), axis=1, nan_policy="omit") for one in (a, b)]
    for row, there in enumerate(both):
        x, y = (one[row, there] for one in ranked)
        if len(x) >= FEWEST and np.ptp(x) > 0 and np.ptp(y) > 0:
            found[1, row] = kendalltau(x, y).statistic
    x, y = (np.where(both, one - np.nanmean(one, axis=1, keepdims=True), 0.0) for one in ranked)
    found[0] = _cosine(x, y)
    return found[0], found[1]


def _cosine(a: FloatArray, b: FloatArray) -> FloatArray:
    size = np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
    return np.divide((a * b).sum(axis=1), size, out=np.full(len(a), np.nan), where=size > 0)
