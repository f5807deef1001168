"""Folds for cross-fitting: rows of one prompt stay together, sizes are alike, the seed decides."""

from collections.abc import Sequence

import numpy as np

from annotation.routing.domain.table import IntArray


def folds_of(groups: Sequence[str], folds: int, seed: int) -> IntArray:
    """Return the fold of every row, 0 to ``folds`` − 1; rows of one group share a fold."""
    names, code, count = np.unique(np.asarray(groups), return_inverse=True, return_counts=True)
    random = np.random.default_rng(seed)
    fold = np.empty(len(names), dtype=np.int64)
    if (count == 1).all():
        fold[random.permutation(len(names))] = np.arange(len(names)) % folds
        return fold[code]
    sizes = np.zeros(folds, dtype=np.int64)
    for place in random.permutation(len(names)):
        fold[place] = int(np.argmin(sizes))
        sizes[fold[place]] += count[place]
    return fold[code]
