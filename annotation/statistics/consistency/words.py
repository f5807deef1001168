"""Length of the preferred and of the other response, by protocol: do judges follow the number of words."""

from typing import Any

import numpy as np

from annotation.statistics.consistency.votes import TIE, A, Votes
from annotation.statistics.rows import BoolArray, FloatArray, IntArray


def length_effects(
    votes: Votes, pairs: IntArray, words: FloatArray, unique: FloatArray, cells: int
) -> dict[str, Any] | None:
    """Return mean words of preferred and other responses over the decisive votes on ``pairs``.

    ``words`` and ``unique`` hold a number per cell, NaN where there is no text. None where no decisive vote has
    texts. ``preferred_longer`` is the share of votes whose preferred response has more words.
    """
    low, high = votes.pair // cells, votes.pair % cells
    used = np.isin(votes.pair, pairs) & (votes.outcome != TIE) & np.isfinite(words[low] + words[high])
    if not used.any():
        return None
    low, high, first = low[used], high[used], votes.outcome[used] == A
    better, other = np.where(first, low, high), np.where(first, high, low)
    return {
        "n": int(used.sum()),
        "words": {"preferred": float(words[better].mean()), "other": float(words[other].mean())},
        "unique_words": {"preferred": float(unique[better].mean()), "other": float(unique[other].mean())},
        "preferred_longer": float((words[better] > words[other]).mean()),
    }


def correlation(one: FloatArray, two: FloatArray) -> float | None:
    """Return Pearson's correlation where both are finite; None with no variation or fewer than three rows."""
    good: BoolArray = np.isfinite(one) & np.isfinite(two)
    if good.sum() < 3 or one[good].std() == 0 or two[good].std() == 0:
        return None
    return float(np.corrcoef(one[good], two[good])[0, 1])
