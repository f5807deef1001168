"""Whether the AI still does as well as it did: rolling windows, alarms, and items with gold that are judged again."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from annotation.statistics.errors import NotEstimable
from annotation.statistics.estimate import Estimate
from annotation.statistics.means.mean import numbers
from annotation.statistics.rows import FloatArray
from annotation.statistics.shares import wilson


@dataclass(frozen=True)
class Window(Estimate):
    """Audits ``start`` to ``end`` (not itself) in order of time, and the share that agreed, with Wilson's interval."""

    start: int
    end: int
    n: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Alarm(Estimate):
    """Whether a share fell; ``z`` is of two proportions with a common share, ``p`` one-sided for a fall."""

    raised: bool
    before: float
    after: float
    z: float
    p: float


@dataclass(frozen=True)
class Cusum(Estimate):
    """The cumulative sum after every audit, and the audit (from 0) at which it passed ``threshold``, or None."""

    path: FloatArray
    threshold: float
    raised_at: int | None


@dataclass(frozen=True)
class Canary(Estimate):
    """Items with gold, judged again: how many were right before and after, how many labels changed.

    ``p`` is McNemar's exact one, two-sided, of those that are right in one of the two only.
    """

    n: int
    before: float
    after: float
    changed: int
    p: float
    raised: bool


def windows(hits: ArrayLike, *, size: int = 50) -> list[Window]:
    """Return windows of ``size`` audits, one after the other; what is left over joins the last one."""
    found = _hits(hits)
    if size < 1:
        raise NotEstimable("A window has at least one audit.")
    starts = list(range(0, max(len(found) - size + 1, 1), size))
    told = []
    for place, start in enumerate(starts):
        end = starts[place + 1] if place + 1 < len(starts) else len(found)
        right, n = int(found[start:end].sum()), end - start
        low, high = wilson(right, n)
        told.append(Window(start, end, n, right / n, low, high))
    return told


def alarm(before_hits: int, before_n: int, after_hits: int, after_n: int, *, level: float = 0.99) -> Alarm:
    """Return whether the share after is below the one before, at ``level`` one-sided (two proportions, pooled)."""
    from scipy.stats import norm

    if min(before_n, after_n) < 1 or not (0 <= before_hits <= before_n and 0 <= after_hits <= after_n):
        raise NotEstimable("Both windows need audits, and no more hits than audits.")
    before, after = before_hits / before_n, after_hits / after_n
    pooled = (before_hits + after_hits) / (before_n + after_n)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / before_n + 1 / after_n))
    z = (after - before) / spread if spread > 0 else 0.0
    p = float(norm.cdf(z))
    return Alarm(p < 1 - level, before, after, z, p)


def cusum(hits: ArrayLike, expected: float, *, drop: float = 0.1, threshold: float | None = None) -> Cusum:
    """Return the sum of log likelihood ratios of ``expected − drop`` against ``expected``, never below 0 (Page 1954).

    ``threshold`` is ln 200 unless given: about one false alarm in 200 audits or more where nothing fell. Refuses a drop
    to nothing.
    """
    found = _hits(hits)
    worse = expected - drop
    if not 0 < worse < expected < 1:
        raise NotEstimable("The expected share, and what it may drop to, are between 0 and 1.")
    limit = math.log(200) if threshold is None else threshold
    steps = np.where(found, math.log(worse / expected), math.log((1 - worse) / (1 - expected)))
    path = np.empty(len(steps))
    at, raised = 0.0, None
    for place, step in enumerate(steps):
        at = max(0.0, at + float(step))
        path[place] = at
        if raised is None and at > limit:
            raised = place
    return Cusum(path, limit, raised)


def canary(
    before: Sequence[str | None], after: Sequence[str | None], gold: Sequence[str], *, level: float = 0.99
) -> Canary:
    """Compare a judge's labels of the same items at two times; an alarm only where it got worse. None is wrong."""
    from scipy.stats import binom

    if not len(before) == len(after) == len(gold) or not gold:
        raise NotEstimable("Canary items need a label before, one after, and gold.")
    was = np.array([b == g for b, g in zip(before, gold, strict=True)])
    now = np.array([a == g for a, g in zip(after, gold, strict=True)])
    lost, won = int((was & ~now).sum()), int((~was & now).sum())
    p = min(1.0, 2 * float(binom.cdf(min(lost, won), lost + won, 0.5))) if lost + won else 1.0
    changed = sum(b != a for b, a in zip(before, after, strict=True))
    raised = lost > won and p < 2 * (1 - level)
    return Canary(len(gold), float(was.mean()), float(now.mean()), changed, p, raised)


def _hits(hits: ArrayLike) -> np.ndarray:
    found = numbers(np.asarray(hits, dtype=np.float64), "audit")
    if not np.isin(found, (0, 1)).all():
        raise NotEstimable("An audit agreed or did not: 1 or 0.")
    return found.astype(bool)
