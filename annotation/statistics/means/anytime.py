"""Confidence sequences: an interval that may be looked at after every label and stopped at any time."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from annotation.statistics.errors import NotEstimable
from annotation.statistics.estimate import Estimate, checked_level
from annotation.statistics.means.mean import numbers
from annotation.statistics.rows import FloatArray

SOONEST = 10


@dataclass(frozen=True)
class Sequence(Estimate):
    """``value``, ``low``, ``high`` after each label; before ten labels nothing is said (the bounds, or infinity)."""

    value: FloatArray
    low: FloatArray
    high: FloatArray
    level: float
    best_at: int


def confidence_sequence(
    values: ArrayLike,
    *,
    level: float = 0.95,
    best_at: int | None = None,
    bounds: tuple[float, float] | None = None,
) -> Sequence:
    """Return the running mean of independent ``values`` with intervals that all hold at once.

    Half-width σ̂ₜ √(2(tρ²+1)/(t²ρ²) · ln(√(tρ²+1)/α)), with ρ such that it is sharpest at label ``best_at`` (the last
    one unless given). σ̂ has one label's worth of the range's half added where ``bounds`` are given, so that
    ten equal labels are not taken for certainty. Source: Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2021), eq. 10.
    """
    x = numbers(values, "label")
    alpha = 1 - checked_level(level)
    best = len(x) if best_at is None else best_at
    if best < 1:
        raise NotEstimable("The sequence is sharpest at a label from 1.")
    t = np.arange(1, len(x) + 1)
    mean = np.cumsum(x) / t
    squares = np.maximum(np.cumsum(x * x) / t - mean * mean, 0.0)
    if bounds:
        squares = (t * squares + ((bounds[1] - bounds[0]) / 2) ** 2) / (t + 1)
    rho2 = (-2 * math.log(alpha) + math.log(-2 * math.log(alpha) + 1)) / best
    inside = t * rho2 + 1
    half = np.sqrt(squares * 2 * inside / (t * t * rho2) * np.log(np.sqrt(inside) / alpha))
    half[: SOONEST - 1] = np.inf
    low, high = mean - half, mean + half
    if bounds:
        low, high = np.maximum(low, bounds[0]), np.minimum(high, bounds[1])
    return Sequence(mean, low, high, level, best)
