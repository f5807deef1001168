"""Accuracy for every budget of human labels: by expected gain, and at random, on the same pairs.

The gain of a person over the AI on a pair is the chance that the person is right less the chance that the AI is, both
cross-fitted. Agreement with gold is additive, so the best routing under a budget of k labels asks people for the k
pairs of largest gain; a person is never asked where the gain is expected to be negative unless the budget is
everything (routing.md §2.7 A).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from annotation.routing.domain.features import FloatArray
from annotation.routing.domain.models import BoolArray, IntArray

ROUNDS = 2000


@dataclass(frozen=True)
class Point:
    """One budget: what was spent, how accurate the labels are, and the lift over random routing."""

    budget: float
    asked: int
    accuracy: float
    ci95: tuple[float, float]
    random: float
    lift: float
    lift_ci95: tuple[float, float]


def route(gain: FloatArray, budget: float, seed: int) -> BoolArray:
    """Return which pairs go to a person: at most ``budget`` of them, the largest gains first, ties by lot."""
    most = int(np.floor(budget * len(gain) + 1e-9))
    lot = np.random.default_rng(seed).permutation(len(gain))
    order = lot[np.argsort(-gain[lot], kind="stable")][:most]
    asked = np.zeros(len(gain), dtype=bool)
    asked[order if budget >= 1 else order[gain[order] > 0]] = True
    return asked


def frontier(
    gain: FloatArray,
    human: BoolArray,
    ai: BoolArray,
    clusters: IntArray,
    budgets: Sequence[float],
    seed: int,
) -> list[Point]:
    """Return a point per budget; intervals are 95 % of a bootstrap over whole prompts, with the routes as they are.

    ``human``, ``ai``: whether each would be right. Random routing is its own expectation at the share that was asked,
    in every resample, so the lift is a paired difference.
    """
    random = np.random.default_rng(seed)
    n = int(clusters.max()) + 1
    weights = random.multinomial(n, np.full(n, 1 / n), size=ROUNDS)[:, clusters].astype(float)
    weights /= weights.sum(axis=1, keepdims=True)
    points = []
    for budget in budgets:
        asked = route(gain, budget, seed)
        right = np.where(asked, human, ai).astype(float)
        share = asked.mean()
        by_chance = share * human.mean() + (1 - share) * ai.mean()
        again = weights @ right
        shares = weights @ asked.astype(float)
        chances = shares * (weights @ human.astype(float)) + (1 - shares) * (weights @ ai.astype(float))
        points.append(
            Point(
                budget=budget,
                asked=int(asked.sum()),
                accuracy=float(right.mean()),
                ci95=_middle(again),
                random=float(by_chance),
                lift=float(right.mean() - by_chance),
                lift_ci95=_middle(again - chances),
            )
        )
    return points


def _middle(values: FloatArray) -> tuple[float, float]:
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)
