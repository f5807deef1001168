"""Kendall's W: how far raters order the same responses alike, with ties and with raters who ranked too little."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from annotation.statistics.agreement.judgements import compact
from annotation.statistics.errors import NotEstimable
from annotation.statistics.rows import FloatArray, Rankings


@dataclass(frozen=True)
class Concordance:
    """W from 0 (no concordance) to 1: over ``raters`` and ``stimuli``, with Friedman's χ² and its p-value.

    ``partial`` raters ranked only some of the stimuli and are not in W. For the mean over items, ``items`` were used,
    ``refused`` could not be, and χ² is the sum over items.
    """

    estimate: float
    chi_squared: float
    freedom: int
    p_value: float
    raters: int
    stimuli: int
    partial: int
    items: int = 1
    refused: int = 0
    method: str = "Kendall's W, corrected for ties"

    def as_json(self) -> dict[str, Any]:
        """Return the fields as plain JSON values."""
        return asdict(self)


def kendall_w(rater: ArrayLike, stimulus: ArrayLike, rank: ArrayLike) -> Concordance:
    """Return W of one item's rankings (Kendall and Babington Smith 1939; ties as in Siegel and Castellan 1988).

    Vectors of one length, one rank per row, 1 = best; any coding of ties, since ranks are replaced by mid-ranks
    within a rater. A rater with a missing rank is left out and counted. Refuses a stimulus ranked twice, fewer than
    two complete raters or stimuli, and raters who all tie everything.
    """
    who, raters = compact(np.asarray(rater))
    what, stimuli = compact(np.asarray(stimulus))
    table = np.full((raters, stimuli), np.nan)
    table[who, what] = np.asarray(rank, dtype=np.float64)
    if len(who) != len(np.unique(who * max(stimuli, 1) + what)):
        raise NotEstimable("A rater ranked one response twice.")
    complete = table[~np.isnan(table).any(axis=1)]
    partial = raters - len(complete)
    if len(complete) < 2 or stimuli < 2:
        reason = f"{len(complete)} raters ranked all {stimuli} responses; W needs two of each."
        raise NotEstimable(reason)
    m, n = complete.shape
    ranks, ties = midranks(complete)
    totals = ranks.sum(axis=0)
    room = m * m * (n**3 - n) - m * float(ties.sum())
    if room <= 0:
        raise NotEstimable("Every rater tied all responses: there is no order to agree on.")
    w = 12 * float(((totals - totals.mean()) ** 2).sum()) / room
    return Concordance(w, m * (n - 1) * w, n - 1, _p(m * (n - 1) * w, n - 1), m, n, partial)


def mean_kendall_w(rankings: Rankings) -> Concordance:
    """Return the mean of W over items, each weighing the same; items without a W are counted, not used.

    A rater with several judgements of one item makes it refused. Refuses where no item has a W.
    """
    order = np.argsort(rankings.item, kind="stable")
    edges = np.flatnonzero(np.diff(rankings.item[order])) + 1
    found: list[Concordance] = []
    refused = 0
    for rows in np.split(order, edges) if len(order) else []:
        try:
            found.append(kendall_w(rankings.rater[rows], rankings.stimulus[rows], rankings.rank[rows]))
        except NotEstimable:
            refused += 1
    if not found:
        raise NotEstimable(
            "No item has two raters who ranked all its responses, with a difference among them."
        )
    chi = sum(one.chi_squared for one in found)
    freedom = sum(one.freedom for one in found)
    return Concordance(
        estimate=float(np.mean([one.estimate for one in found])),
        chi_squared=chi,
        freedom=freedom,
        p_value=_p(chi, freedom),
        raters=len(np.unique(rankings.rater)),
        stimuli=max(one.stimuli for one in found),
        partial=sum(one.partial for one in found),
        items=len(found),
        refused=refused,
        method="mean over items of Kendall's W, corrected for ties",
    )


def midranks(table: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return ``(mid-ranks within each row, Σ(t³ − t) over each row's groups of ties)``."""
    below = (table[:, None, :] < table[:, :, None]).sum(axis=2)
    equal = (table[:, None, :] == table[:, :, None]).sum(axis=2)
    return below + (equal + 1) / 2, (equal**2 - 1.0).sum(axis=1)


def _p(chi_squared: float, freedom: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(freedom, chi_squared))
