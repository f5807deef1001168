"""How honest chances are: Brier score, expected calibration error, how well they rank, and bins to plot."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from annotation.statistics.errors import NotEstimable
from annotation.statistics.estimate import Estimate


@dataclass(frozen=True)
class Bin(Estimate):
    """``n`` items of which ``predicted`` would be right, and ``observed`` were (shares)."""

    n: int
    predicted: float
    observed: float


@dataclass(frozen=True)
class Calibration(Estimate):
    """``base_brier`` is that of saying the average every time; ``auroc`` None where all or none were right."""

    n: int
    brier: float
    base_brier: float
    ece: float
    auroc: float | None
    bins: tuple[Bin, ...]


def calibration(chance: ArrayLike, right: ArrayLike, *, bins: int = 10) -> Calibration:
    """Compare chances with what happened, in ``bins`` bins of like size (fewer where there are fewer rows).

    Chances that are equal are never parted between bins, so the rows' order does not matter.
    """
    said, was = np.asarray(chance, dtype=np.float64), np.asarray(right, dtype=np.float64)
    if len(said) != len(was) or not len(said):
        raise NotEstimable("Every chance needs what happened, and there must be one.")
    if not (
        np.isfinite(said).all() and (said >= 0).all() and (said <= 1).all() and np.isin(was, (0, 1)).all()
    ):
        raise NotEstimable("A chance is between 0 and 1, and what happened is 0 or 1.")
    order = np.argsort(said, kind="stable")
    ends = np.unique(
        np.searchsorted(
            said[order], [part[-1] for part in np.array_split(said[order], bins) if len(part)], "right"
        )
    )
    told = tuple(
        Bin(len(part), float(said[part].mean()), float(was[part].mean()))
        for part in np.split(order, ends[:-1])
        if len(part)
    )
    ece = sum(one.n * abs(one.predicted - one.observed) for one in told) / len(said)
    base = float(was.mean() * (1 - was.mean()))
    return Calibration(len(said), float(((said - was) ** 2).mean()), base, ece, auroc(said, was), told)


def auroc(chance: ArrayLike, right: ArrayLike) -> float | None:
    """Return how often a right row has the larger chance than a wrong one, ties half; None where there are not both."""
    from scipy.stats import rankdata

    was = np.asarray(right, dtype=bool)
    hits = int(was.sum())
    if not 0 < hits < len(was):
        return None
    ranks = rankdata(np.asarray(chance, dtype=np.float64))
    return float((ranks[was].sum() - hits * (hits + 1) / 2) / (hits * (len(was) - hits)))
