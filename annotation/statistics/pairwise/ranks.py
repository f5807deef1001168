"""Ranks and the interval of each, from which differences of worths are clear of 0."""

import numpy as np

from annotation.statistics.rows import FloatArray


def ranks(worth: FloatArray) -> tuple[int, ...]:
    """Return the rank of each, 1 = best; equal worths share the better rank."""
    return tuple(int(1 + (worth > one).sum()) for one in worth)


def rank_bounds(
    worth: FloatArray, covariance: FloatArray, critical: float
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the best and the worst rank each system can have.

    Best = 1 + those clearly above it, worst = K − those clearly below; clear is a difference of more than
    ``critical`` of its own standard errors. With a critical value corrected for K−1 differences the interval holds
    its level also where worths are equal, which percentiles of bootstrapped ranks do not (Mogstad et al. 2024).
    """
    variance = np.diag(covariance)
    spread = np.sqrt(np.maximum(variance[:, None] + variance[None, :] - 2 * covariance, 0.0))
    difference = worth[:, None] - worth[None, :]
    # A difference that is nothing but rounding is not clear, however small its standard error.
    clear = difference > np.maximum(critical * spread, 1e-9)
    low = tuple(int(1 + one) for one in clear.sum(axis=0))
    high = tuple(int(len(worth) - one) for one in clear.sum(axis=1))
    return low, high
