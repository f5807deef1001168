"""The mean of people's labels over all items, from a sample of known probabilities and a model's guess of each item."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from annotation.statistics.errors import NotEstimable
from annotation.statistics.means.mean import EXACT, SAME, Mean, numbers, quantile
from annotation.statistics.rows import BoolArray, FloatArray

FEW = 20


@dataclass(frozen=True)
class Difference(Mean):
    """``lam`` is how far the guesses were used: 0 not at all, 1 as they are; ``drawn`` labels came by lot."""

    lam: float = 1.0
    drawn: int = 0


def aipw(
    value: ArrayLike,
    guess: ArrayLike,
    probability: ArrayLike,
    seen: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    tuned: bool = True,
    fixed_size: bool = True,
    level: float = 0.95,
) -> Difference:
    """Return Σ wᵢ yᵢ over all items, with y known where ``seen`` (the mean, unless ``weights`` say otherwise).

    ``value`` may hold anything, also NaN, where not ``seen``; ``probability`` is each item's of having been seen, known
    before the draw and never 0. θ̂ = Σ w λf + Σ_seen w (y − λf)/π; λ minimises the variance where ``tuned`` and at least
    20 labels came by lot, and is 1 otherwise. Its variance is Hájek's for draws of fixed size, or that of independent
    draws. Items of probability 1 add no doubt: the set of items is finite. Source: Särndal, Swensson & Wretman (1992)
    ch. 6; routing.md §5. Refuses labels that all differ from the guesses alike: no doubt can be read from these.
    """
    chance, found = numbers(probability, "probability"), np.asarray(seen, dtype=bool).ravel()
    f = numbers(guess, "guess")
    y = np.asarray(value, dtype=np.float64).ravel()
    if not len(chance) == len(found) == len(f) == len(y):
        raise NotEstimable("Labels, guesses and probabilities are of different items.")
    if not ((chance > 0) & (chance <= 1)).all():
        raise NotEstimable(
            "Every item needs a probability above 0 and at most 1 of being labelled by a person."
        )
    if not np.isfinite(y[found]).all():
        raise NotEstimable("A label of a person is not a number.")
    w = np.full(len(y), 1 / len(y)) if weights is None else numbers(weights, "weight")
    if len(w) != len(y):
        raise NotEstimable("Weights are of different items.")
    drawn = found & (chance < 1)
    doubtful = (chance < 1) & (w != 0)
    if doubtful.any() and drawn.sum() < 2:
        raise NotEstimable("Fewer than two labels came by lot, so nothing is known of the items without one.")
    up, left = w[drawn] / chance[drawn], 1 - chance[drawn]
    lam, spent = 1.0, 1
    if tuned and drawn.sum() >= FEW:
        lam, spent = _best(up * y[drawn], up * f[drawn], left, fixed_size), 2
    exact = (EXACT * float(np.max(up, initial=0.0))) ** 2
    variance = _variance(up * (y[drawn] - lam * f[drawn]), left, fixed_size, spent)
    if lam != 1 and variance <= exact:
        # Two different rows are fitted without error by any λ and a mean.
        lam, spent = 1.0, 1
        variance = _variance(up * (y[drawn] - f[drawn]), left, fixed_size, spent)
    if doubtful.any() and variance <= exact:
        raise NotEstimable(SAME.format(n=int(drawn.sum())))
    # Where the label is certain the guess cancels out, so only drawn items carry it.
    y_seen = np.where(found, y, 0.0)
    total = float(w @ (lam * f) + (w / chance)[found] @ (y_seen - lam * f)[found])
    se = float(np.sqrt(variance))
    half = quantile(level, int(drawn.sum()) - spent) * se
    return Difference(
        total, se, total - half, total + half, level, int(found.sum()),
        "difference estimator with known probabilities", _notes(drawn, doubtful), lam, int(drawn.sum()),
    )  # fmt: skip


def terms(value: ArrayLike, guess: ArrayLike, probability: ArrayLike, seen: ArrayLike) -> FloatArray:
    """Return f + (y − f)/π where seen and f elsewhere: their mean is people's, so they can be watched as they come."""
    found, f = np.asarray(seen, dtype=bool), numbers(guess, "guess")
    more = np.where(found, (np.where(found, np.asarray(value, dtype=np.float64), 0.0) - f), 0.0)
    return f + more / numbers(probability, "probability")


def _best(y: FloatArray, f: FloatArray, left: FloatArray, fixed_size: bool) -> float:
    if fixed_size:
        y, f = y - np.average(y, weights=left), f - np.average(f, weights=left)
    below = float(left @ (f * f))
    return float(left @ (y * f)) / below if below > 1e-12 * len(f) * float(y @ y + 1e-300) else 0.0


def _variance(error: FloatArray, left: FloatArray, fixed_size: bool, spent: int) -> float:
    if not len(error):
        return 0.0
    if not fixed_size:
        return float(left @ (error * error))
    n = len(error)
    middle = np.average(error, weights=left)
    return float(left @ (error - middle) ** 2) * n / max(n - spent, 1)


def _notes(drawn: BoolArray, doubtful: BoolArray) -> tuple[str, ...]:
    if doubtful.any() and drawn.sum() < FEW:
        return (f"Only {int(drawn.sum())} labels came by lot; an interval from so few is rough.",)
    return ()
