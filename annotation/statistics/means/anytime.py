"""Confidence sequences: an interval that may be looked at after every label and stopped at any time."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from annotation.statistics.errors import NotEstimable
from annotation.statistics.estimate import Estimate, checked_level
from annotation.statistics.means.mean import numbers
from annotation.statistics.rows import BoolArray, FloatArray, IntArray

SOONEST = 30
_HALVINGS = 50


@dataclass(frozen=True)
class Sequence(Estimate):
    """``value``, ``low``, ``high`` after each label; all intervals hold at once with probability ``level`` or more."""

    value: FloatArray
    low: FloatArray
    high: FloatArray
    level: float
    method: str


def confidence_sequence(
    values: ArrayLike,
    *,
    level: float = 0.95,
    bounds: tuple[float, float] | None = None,
    best_at: int | None = None,
) -> Sequence:
    """Return the running mean of ``values``, drawn in random order, with intervals that may be looked at any time.

    With ``bounds`` (0 and 1 for shares) it holds from the first label on, whatever the values are (``_of_bounded``).
    Without, values may be of any size, such as the terms of ``difference.terms``: then it holds for large numbers,
    says nothing before 30 labels, and is sharpest at label ``best_at`` (the last unless given). Refuses values off
    ``bounds``.
    """
    x = numbers(values, "label")
    alpha = 1 - checked_level(level)
    t = np.arange(1, len(x) + 1)
    mean = np.cumsum(x) / t
    if bounds:
        low, high = bounds
        if not low < high or (x < low).any() or (x > high).any():
            raise NotEstimable(f"Labels are between {low} and {high}.")
        ends = _of_bounded(np.clip((mean - low) / (high - low), 0, 1), t, alpha)
        edges = [low + (high - low) * end for end in ends]
        return Sequence(mean, edges[0], edges[1], level, "mixture of bets on bounded labels")
    best = len(x) if best_at is None else best_at
    if best < 1:
        raise NotEstimable("The sequence is sharpest at a label from 1.")
    half = _of_many(mean, x, t, alpha, best)
    return Sequence(mean, mean - half, mean + half, level, "asymptotic")


def _of_bounded(mean: FloatArray, t: IntArray, alpha: float) -> tuple[FloatArray, FloatArray]:
    """Return the means m that no mixture of bets has refuted: ∫ q^k(1−q)^(t−k) dq < m^k(1−m)^(t−k)/α, k the sum so far.

    Robbins (1970) for 0 and 1; for values between, the bet on each pays no more than the one that Ville's inequality
    holds for, since a weighted geometric mean is at most the arithmetic one.
    """
    from scipy.special import betaln, xlog1py, xlogy

    hits, misses = mean * t, (1 - mean) * t
    least = betaln(hits + 1, misses + 1) + math.log(alpha)

    def kept(m: FloatArray) -> BoolArray:
        return np.asarray(xlogy(hits, m) + xlog1py(misses, -m) > least)

    ends = []
    for outside in (0.0, 1.0):
        out, inside = np.full(len(t), outside), mean.copy()
        for _ in range(_HALVINGS):
            middle = (out + inside) / 2
            good = kept(middle)
            inside, out = np.where(good, middle, inside), np.where(good, out, middle)
        ends.append(np.where(kept(np.full(len(t), outside)), outside, out))
    return ends[0], ends[1]


def _of_many(mean: FloatArray, x: FloatArray, t: IntArray, alpha: float, best: int) -> FloatArray:
    """Return σ̂ₜ √(2(tρ²+1)/(t²ρ²) · ln(√(tρ²+1)/α)) (Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas 2021, eq. 10)."""
    squares = np.maximum(np.cumsum(x * x) / t - mean * mean, 0.0) * t / np.maximum(t - 1, 1)
    rho2 = (-2 * math.log(alpha) + math.log(-2 * math.log(alpha) + 1)) / best
    inside = t * rho2 + 1
    half = np.sqrt(squares * 2 * inside / (t * t * rho2) * np.log(np.sqrt(inside) / alpha))
    half[: SOONEST - 1] = np.inf
    return np.asarray(half)
