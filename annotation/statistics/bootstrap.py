"""The seeded cluster bootstrap: whole items, whole raters or both are drawn again, never single judgements."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from annotation.statistics.agreement.judgements import compact
from annotation.statistics.errors import NotEstimable
from annotation.statistics.rows import FloatArray, IntArray

DEFAULT = 0.95
FEWEST, MOST = 1_000, 10_000
WORK = 400_000_000  # row weights computed in a bootstrap of automatic size: some seconds


@dataclass(frozen=True)
class Interval:
    """A percentile interval: ``failed`` of ``resamples`` draws gave no number and were left out.

    ``notes`` say what a reader must know of it, such as where it was widened.
    """

    estimate: float
    se: float
    low: float
    high: float
    level: float
    resamples: int
    failed: int
    clusters: tuple[int, ...]
    seed: int
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the fields as plain JSON values."""
        return asdict(self)


def resamples_for(rows: int) -> int:
    """Return how many draws are worth their time for ``rows`` rows: 10,000, and no less than 1,000."""
    return int(np.clip(WORK // max(rows, 1), FEWEST, MOST))


def stream(seed: int, factor: int) -> np.random.Generator:
    """Return the random numbers of one factor (the first has the seed's own), whatever other factors are drawn."""
    return np.random.default_rng(seed if factor == 0 else [seed, factor])


def multiplicities(groups: int, resamples: int, seed: int | np.random.Generator) -> Iterator[FloatArray]:
    """Yield ``resamples`` vectors of ``groups`` counts: how often each group is drawn, ``groups`` draws each.

    NumPy's PCG64; the draws depend on the seed and the numbers alone, not on the rows' order.
    """
    generator = np.random.default_rng(seed)
    for _ in range(resamples):
        drawn = generator.integers(0, groups, groups)
        yield np.bincount(drawn, minlength=groups).astype(np.float64)


def stratified(strata: IntArray, resamples: int, seed: int | np.random.Generator) -> Iterator[FloatArray]:
    """Yield counts as ``multiplicities`` does, drawing within strata; the only member of a stratum stays as it is."""
    generator = np.random.default_rng(seed)
    members = [np.flatnonzero(strata == stratum) for stratum in np.unique(strata)]
    for _ in range(resamples):
        counts = np.ones(len(strata))
        for places in members:
            if len(places) > 1:
                drawn = generator.integers(0, len(places), len(places))
                counts[places] = np.bincount(drawn, minlength=len(places))
        yield counts


def bounds(draws: FloatArray, level: float = DEFAULT) -> tuple[float, float, float]:
    """Return ``(se, low, high)`` of a bootstrap's draws; NaN draws are left out.

    Refuses where more than one in five draws gave no number: the rest would be a selection.
    """
    good = draws[np.isfinite(draws)]
    if len(good) < 0.8 * len(draws) or len(good) < 2:
        raise NotEstimable("Too many of the draws give no number, so the interval would mean nothing.")
    low, high = np.quantile(good, [(1 - level) / 2, (1 + level) / 2])
    return float(good.std(ddof=1)), float(low), float(high)


def cluster_bootstrap(
    statistic: Callable[[FloatArray], float],
    clusters: Sequence[ArrayLike],
    *,
    resamples: int | None = None,
    seed: int = 0,
    level: float = DEFAULT,
) -> Interval:
    """Return the percentile interval of ``statistic`` with the rows' clusters drawn again, with replacement.

    ``statistic`` takes one weight per row (how often the row counts; all 1 for the estimate itself) and returns a
    number, or NaN where a draw cannot support one. ``clusters`` holds one vector of codes per crossed factor, such as
    items and raters: a row counts as often as all its clusters were drawn (Owen 2007, the pigeonhole bootstrap, which
    errs on the safe side). A factor with one cluster cannot be drawn and is held as it is.
    Refuses where no factor has two clusters, and a statistic without a value on the rows themselves.
    """
    coded: list[tuple[IntArray, int]] = [compact(np.asarray(codes)) for codes in clusters]
    if not coded or not len(coded[0][0]):
        raise NotEstimable("There are no rows.")
    rows = len(coded[0][0])
    moving = [(codes, groups) for codes, groups in coded if groups > 1]
    if not moving:
        raise NotEstimable("There is one cluster, so drawing clusters again says nothing.")
    estimate = statistic(np.ones(rows))
    if not np.isfinite(estimate):
        raise NotEstimable("The statistic has no value on these rows.")
    resamples = resamples_for(rows * len(moving)) if resamples is None else resamples
    factors = [
        (codes, multiplicities(groups, resamples, stream(seed, place)))
        for place, (codes, groups) in enumerate(coded)
        if groups > 1
    ]
    draws = np.empty(resamples)
    for i in range(resamples):
        weight = np.ones(rows)
        for codes, counts in factors:
            weight *= next(counts)[codes]
        draws[i] = statistic(weight)
    se, low, high = bounds(draws, level)
    failed = int((~np.isfinite(draws)).sum())
    groups = tuple(groups for _, groups in coded)
    return Interval(float(estimate), se, low, high, level, resamples, failed, groups, seed)


def ratio_interval(
    numerator: ArrayLike,
    denominator: ArrayLike,
    clusters: Sequence[ArrayLike],
    *,
    resamples: int | None = None,
    seed: int = 0,
    level: float = DEFAULT,
) -> Interval:
    """Return the interval of Σ numerator / Σ denominator over rows, with clusters drawn again.

    Rows of the same clusters are summed first, so a million rows in few clusters cost no more than the clusters.
    """
    top, bottom = np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    codes = [compact(np.asarray(cluster))[0] for cluster in clusters]
    cell = np.zeros(len(top), dtype=np.int64)
    for place in codes:
        cell = compact(cell * (int(place.max(initial=0)) + 1) + place)[0]
    _, first = np.unique(cell, return_index=True)
    tops, bottoms = np.bincount(cell, weights=top), np.bincount(cell, weights=bottom)

    def ratio(weight: FloatArray) -> float:
        below = float(weight @ bottoms)
        return float(weight @ tops) / below if below > 0 else float("nan")

    return cluster_bootstrap(
        ratio, [place[first] for place in codes], resamples=resamples, seed=seed, level=level
    )
