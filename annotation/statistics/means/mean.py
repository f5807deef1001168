"""A mean with its interval, and the naive one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from annotation.statistics.errors import NotEstimable
from annotation.statistics.estimate import Estimate, checked_level
from annotation.statistics.rows import FloatArray

EXACT = 1e-9  # an error of rounding, of labels between 0 and 1
SAME = (
    "The {n} labels drawn by lot and the guesses differ by the same throughout, so how far the other items are off "
    "cannot be told from them."
)


@dataclass(frozen=True)
class Mean(Estimate):
    """``value`` with ``low`` and ``high`` at ``level``; ``n`` is how many labels of people it rests on."""

    value: float
    se: float
    low: float
    high: float
    level: float
    n: int
    method: str
    notes: tuple[str, ...] = ()

    @property
    def width(self) -> float:
        """How wide the interval is."""
        return self.high - self.low


def numbers(values: ArrayLike, what: str) -> FloatArray:
    """Return ``values`` as a vector of finite numbers; refuses others, and none."""
    found = np.asarray(values, dtype=np.float64).ravel()
    if not len(found):
        raise NotEstimable(f"There is no {what}.")
    if not np.isfinite(found).all():
        raise NotEstimable(f"A {what} is not a number.")
    return found


def quantile(level: float, freedom: float) -> float:
    """Return Student's two-sided quantile at ``level``."""
    from scipy.stats import t

    return float(t.ppf((1 + checked_level(level)) / 2, max(freedom, 1)))


def naive(values: ArrayLike, *, level: float = 0.95) -> Mean:
    """Return the mean of labels as if each were true and each item drawn at random.

    It is shown beside the others to be compared: where labels of models are mixed in, its interval covers the models'
    mean, not people's.
    """
    found = numbers(values, "label")
    n = len(found)
    if n < 2:
        raise NotEstimable("One label alone has no interval.")
    se = float(found.std(ddof=1) / np.sqrt(n))
    half = quantile(level, n - 1) * se
    value = float(found.mean())
    return Mean(value, se, value - half, value + half, level, n, "mean of all labels as if all were true")
