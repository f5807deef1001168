"""The probit model behind a design: where its protocols stand, and how judgements hang together."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from scipy.optimize import brentq
from scipy.special import ndtr

from annotation.statistics.errors import NotEstimable
from annotation.statistics.power.design import Design
from annotation.statistics.rows import FloatArray

_POINTS, _WEIGHTS = hermegauss(41)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True, eq=False)
class Latent:
    """``cuts`` and ``scores`` (one more) turn the latent scale into values; ``means`` are the protocols' places."""

    design: Design
    cuts: FloatArray
    scores: FloatArray
    means: tuple[float, ...]

    @property
    def variance(self) -> float:
        """The latent variance of one judgement, error included."""
        return _variance(self.design)

    def value(self, protocol: int) -> float:
        """Return the expected value of a judgement under a protocol (0 or 1)."""
        return _expected(self.means[protocol], self.variance, self.cuts, self.scores)

    def spread(self, protocol: int) -> float:
        """Return the variance of one judgement's value."""
        squares = _expected(self.means[protocol], self.variance, self.cuts, self.scores**2)
        return squares - self.value(protocol) ** 2

    def covariance(self, shared: float, one: int, other: int) -> float:
        """Return the covariance of two judgements that share latent variance ``shared``, under two protocols."""
        if shared <= 0:
            return 0.0
        places = [self.means[p] + sqrt(shared) * _POINTS for p in (one, other)]
        left, right = (_expected_at(at, self.variance - shared, self.cuts, self.scores) for at in places)
        return float((_WEIGHTS * left * right).sum()) - self.value(one) * self.value(other)


def solve(design: Design) -> Latent:
    """Return the model that has the design's base, effect and tie rate; refuses values no answers could give."""
    total = _variance(design)
    lowest = -1.0 if design.measure == "net" else 0.0
    goal = design.base / 100
    if design.thresholds is not None:
        cuts = np.array(design.thresholds, dtype=np.float64)
    elif design.measure == "share":
        cuts = np.zeros(1)
    else:
        cuts = _tied(design, goal, total)
    scores = np.linspace(lowest, 1.0, len(cuts) + 1)
    goals = [goal, goal + design.effect / 100]
    means = tuple(_place(value, total, cuts, scores) for value in goals)
    return Latent(design, cuts, scores, means)


def _variance(design: Design) -> float:
    parts = design.rater_sd, design.item_sd, design.rater_by_protocol_sd, design.item_by_protocol_sd
    return 1.0 + sum(sd**2 for sd in parts)


def _expected_at(at: FloatArray, variance: float, cuts: FloatArray, scores: FloatArray) -> FloatArray:
    above = ndtr((at[:, None] - cuts) / sqrt(variance))
    found: FloatArray = scores[0] + above @ np.diff(scores)
    return found


def _expected(at: float, variance: float, cuts: FloatArray, scores: FloatArray) -> float:
    return float(_expected_at(np.array([at]), variance, cuts, scores)[0])


def _place(goal: float, total: float, cuts: FloatArray, scores: FloatArray) -> float:
    if not scores[0] + 0.001 < goal < scores[-1] - 0.001:
        raise NotEstimable(f"A value of {100 * goal:g} points lies outside what the answers can give.")
    far = 8 * sqrt(total) + float(np.abs(cuts).max())
    return float(brentq(lambda at: _expected(at, total, cuts, scores) - goal, -far, far))


def _tied(design: Design, goal: float, total: float) -> FloatArray:
    """Return ∓t such that the first protocol ties as often as declared."""
    if design.tie_rate == 0:
        return np.zeros(1)
    if abs(goal) >= 1 - design.tie_rate - 0.001:
        raise NotEstimable(f"A net preference of {design.base:g} points leaves no room for so many ties.")
    scores = np.array([-1.0, 0.0, 1.0])

    def surplus(half: float) -> float:
        cuts = np.array([-half, half])
        at = _place(goal, total, cuts, scores)
        return 1 - _expected(at, total, cuts, scores**2) - design.tie_rate

    half = float(brentq(surplus, 1e-9, 6 * sqrt(total), xtol=1e-9))
    return np.array([-half, half])
