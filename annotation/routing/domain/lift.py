"""How good labels are by route, and how much better than by routing at random: from audits of known probabilities."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from annotation.routing.domain.table import BoolArray, FloatArray
from annotation.statistics.errors import NotEstimable
from annotation.statistics.estimate import Estimate
from annotation.statistics.means.audited import audit_share
from annotation.statistics.means.difference import aipw
from annotation.statistics.means.mean import Mean, numbers


@dataclass(frozen=True)
class Quality(Estimate):
    """How often the label is right: of items whose label is the AI's, of people's, and of all.

    ``ai`` is None where no item kept the AI's label or none of those was audited; ``human`` where nothing was labelled
    twice.
    """

    ai: Mean | None
    human: Mean | None
    all: Mean | None
    human_share: float


def lift(
    agrees: ArrayLike,
    probability: ArrayLike,
    seen: ArrayLike,
    to_ai: ArrayLike,
    *,
    guess: ArrayLike | None = None,
    human: float = 1.0,
    level: float = 0.95,
) -> Mean:
    """Return the share of right labels less that of random routing with as many people's labels.

    ``agrees``: whether the AI's label is what a person said, where ``seen`` (anything elsewhere). ``probability``: of
    each item to be seen. ``to_ai``: where the AI's label is kept, audited or not. ``guess``: the chance p_AI, a control
    variate. With b the share of people's labels the lift is Σ wᵢ aᵢ, wᵢ = ([AI keeps i] − (1 − b))/N, since at random
    each item keeps the AI's with 1 − b. ``human`` is how often one person is right: a person's errors draw every
    agreement towards ½, which 2h − 1 undoes.
    """
    kept = np.asarray(to_ai, dtype=bool)
    if not 0.5 < human <= 1:
        raise NotEstimable(
            "People who are right half of the time or less cannot tell which routing is better."
        )
    chance, found_by = np.asarray(probability, dtype=np.float64), np.asarray(seen, dtype=bool)
    if kept.any() and alike(chance[kept]) and (chance[~kept] >= 1).all() and found_by[kept].any():
        return _of_counts(np.asarray(agrees, dtype=np.float64), found_by, kept, human, level)
    weights = (kept - kept.mean()) / len(kept)
    expected = np.full(len(kept), 0.5) if guess is None else numbers(guess, "chance")
    found = aipw(agrees, expected, probability, seen, weights=weights, level=level)
    scale = 1 / (2 * human - 1)
    return Mean(
        found.value * scale, found.se * scale, found.low * scale, found.high * scale, level, found.n,
        "lift over random routing, difference estimator", found.notes,
    )  # fmt: skip


def _of_counts(agrees: FloatArray, seen: BoolArray, kept: BoolArray, human: float, level: float) -> Mean:
    """Return the lift where all doubt is in how often the AI's route agrees: that share's interval, moved and scaled.

    A share of few errors is skewed, which the difference estimator does not see and Wilson's interval does.
    """
    audited = kept & seen
    share = float(kept.mean())
    part = audit_share(
        int(agrees[audited].sum()), int(audited.sum()), population=int(kept.sum()), level=level
    )
    known = share * float(agrees[~kept].sum()) / len(kept)
    scale = (1 - share) * share / (2 * human - 1)
    value, low, high = (scale * end - known / (2 * human - 1) for end in (part.value, part.low, part.high))
    return Mean(
        value,
        scale * part.se,
        low,
        high,
        level,
        int(seen.sum()),
        "lift over random routing, audits by Wilson",
    )


def alike(chance: FloatArray) -> bool:
    """Return whether probabilities are one, but for the item at the budget's edge (or one in a hundred)."""
    off = np.abs(chance - np.median(chance)) > 1e-9
    return bool(off.sum() <= max(1, len(chance) // 100))


def route_quality(
    agrees: ArrayLike,
    probability: ArrayLike,
    seen: ArrayLike,
    to_ai: ArrayLike,
    *,
    guess: ArrayLike | None = None,
    doubles: Sequence[bool] = (),
    level: float = 0.95,
) -> Quality:
    """Return how often labels are what a person says, by route; arguments as of ``lift``.

    Of the AI's route from audits: Wilson's interval where all its items had the same probability, else the difference
    estimator. Of people's from ``doubles``: whether two people agreed, on items drawn at random. ``all`` joins both
    with the AI's share.
    """
    kept = np.asarray(to_ai, dtype=bool)
    chance, found = np.asarray(probability, dtype=np.float64), np.asarray(seen, dtype=bool)
    says = np.asarray(agrees, dtype=np.float64)
    ai = _of_ai(
        says[kept], chance[kept], found[kept], None if guess is None else np.asarray(guess)[kept], level
    )
    human = audit_share(sum(map(bool, doubles)), len(doubles), level=level) if len(doubles) else None
    share = float(kept.mean())
    whole = None
    if (ai or share == 0) and (human or share == 1):
        parts = [(part, weight) for part, weight in ((ai, share), (human, 1 - share)) if part and weight]
        value = sum(part.value * weight for part, weight in parts)
        low = value - float(np.sqrt(sum((weight * (part.value - part.low)) ** 2 for part, weight in parts)))
        high = value + float(np.sqrt(sum((weight * (part.high - part.value)) ** 2 for part, weight in parts)))
        se = float(np.sqrt(sum((weight * part.se) ** 2 for part, weight in parts)))
        n = sum(part.n for part, _ in parts)
        whole = Mean(value, se, low, high, level, n, "both routes, intervals joined by their squares (MOVER)")
    return Quality(ai, human, whole, 1 - share)


def _of_ai(
    says: FloatArray, chance: FloatArray, found: BoolArray, guess: FloatArray | None, level: float
) -> Mean | None:
    if not len(says) or not found.any():
        return None
    if alike(chance):
        return audit_share(int(says[found].sum()), int(found.sum()), population=len(says), level=level)
    expected = np.full(len(says), 0.5) if guess is None else guess
    try:
        return aipw(says, expected, chance, found, level=level)
    except NotEstimable:
        return None
