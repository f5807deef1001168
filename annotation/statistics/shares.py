"""Intervals of a share: of rows that come in clusters, such as one person's, and of independent rows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import beta, t

from annotation.statistics.agreement.judgements import compact
from annotation.statistics.errors import NotEstimable
from annotation.statistics.estimate import Estimate, checked_level

FEW = 10


@dataclass(frozen=True)
class ClusteredShare(Estimate):
    """``hits`` of ``n`` rows with the interval at ``level``; ``p`` is that of one half.

    ``p`` is ``None`` where every row or none is a hit: the interval is then exact, each cluster as one row.
    """

    share: float
    se: float
    low: float
    high: float
    p: float | None
    level: float
    n: int
    hits: int
    clusters: int
    method: str
    notes: tuple[str, ...] = ()


def clustered_share(
    hit: ArrayLike, cluster: ArrayLike, *, level: float = 0.95, kind: str = "annotators"
) -> ClusteredShare:
    """Return the share of ``hit`` (one truth value per row) with rows of one ``cluster`` (one code per row) together.

    The interval is that of a ratio of sums over clusters (Cochran, Sampling Techniques, 3rd ed., chapter 6) on
    the log odds, with t of G − 1 degrees of freedom, which keeps it within 0 and 1. ``kind`` names the clusters in
    what is said. Refuses no rows and a single cluster.
    """
    tail = (1 - checked_level(level)) / 2
    hits = np.asarray(hit, dtype=np.float64)
    if not len(hits):
        raise NotEstimable("There are no answers to count.")
    code, number = compact(np.asarray(cluster))
    if number < 2:
        raise NotEstimable(f"There are fewer than two {kind}, so the spread between them is not known.")
    n, share = len(hits), float(hits.mean())
    pull = np.bincount(code, weights=hits - share, minlength=number)
    se = float(np.sqrt(number / (number - 1) * (pull @ pull))) / n
    notes = [f"There are only {number} {kind}; an interval from so few is rough."] if number < FEW else []
    if 0 < share < 1:
        spread = se / (share * (1 - share))
        middle, half = np.log(share / (1 - share)), float(t.ppf(1 - tail, number - 1)) * spread
        low, high = (float(1 / (1 + np.exp(-(middle + side * half)))) for side in (-1, 1))
        # Balanced to the last row in every cluster: no spread, and no bias either.
        p = float(2 * t.sf(abs(middle) / spread, number - 1)) if spread > 0 else float(share == 0.5)
        method = f"ratio of sums over {number} {kind}, logit, t with {number - 1} degrees of freedom"
    else:
        low, high = (
            (float(beta.ppf(tail, number, 1)), 1.0) if share else (0.0, float(beta.ppf(1 - tail, 1, number)))
        )
        p, method = None, f"exact, each of {number} {kind} as one choice"
    return ClusteredShare(share, se, low, high, p, level, n, int(hits.sum()), number, method, tuple(notes))


def wilson(hits: float, n: float, z: float = 1.959963984540054) -> tuple[float, float]:
    """Return Wilson's (1927) interval of ``hits`` of ``n`` independent rows, at 95 % unless ``z`` says otherwise.

    Refuses no rows.
    """
    if not n:
        raise NotEstimable("There are no answers to count.")
    share = hits / n
    centre = share + z * z / (2 * n)
    half = z * float(np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)))
    below = 1 + z * z / n
    return max((centre - half) / below, 0.0), min((centre + half) / below, 1.0)
