"""Position bias: how often the answer that was shown first is preferred, beyond what the answers explain."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from annotation.statistics.errors import NotEstimable
from annotation.statistics.estimate import Estimate
from annotation.statistics.pairwise.covariance import clusters_of
from annotation.statistics.rows import Comparisons
from annotation.statistics.shares import clustered_share

Independent = Literal["rater", "item", "judgement"]


@dataclass(frozen=True)
class PositionBias(Estimate):
    """``share`` of the decisive comparisons that the first answer won, with its interval; ½ is no bias.

    ``p`` is that of no bias, ``None`` where everybody always chose one side (the interval is then exact over the
    clusters). ``balance`` is the share of pairs' exposures with the label earlier in order first: far from ½ a share
    off ½ may be the systems' doing. ``swapped`` is the share within pairs seen both ways round, each pair's two
    orders weighing alike, so that no system's worth is in it; ``None`` where no pair was.
    """

    share: float
    se: float
    low: float
    high: float
    p: float | None
    level: float
    n: int
    ties: int
    balance: float
    swapped: float | None
    swapped_pairs: int
    clusters: dict[str, int]
    method: str
    notes: tuple[str, ...] = ()


def position_bias(
    comparisons: Comparisons, *, cluster: Independent = "rater", level: float = 0.95
) -> PositionBias:
    """Return how often ``a`` is preferred; ``a`` must be what was shown first (left, or above).

    Clustered by annotator: one person who always takes the left is one finding, not sixty (``clustered_share``).
    Protocols are different questions: call it for the rows of each. For the effect with worths held fixed, fit a
    model with ``Inference(position=True)``. Refuses no comparisons, only ties, and one annotator.
    """
    if not len(comparisons):
        raise NotEstimable("There are no comparisons.")
    if not 0 < level < 1:
        raise ValueError("a level is between 0 and 1")
    rows = comparisons.take(comparisons.outcome != 0)
    if not len(rows):
        raise NotEstimable("Every comparison is a tie, so no side was preferred.")
    clusters = clusters_of(rows, cluster)
    kind = next(iter(clusters.counted))
    found = clustered_share(rows.outcome > 0, clusters.parts[0][1], level=level, kind=kind)
    notes = found.notes if found.p is not None else (*found.notes, "One side was chosen every time.")
    earlier = float((comparisons.a < comparisons.b).mean())
    swapped, pairs = _swapped(rows)
    return PositionBias(
        found.share, found.se, found.low, found.high, found.p, level, found.n, len(comparisons) - found.n, earlier,
        swapped, pairs, clusters.counted, found.method, notes,
    )  # fmt: skip


def _swapped(rows: Comparisons) -> tuple[float | None, int]:
    """Return the share of the first within pairs of an item seen both ways, and how many pairs there are."""
    k = len(rows.stimuli)
    pair = (rows.item * k + np.minimum(rows.a, rows.b)) * k + np.maximum(rows.a, rows.b)
    _, code = np.unique(pair, return_inverse=True)
    number = int(code.max()) + 1
    forth = rows.a < rows.b
    won = rows.outcome > 0
    seen = [np.bincount(code[way], minlength=number) for way in (forth, ~forth)]
    both = (seen[0] > 0) & (seen[1] > 0)
    if not both.any():
        return None, 0
    firsts = [np.bincount(code[way & won], minlength=number) for way in (forth, ~forth)]
    rate = sum(one[both] / of[both] for one, of in zip(firsts, seen, strict=True)) / 2
    weight = (seen[0] + seen[1])[both]
    return float(np.average(rate, weights=weight)), int(both.sum())
