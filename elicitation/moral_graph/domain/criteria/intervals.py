"""Estimates with 95 % intervals: shares of independent things, ratios that resample people, rates of rare events."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import chi2

from elicitation.moral_graph.domain.steps import FloatArray

Numbers = Sequence[float] | FloatArray
Z = 1.959963984540054
LEAST = 2  # of one thing there is no spread


@dataclass(frozen=True)
class Measured:
    """An estimate, its interval (None where it has none) and how many people or things it rests on."""

    estimate: float
    low: float | None
    high: float | None
    n: int

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"estimate": self.estimate, "low": self.low, "high": self.high, "n": self.n}


def wilson(hits: int, n: int) -> Measured | None:
    """Return a share of ``n`` independent things with Wilson's (1927) interval; None of nothing."""
    if n <= 0:
        return None
    share = hits / n
    centre, below = share + Z * Z / (2 * n), 1 + Z * Z / n
    half = Z * float(np.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n)))
    return Measured(share, max((centre - half) / below, 0.0), min((centre + half) / below, 1.0), n)


def resamples(people: int, rounds: int, seed: int) -> FloatArray:
    """Return how often each of ``people`` counts in each resample, shape (rounds, people); rows sum to ``people``."""
    random = np.random.default_rng(seed)
    return random.multinomial(people, np.full(people, 1 / people), size=rounds).astype(float)


def spread_of(estimate: float, drawn: Any, n: int) -> Measured:
    """Return an estimate with the middle 95 % of what was resampled; no interval where half of it is not there."""
    there = np.asarray(drawn, dtype=float)
    there = there[np.isfinite(there)]
    if len(there) < max(len(np.atleast_1d(drawn)) / 2, 20):
        return Measured(float(estimate), None, None, n)
    low, high = np.quantile(there, [0.025, 0.975])
    return Measured(float(estimate), float(low), float(high), n)


def ratio(part: Numbers, whole: Numbers, *, rounds: int = 1000, seed: int = 0) -> Measured | None:
    """Return sum(part) / sum(whole), one entry per person, with an interval that resamples people.

    ``n`` counts the people with anything in ``whole``. None where nobody has.
    """
    upper, lower = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    keep = lower > 0
    upper, lower = upper[keep], lower[keep]
    if not len(lower):
        return None
    share = float(upper.sum() / lower.sum())
    if len(lower) < LEAST:
        return Measured(share, None, None, len(lower))
    weight = resamples(len(lower), rounds, seed)
    return spread_of(share, (weight @ upper) / (weight @ lower), len(lower))


def share_by_person(part: Numbers, whole: Numbers, *, rounds: int = 1000, seed: int = 0) -> Measured | None:
    """Return a share like ``ratio``; where everything or nothing is part, Wilson's interval takes each person as one.

    Resampling people who are all alike would give an interval of no width, and promise too much.
    """
    found = ratio(part, whole, rounds=rounds, seed=seed)
    if found is None or found.low is None or 0 < found.estimate < 1:
        return found
    return wilson(found.n if found.estimate >= 1 else 0, found.n)


def difference(
    first: tuple[Numbers, Numbers],
    second: tuple[Numbers, Numbers],
    *,
    rounds: int = 1000,
    seed: int = 0,
) -> Measured | None:
    """Return the ratio of ``first`` less that of ``second``: parts and wholes, one entry per person in all four.

    The same people may stand in both: they are resampled together. None where one side is empty.
    """
    (a, m), (b, k) = (tuple(np.asarray(side, dtype=float) for side in pair) for pair in (first, second))
    keep = (m > 0) | (k > 0)
    a, m, b, k = a[keep], m[keep], b[keep], k[keep]
    if not m.sum() or not k.sum():
        return None
    found = float(a.sum() / m.sum() - b.sum() / k.sum())
    if len(m) < LEAST:
        return Measured(found, None, None, len(m))
    weight = resamples(len(m), rounds, seed)
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = (weight @ a) / (weight @ m) - (weight @ b) / (weight @ k)
    return spread_of(found, drawn, len(m))


def average(values: Sequence[float], *, rounds: int = 1000, seed: int = 0) -> Measured | None:
    """Return the mean of one number per person; None of nobody."""
    return ratio(values, [1.0] * len(values), rounds=rounds, seed=seed)


def middle(values: Sequence[float], *, rounds: int = 1000, seed: int = 0) -> Measured | None:
    """Return the median of one number per person with an interval from resampling them; None of nobody."""
    there = np.asarray(values, dtype=float)
    if not len(there):
        return None
    if len(there) < LEAST:
        return Measured(float(there[0]), None, None, 1)
    random = np.random.default_rng(seed)
    drawn = np.median(there[random.integers(0, len(there), (rounds, len(there)))], axis=1)
    return spread_of(float(np.median(there)), drawn, len(there))


def rate(events: int, exposure: float, *, per: float = 1.0) -> Measured | None:
    """Return ``events`` per ``per`` of ``exposure`` with the exact Poisson interval (Garwood 1936)."""
    if exposure <= 0:
        return None
    low = float(chi2.ppf(0.025, 2 * events)) / 2 if events else 0.0
    high = float(chi2.ppf(0.975, 2 * events + 2)) / 2
    scale = per / exposure
    return Measured(events * scale, low * scale, high * scale, round(exposure))
