"""The win rate of one system against another, as evaluations of language models print it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from annotation.statistics.errors import NotEstimable
from annotation.statistics.estimate import Estimate


@dataclass(frozen=True)
class WinRate(Estimate):
    """``rate`` counts a tie as half (0..1); ``half_width`` is 1.96 standard errors of the mean.

    ``percent`` and ``percent_half_width`` are the same in points, computed in the published order of operations.
    """

    n: int
    wins: int
    ties: int
    losses: int
    rate: float
    half_width: float | None
    percent: float
    percent_half_width: float | None


def win_rate(outcomes: Sequence[float]) -> WinRate:
    """Return the win rate of ``outcomes``: 1 a win, 0.5 a tie, 0 a loss, one per independent item.

    Source: Bansal, Dang and Grover (ICLR 2024), ``calc_win_rate_*``: 100 × mean, 196 × standard error. The standard
    error has n − 1 and is None for one item. Refuses no items and other numbers.
    """
    won = np.asarray(outcomes, dtype=np.float64)
    if not len(won):
        raise NotEstimable("There is no item to win.")
    if not np.isin(won, (0.0, 0.5, 1.0)).all():
        raise NotEstimable("An outcome is 1 (won), 0.5 (tie) or 0 (lost).")
    mean = float(won.mean())
    error = float(won.std(ddof=1) / np.sqrt(len(won))) if len(won) > 1 else None
    return WinRate(
        n=len(won),
        wins=int((won == 1).sum()),
        ties=int((won == 0.5).sum()),
        losses=int((won == 0).sum()),
        rate=mean,
        half_width=None if error is None else 1.96 * error,
        percent=100 * mean,
        percent_half_width=None if error is None else 196 * error,
    )
