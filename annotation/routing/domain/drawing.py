"""Drawing items for people with known probabilities, so that the money is never exceeded."""

import numpy as np
from numpy.typing import ArrayLike

from annotation.routing.domain.table import BoolArray, FloatArray
from annotation.statistics.errors import NotEstimable


def draw(probability: ArrayLike, *, cost: ArrayLike = 1.0, seed: int = 0) -> BoolArray:
    """Return which items are drawn: each with exactly its probability, and as many as the probabilities add up to.

    A comb with one tooth per whole label is laid over the items in order of cost, those of one price in random order
    (systematic sampling; Madow 1949). As many are drawn as the sum says, up or down to a whole number, and they cost at
    most one label more than Σ probability · cost: each tooth's item costs no more than the next tooth's.
    """
    chance = np.asarray(probability, dtype=np.float64)
    price = np.broadcast_to(np.asarray(cost, dtype=np.float64), chance.shape)
    if not (np.isfinite(chance).all() and (chance >= 0).all() and (chance <= 1).all()):
        raise NotEstimable("A probability is between 0 and 1.")
    random = np.random.default_rng(seed)
    drawn = chance >= 1
    open_ = np.flatnonzero(~drawn & (chance > 0))
    order = open_[random.permutation(len(open_))]
    order = order[np.argsort(price[order], kind="stable")]
    ends = np.cumsum(chance[order])
    # Sums of many probabilities are off by a hair; a whole sum must give a whole number of labels, not one more.
    if len(ends):
        ends *= _whole(ends[-1]) / ends[-1]
    first = random.random()
    teeth = np.floor(np.concatenate([[0.0], ends]) - first + 1)
    drawn[order[np.diff(teeth) > 0]] = True
    return drawn


def water_fill(size: FloatArray, cost: FloatArray, budget: float, floor: FloatArray) -> FloatArray:
    """Return probabilities proportional to ``size``, between ``floor`` and 1, that cost ``budget`` together.

    Where the budget buys every item, all are 1; where it does not buy the floor, the floor.
    """
    if budget >= cost.sum():
        return np.ones(len(size))
    low, high = 0.0, 1.0
    positive = size[size > 0]
    if not len(positive):
        return floor.copy()
    high = 2 / float(positive.min())
    for _ in range(200):
        middle = (low + high) / 2
        if float(np.clip(middle * size, floor, 1) @ cost) > budget:
            high = middle
        else:
            low = middle
    return np.clip(low * size, floor, 1)


def _whole(total: float) -> float:
    nearest = round(total)
    return float(nearest) if abs(total - nearest) < 1e-6 else total
