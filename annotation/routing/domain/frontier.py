"""Accuracy for every budget of human labels: by expected gain, and at random, on the same pairs.

The gain of a person over the AI on a pair is the chance that the person is right less the chance that the AI is, both
cross-fitted. Agreement with gold is additive, so the best routing under a budget of k labels asks people for the k
pairs of largest gain; a person is never asked where the gain is expected to be negative unless the budget is
everything (routing.md §2.7 A).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotation.routing.domain.table import BoolArray, FloatArray, IntArray

ROUNDS = 2000
_AT_ONCE = 4_000_000  # weights drawn at a time, 32 MB


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

    def as_json(self) -> dict[str, Any]:
        """Return the point in the form of the interface."""
        return {
            "budget": self.budget,
            "asked": self.asked,
            "policy": {"accuracy": self.accuracy, "ci95": list(self.ci95)},
            "random": {"accuracy": self.random},
            "lift": self.lift,
            "lift_ci95": list(self.lift_ci95),
        }


def route(gain: FloatArray, budget: float, seed: int) -> tuple[BoolArray, IntArray]:
    """Return which pairs go to a person: at most ``budget`` of them, the largest gains first, ties by lot.

    Beside it the pairs around the last one that the money bought; none where money was left over.
    """
    most = int(np.floor(budget * len(gain) + 1e-9))
    lot = np.random.default_rng(seed).permutation(len(gain))
    order = lot[np.argsort(-gain[lot], kind="stable")]
    bought = order[:most] if budget >= 1 else order[:most][gain[order[:most]] > 0]
    asked = np.zeros(len(gain), dtype=bool)
    asked[bought] = True
    near = max(10, len(gain) // 20)
    bound = len(bought) == most < len(gain)
    return asked, order[max(0, most - near) : most + near] if bound else order[:0]


def frontier(
    gain: FloatArray,
    human: BoolArray,
    ai: BoolArray,
    clusters: IntArray,
    budgets: Sequence[float],
    seed: int,
) -> list[Point]:
    """Return a point per budget; intervals are 95 % of a bootstrap over whole prompts.

    ``human``, ``ai``: whether each would be right. A resample keeps the routes as they are, so it asks people about a
    few pairs more or fewer than the budget buys; each of these is taken back at what one is worth where the money ends.
    Random routing is its own expectation at the share that was asked, so the lift is a paired difference.
    """
    # Prompts are drawn again, so sums per prompt are all that is needed.
    size, people, model = (np.bincount(clusters, weights=column) for column in (np.ones(len(ai)), human, ai))
    points = []
    for budget in budgets:
        asked, last = route(gain, budget, seed)
        worth = float(human[last].mean() - ai[last].mean()) if len(last) else 0.0
        right = np.where(asked, human, ai)
        sums = np.column_stack(
            [size, people, model, np.bincount(clusters, weights=asked), np.bincount(clusters, weights=right)]
        )
        again = _again(sums, seed)
        n, by_people, by_model, share, correct = (again / again[:, :1]).T
        over = share - asked.mean() if len(last) else np.zeros(len(share))
        correct, share = correct - worth * over, share - over
        lifts = correct - (share * by_people + (1 - share) * by_model)
        by_chance = float(asked.mean() * human.mean() + (1 - asked.mean()) * ai.mean())
        accuracy = float(right.mean())
        points.append(
            Point(
                budget,
                int(asked.sum()),
                accuracy,
                _middle(correct),
                by_chance,
                accuracy - by_chance,
                _middle(lifts),
            )
        )
    return points


def _again(sums: NDArray[Any], seed: int) -> FloatArray:
    """Return the column sums of ``ROUNDS`` resamples of the rows."""
    random = np.random.default_rng(seed)
    # Most prompts have the same few sums: how often each kind is drawn is all there is to draw.
    kinds, times = np.unique(sums, axis=0, return_counts=True)
    rounds = max(1, min(ROUNDS, _AT_ONCE // len(kinds)))
    parts = []
    for start in range(0, ROUNDS, rounds):
        count = min(rounds, ROUNDS - start)
        weights = random.multinomial(len(sums), times / len(sums), size=count)
        parts.append(weights @ kinds)
    return np.vstack(parts)


def _middle(values: FloatArray) -> tuple[float, float]:
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)
