"""Where nothing can be learnt routing is as good as the lot, and what comes out says so."""

import json

import numpy as np

from annotation.routing.domain.evaluate import evaluate, levelled
from annotation.routing.domain.folds import folds_of
from annotation.routing.domain.learning import fit_constant
from annotation.routing.domain.pairs import Pairs, read_pairs

WORDS = ["red", "green", "blue", "tall", "short", "quick", "brown", "fox", "dog", "cat", "runs"]


def noise(seed: int, n: int = 200) -> Pairs:
    """Return pairs on which the judge errs by lot alone, whatever it said and whatever stands in the texts."""
    random = np.random.default_rng(seed)

    def text() -> str:
        return " ".join(random.choice(WORDS, size=random.integers(5, 40)))

    def label(truth: int, right: float) -> int:
        return truth if random.random() < right else int((truth + random.integers(1, 3)) % 3)

    rows = []
    for number in range(n):
        truth = int(random.integers(0, 3))
        rows.append(
            {
                "id": f"{number}",
                "instruction": text(),
                "response_1": text(),
                "response_2": text(),
                "human_labels": [label(truth, 0.95) for _ in range(3)],
                "ai_labels": {"judge": label(truth, 0.7)},
            }
        )
    return read_pairs("\n".join(map(json.dumps, rows)).encode())


def test_errors_by_lot_give_no_lift_in_either_direction() -> None:
    lifts, outside = [], 0
    for seed in range(12):
        (point,) = evaluate(noise(seed), budgets=[0.3], beside=())["frontier"]
        low, high = point["lift_ci95"]
        outside += not low <= 0 <= high
        lifts.append(point["lift"])
    # Nominally one of twenty; four of twelve would come by chance once in four hundred times.
    assert outside <= 3
    assert abs(np.mean(lifts)) < 0.02


def test_averages_of_the_other_folds_rank_nothing() -> None:
    right = np.random.default_rng(3).random(130) < 0.7
    fold = folds_of([str(n) for n in range(130)], 10, 0)
    held = np.empty(130)
    for number in range(10):
        rest = right[fold != number]
        held[fold == number] = fit_constant(rest, np.ones(len(rest))).chance
    assert np.ptp(held) > 0.01
    assert np.ptp(np.round(levelled(held, right, fold), 9)) == 0
