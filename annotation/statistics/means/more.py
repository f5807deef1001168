"""What further labels of people would buy: a narrower interval, or better labels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from annotation.statistics.errors import NotEstimable
from annotation.statistics.estimate import Estimate
from annotation.statistics.means.control import ratio
from annotation.statistics.means.mean import Mean, numbers, quantile

NEAREST = 40


@dataclass(frozen=True)
class More(Estimate):
    """The half-width of a mean's interval with the ``n`` labels there are and with ``extra`` more."""

    n: int
    extra: int
    half_width_now: float
    half_width_then: float


def half_width(
    sd: float, n: int, *, rho2: float = 0.0, total: int | None = None, level: float = 0.95
) -> float:
    """Return the half-width of a mean of ``n`` labels with standard deviation ``sd``, of ``total`` items.

    ``rho2`` is what guesses of every item explain. With ``total`` only the items without a label are in doubt.
    """
    left = 1 - n / total if total else 1.0
    if n < 2 or left < 0:
        raise NotEstimable("A half-width needs two labels, and no more labels than items.")
    return quantile(level, n - 1) * sd * float(np.sqrt(ratio(rho2, n) * left / n))


def more_labels(
    sd: float, n: int, extra: int, *, rho2: float = 0.0, total: int | None = None, level: float = 0.95
) -> More:
    """Return what ``extra`` more labels, drawn at random, do to the interval; not more than all items are labelled."""
    then = n + extra if total is None else min(n + extra, total)
    now = half_width(sd, n, rho2=rho2, total=total, level=level)
    return More(n, then - n, now, half_width(sd, then, rho2=rho2, total=total, level=level))


def more_quality(
    next_gain: ArrayLike,
    known_gain: ArrayLike,
    known_difference: ArrayLike,
    total: int,
    *,
    level: float = 0.95,
) -> Mean:
    """Return how much the share of right labels grows if people are asked about the items of ``next_gain`` too.

    ``known_difference`` is 1, 0, −1: a person was right less the model was right, on items where both are known, and
    ``known_gain`` what was expected there. The answer is what happened on the forty known items that are most alike in
    expected gain, not what the model promises.
    """
    ahead, known = numbers(next_gain, "gain"), numbers(known_gain, "gain")
    happened = numbers(known_difference, "difference")
    if len(known) != len(happened):
        raise NotEstimable("Gains and differences are of different items.")
    if len(known) < NEAREST // 2:
        raise NotEstimable(f"{len(known)} items with both labels are too few to say what more would buy.")
    near = np.argsort(np.abs(known - ahead.mean()), kind="stable")[:NEAREST]
    part = len(ahead) / total
    value, n = float(happened[near].mean()), len(near)
    se = max(float(happened[near].std(ddof=1)), 1 / np.sqrt(n)) / np.sqrt(n)
    half = quantile(level, n - 1) * se
    return Mean(
        value * part, float(se * part), (value - half) * part, (value + half) * part, level, n,
        "what happened on known items of like expected gain",
    )  # fmt: skip
