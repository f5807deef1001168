"""Candidate routings, drawn as the published Algorithm 1 draws them, and what they count of each tag."""

import numpy as np
from numpy.typing import ArrayLike

from annotation.routing.domain.table import BoolArray, FloatArray
from annotation.statistics.errors import NotEstimable


def candidates(tags: ArrayLike, *, count: int = 250, budget: int | None = None, seed: int = 0) -> BoolArray:
    """Return ``count`` routings of n items, shape (count, n), True where a person labels; the first are all, and none.

    ``tags`` has shape (items, tags), true where an item has the tag. For each candidate a budget is drawn from 1 to
    n − 1 (or is ``budget`` for all, and then there are no extremes), the tags are shuffled, and each tag's items,
    shuffled, are added until the budget is spent; where the tags have not enough items, the rest is drawn from all.
    Low budgets are so made of one tag or two, which is what lets a model tell tags apart.
    """
    has = np.asarray(tags, dtype=bool)
    if has.ndim != 2 or not has.size:
        raise NotEstimable("Candidates need items with tags.")
    n = len(has)
    if n < 3 or count < 3 or (budget is not None and not 0 <= budget <= n):
        raise NotEstimable(
            "Candidates need three items, three draws, and a budget of no more than all items."
        )
    random = np.random.default_rng(seed)
    members = [np.flatnonzero(has[:, tag]) for tag in range(has.shape[1])]
    drawn = np.zeros((count, n), dtype=bool)
    first = 0
    if budget is None:
        drawn[0] = True
        first = 2
    # Budgets without repetition while there are enough of them: small sets would else see few.
    pool = random.permutation(np.arange(1, n))
    for place in range(first, count):
        most = int(pool[place % len(pool)]) if budget is None else budget
        drawn[place, _fill(members, most, n, random)] = True
    return drawn


def counts(routings: ArrayLike, tags: ArrayLike) -> FloatArray:
    """Return how many items of every tag go to people, shape (routings, tags)."""
    return np.asarray(routings, dtype=np.float64) @ np.asarray(tags, dtype=np.float64)


def _fill(members: list[np.ndarray], most: int, n: int, random: np.random.Generator) -> np.ndarray:
    taken = np.zeros(n, dtype=bool)
    left = most
    for tag in random.permutation(len(members)):
        if not left:
            break
        new = random.permutation(members[tag][~taken[members[tag]]])[:left]
        taken[new] = True
        left -= len(new)
    if left:
        taken[random.permutation(np.flatnonzero(~taken))[:left]] = True
    return np.flatnonzero(taken)
