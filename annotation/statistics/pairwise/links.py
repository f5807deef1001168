"""The chance of each answer given the difference of two worths: the two families every model here belongs to."""

from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from scipy.special import expit, ndtr, ndtri

from annotation.statistics.rows import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Terms:
    """Log probabilities of n cells with their first (n, 1+q) and second (n, 1+q, 1+q) derivatives.

    Place 0 is the difference d of the worths, the rest are the q shape parameters.
    """

    value: FloatArray
    first: FloatArray
    second: FloatArray


class Link(Protocol):
    """What a model says of one cell; ``shape`` are its own parameters (ties, thresholds) on the fitted scale."""

    @property
    def names(self) -> tuple[str, ...]:
        """The shape parameters."""

    @property
    def logged(self) -> bool:
        """Whether the shape parameters are fitted as logarithms of what is told."""

    def start(self, by_category: FloatArray) -> FloatArray:
        """Return shape parameters to start from, given the rows of each category."""

    def allowed(self, shape: FloatArray) -> bool:
        """Return whether every category keeps a chance under ``shape``."""

    def terms(self, d: FloatArray, category: IntArray, shape: FloatArray) -> Terms:
        """Return the log probability of ``category`` and its derivatives."""


@dataclass(frozen=True, eq=False)
class Adjacent:
    """Neighbouring categories differ by a fixed share of d: ``log p(k) = score(k)·d + ψ|k| − log Σ``.

    Three categories are Davidson's model with ψ₀ = log δ, two are Bradley–Terry. ``levels`` are signed strengths
    as in ``Table``. The weakest win against the weakest loss has log odds d (Agresti 1992).
    """

    levels: FloatArray
    scores: FloatArray = field(init=False)
    basis: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        half, tie = len(self.levels) // 2, len(self.levels) % 2
        steps = np.arange(1, half + 1)
        up = steps / 2 if tie else steps - 0.5
        object.__setattr__(self, "scores", np.concatenate([-up[::-1], np.zeros(tie), up]))
        # One ψ for each strength, ties first; that of the strongest is 0, for only their ratios matter.
        magnitude = np.abs(np.arange(len(self.levels)) - (len(self.levels) - 1) / 2).astype(np.int64)
        basis = (magnitude[:, None] == np.arange(magnitude.max())[None, :]).astype(np.float64)
        object.__setattr__(self, "basis", basis)

    @property
    def names(self) -> tuple[str, ...]:
        """δ of ties where there are any, then the propensity of each strength but the strongest."""
        half, tie = len(self.levels) // 2, len(self.levels) % 2
        found = [f"strength {level:g}" for level in self.levels[half + tie :][:-1]]
        return (*(["tie"] if tie else []), *found)

    logged = True

    def start(self, by_category: FloatArray) -> FloatArray:
        """Return the ψ of the pooled shares, as if all worths were equal."""
        folded = (by_category + by_category[::-1]) / 2
        half = len(self.levels) // 2
        wins = folded[half:]
        result: FloatArray = np.log(wins[:-1] / wins[-1])
        return result

    def allowed(self, shape: FloatArray) -> bool:
        """Any ψ will do."""
        return True

    def terms(self, d: FloatArray, category: IntArray, shape: FloatArray) -> Terms:
        """Return the terms of an exponential family: the second derivative is minus the covariance of scores."""
        design = np.column_stack([self.scores, self.basis])
        eta = d[:, None] * self.scores + self.basis @ shape
        eta -= eta.max(axis=1, keepdims=True)
        p = np.exp(eta)
        total = p.sum(axis=1, keepdims=True)
        p /= total
        mean = p @ design
        size = design.shape[1]
        square = (p @ (design[:, :, None] * design[:, None, :]).reshape(-1, size * size)).reshape(
            -1, size, size
        )
        value = eta[np.arange(len(d)), category] - np.log(total[:, 0])
        return Terms(value, design[category] - mean, mean[:, :, None] * mean[:, None, :] - square)


@dataclass(frozen=True, eq=False)
class Cumulative:
    """A hidden liking ``d + noise`` cut at symmetric thresholds: logistic noise or normal.

    Three categories with logistic noise are Rao and Kupper's model with τ = log θ, two categories with normal noise
    are Thurstone's case V. ``levels`` are signed strengths as in ``Table``. Concave in d and the thresholds
    (Pratt 1981), so what is found is the maximum.
    """

    levels: FloatArray
    noise: Literal["logistic", "normal"] = "logistic"
    cuts: FloatArray = field(init=False)
    logged = False

    def __post_init__(self) -> None:
        half, tie = len(self.levels) // 2, len(self.levels) % 2
        free = np.eye(half if tie else half - 1)
        middle = np.zeros((0 if tie else 1, free.shape[1]))
        object.__setattr__(self, "cuts", np.concatenate([-free[::-1], middle, free]))

    @property
    def names(self) -> tuple[str, ...]:
        """The threshold above which each strength begins."""
        found = self.levels[len(self.levels) - self.cuts.shape[1] :]
        return tuple(f"threshold of strength {level:g}" for level in found)

    def start(self, by_category: FloatArray) -> FloatArray:
        """Return the thresholds of the pooled shares, as if all worths were equal."""
        folded = (by_category + by_category[::-1]) / 2
        below = np.cumsum(folded)[:-1] / folded.sum()
        free = below[len(below) - self.cuts.shape[1] :]
        result: FloatArray = np.log(free / (1 - free)) if self.noise == "logistic" else ndtri(free)
        return result

    def allowed(self, shape: FloatArray) -> bool:
        """Thresholds ascend from above 0."""
        floor = np.concatenate([np.zeros(1), shape])
        return bool((np.diff(floor) > 0).all())

    def terms(self, d: FloatArray, category: IntArray, shape: FloatArray) -> Terms:
        """Return the terms of ``log(F(upper − d) − F(lower − d))``."""
        q, last = len(shape), len(self.cuts)
        at = np.concatenate([[-np.inf], self.cuts @ shape, [np.inf]])
        upper, lower = at[category + 1] - d, at[category] - d
        # In the upper tail both F are 1 to the last digit; the lower tail of the mirrored pair keeps the digits.
        mirrored = upper + lower > 0
        high, low = np.where(mirrored, -lower, upper), np.where(mirrored, -upper, lower)
        p = np.maximum(self._below(high) - self._below(low), np.finfo(float).tiny)
        du, dl = self._density(upper) / p, self._density(lower) / p
        duu, dll = self._slope(upper) / p - du**2, -self._slope(lower) / p - dl**2
        # How both cuts move with (d, τ…); the outermost cuts do not move, and their density is 0.
        move = np.zeros((last + 2, q))
        move[1:-1] = self.cuts
        by_upper = np.column_stack([-np.ones(len(d)), move[category + 1]])
        by_lower = np.column_stack([-np.ones(len(d)), move[category]])
        first = du[:, None] * by_upper - dl[:, None] * by_lower
        uu, ll = by_upper[:, :, None] * by_upper[:, None, :], by_lower[:, :, None] * by_lower[:, None, :]
        ul = by_upper[:, :, None] * by_lower[:, None, :]
        crossed = (du * dl)[:, None, None] * (ul + ul.transpose(0, 2, 1))
        return Terms(np.log(p), first, duu[:, None, None] * uu + dll[:, None, None] * ll + crossed)

    def _below(self, x: FloatArray) -> FloatArray:
        result: FloatArray = expit(x) if self.noise == "logistic" else ndtr(x)
        return result

    def _density(self, x: FloatArray) -> FloatArray:
        result: FloatArray
        if self.noise == "logistic":
            result = expit(x) * expit(-x)
        else:
            result = np.exp(-0.5 * x**2) / np.sqrt(2 * np.pi)
        return result

    def _slope(self, x: FloatArray) -> FloatArray:
        slope: FloatArray
        if self.noise == "logistic":
            slope = self._density(x) * (expit(-x) - expit(x))
        else:
            slope = -np.where(np.isfinite(x), x, 0.0) * self._density(x)
        return slope
