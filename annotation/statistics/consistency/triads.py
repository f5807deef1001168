"""Circular triads: a over b, b over c, c over a by one judge on one item."""

from typing import Any

import numpy as np

from annotation.statistics.consistency.votes import A, B, Votes
from annotation.statistics.rows import IntArray

MOST_RESPONSES = 200


def circular_triads(votes: Votes, cells: int, item_of: IntArray, raters: int) -> dict[str, Any] | None:
    """Return how many triads of responses one judge compared completely, and how many are strict cycles.

    A strict cycle has no tie. ``chance`` is the share of cycles if every comparison were a coin, 1/4 of the triads
    without ties. None where no triad is complete. Kendall and Babington Smith 1940.
    """
    low, high = votes.pair // cells, votes.pair % cells
    group = item_of[low] * raters + votes.rater
    sign = np.where(votes.outcome == A, 1.0, np.where(votes.outcome == B, -1.0, 0.0))
    order = np.argsort(group, kind="stable")
    triads = cycles = decisive = 0
    for rows in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        if len(rows) < 3:
            continue
        ids, place = np.unique(np.concatenate([low[rows], high[rows]]), return_inverse=True)
        if len(ids) > MOST_RESPONSES:
            continue
        one, two = place[: len(rows)], place[len(rows) :]
        met, beat = np.zeros((len(ids), len(ids))), np.zeros((len(ids), len(ids)))
        met[one, two] = met[two, one] = 1
        np.fill_diagonal(met, 0)
        beat[one, two], beat[two, one] = sign[rows] > 0, sign[rows] < 0
        np.fill_diagonal(beat, 0)
        known = beat + beat.T
        triads += round(float(np.trace(met @ met @ met)) / 6)
        cycles += round(float(np.trace(beat @ beat @ beat)) / 3)
        decisive += round(float(np.trace(known @ known @ known)) / 6)
    if not triads:
        return None
    return {
        "triads": triads,
        "cycles": cycles,
        "share": cycles / triads,
        "decisive_triads": decisive,
        "chance": 0.25 * decisive / triads,
    }
