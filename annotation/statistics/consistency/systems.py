"""Scores and orders of systems under each protocol, where a response's id names the system that wrote it."""

from typing import Any

import numpy as np

from annotation.statistics.consistency.votes import A, B, Rows, Votes
from annotation.statistics.rows import FloatArray, IntArray

FEWEST_ITEMS = 2
MOST = 500


def system_orders(
    rows: Rows, mine: Votes, theirs: Votes, pairs: IntArray, stimulus_of: IntArray
) -> dict[str, Any] | None:
    """Return each system's mean score and its share of won comparisons (a tie is half) by protocol, on ``pairs``.

    ``stimulus_of`` is the id of each cell. ``tau`` is Kendall's τ-b of the two protocols' orders by share won. None
    where ids do not come back on several items, so that they name responses and not systems, or are too many.
    """
    used = np.unique(stimulus_of[np.concatenate([pairs // len(stimulus_of), pairs % len(stimulus_of)])])
    on_items = np.bincount(stimulus_of)
    if not 2 <= len(used) <= MOST or (on_items[used] < FEWEST_ITEMS).any():
        return None
    shares = [_share_won(votes, pairs, stimulus_of) for votes in (mine, theirs)]
    count = np.bincount(stimulus_of[rows.rating_cell], minlength=len(on_items))
    total = np.bincount(stimulus_of[rows.rating_cell], weights=rows.score, minlength=len(on_items))
    return {
        "systems": [
            {
                "system": int(code),
                "mean_score": float(total[code] / count[code]) if count[code] else None,
                "won_by_ratings": float(shares[0][code]),
                "won_by_rankings": float(shares[1][code]),
            }
            for code in used.tolist()
        ],
        "tau": tau_b(shares[0][used], shares[1][used]),
    }


def _share_won(votes: Votes, pairs: IntArray, stimulus_of: IntArray) -> FloatArray:
    kept = np.isin(votes.pair, pairs)
    low, high = (
        stimulus_of[votes.pair[kept] // len(stimulus_of)],
        stimulus_of[votes.pair[kept] % len(stimulus_of)],
    )
    outcome = votes.outcome[kept]
    won = np.where(outcome == A, 1.0, np.where(outcome == B, 0.0, 0.5))
    size = int(stimulus_of.max()) + 1
    total = np.bincount(low, weights=won, minlength=size) + np.bincount(high, weights=1 - won, minlength=size)
    count = np.bincount(low, minlength=size) + np.bincount(high, minlength=size)
    return np.asarray(total / np.maximum(count, 1), dtype=np.float64)


def tau_b(one: FloatArray, two: FloatArray) -> float | None:
    """Return Kendall's τ-b of two lists of scores; None where one of them is all ties."""
    i, j = np.triu_indices(len(one), 1)
    first, second = np.sign(one[i] - one[j]), np.sign(two[i] - two[j])
    below = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float(first @ second) / below if below else None
