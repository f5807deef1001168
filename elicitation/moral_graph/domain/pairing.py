"""Which pairs of values get stories: near ones first, each with one far away, so that the graph hangs together."""

import random
from collections.abc import Mapping, Sequence

import numpy as np

NEAR = 2
Pair = tuple[int, int]


def choose_pairs(
    vectors: Mapping[int, Sequence[float]],
    support: Mapping[int, int],
    *,
    most: int,
    known: frozenset[Pair] = frozenset(),
) -> list[Pair]:
    """Return at most ``most`` pairs (smaller number first) less the ``known`` ones, those with most cards behind first.

    ``vectors``: value number → vector of length 1; ``support``: cards behind each. Every value is paired with its two
    nearest and one other, drawn by its number, so that the same values give the same pairs.
    """
    numbers = sorted(vectors)
    if len(numbers) < 2:
        return []
    matrix = np.array([vectors[number] for number in numbers])
    near = matrix @ matrix.T
    np.fill_diagonal(near, -np.inf)
    wanted: dict[Pair, None] = {}
    for place, number in enumerate(numbers):
        order = np.argsort(-near[place], kind="stable")[: len(numbers) - 1]
        chosen = [numbers[n] for n in order[:NEAR]]
        if far := [numbers[n] for n in order[NEAR:]]:
            chosen.append(random.Random(number).choice(far))
        for other in chosen:
            wanted[(min(number, other), max(number, other))] = None
    left = most - len(known)
    fresh = [pair for pair in wanted if pair not in known]
    fresh.sort(key=lambda pair: (-sum(support.get(number, 0) for number in pair), pair))
    return fresh[: max(0, left)]
