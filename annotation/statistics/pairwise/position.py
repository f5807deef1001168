"""Position bias: how often the answer that was shown first is preferred, beyond what the answers explain."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from scipy.stats import beta, t

from annotation.statistics.errors import NotEstimable
from annotation.statistics.pairwise.counts import summed
from annotation.statistics.pairwise.covariance import FEW, clusters_of
from annotation.statistics.rows import Comparisons

Independent = Literal["rater", "item", "judgement"]


@dataclass(frozen=True)
class PositionBias:
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

    def as_json(self) -> dict[str, Any]:
        """Return the fields as plain JSON values."""
        return asdict(self) | {"notes": list(self.notes)}


def position_bias(
    comparisons: Comparisons, *, cluster: Independent = "rater", level: float = 0.95
) -> PositionBias:
    """Return how often ``a`` is preferred; ``a`` must be what was shown first (left, or above).

    Clustered by annotator: one person who always takes the left is one finding, not sixty. The interval is that of a
    ratio of sums over clusters, on the log odds with t of G − 1 degrees of freedom, which keeps it within 0 and 1.
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
    _, code, number = clusters.parts[0]
    first = (rows.outcome > 0).astype(np.float64)
    n, share = len(rows), float(first.mean())
    size, pull = float(number), summed(code, first - share, number)
    se = float(np.sqrt(size / (size - 1) * (pull @ pull))) / n
    tail = (1 - level) / 2
    kind = next(iter(clusters.counted))
    notes = [f"There are only {number} {kind}; an interval from so few is rough."] if number < FEW else []
    if 0 < share < 1:
        spread = se / (share * (1 - share))
        middle, half = np.log(share / (1 - share)), float(t.ppf(1 - tail, size - 1)) * spread
        low, high = (float(1 / (1 + np.exp(-(middle + side * half)))) for side in (-1, 1))
        # Balanced to the last row in every cluster: no spread, and no bias either.
        p = float(2 * t.sf(abs(middle) / spread, size - 1)) if spread > 0 else float(share == 0.5)
        method = f"ratio of sums over {number} {kind}, logit, t with {number - 1} degrees of freedom"
    else:
        low, high = (
            (float(beta.ppf(tail, number, 1)), 1.0) if share else (0.0, float(beta.ppf(1 - tail, 1, number)))
        )
        p, method = None, f"exact, each of {number} {kind} as one choice"
        notes.append("One side was chosen every time.")
    earlier = float((comparisons.a < comparisons.b).mean())
    swapped, pairs = _swapped(rows)
    return PositionBias(
        share, se, low, high, p, level, n, len(comparisons) - n, earlier, swapped, pairs, clusters.counted, method,
        tuple(notes),
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
