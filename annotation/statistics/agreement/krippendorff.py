"""Krippendorff's alpha for nominal, ordinal and interval values, with missing ones, in a few passes of numpy."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from annotation.statistics.agreement.estimate import Agreement
from annotation.statistics.agreement.judgements import Judgements, compact, judgements
from annotation.statistics.bootstrap import DEFAULT, bounds, multiplicities
from annotation.statistics.errors import NotEstimable
from annotation.statistics.estimate import checked_level
from annotation.statistics.rows import FloatArray, IntArray

Level = Literal["nominal", "ordinal", "interval"]


def krippendorff_alpha(
    unit: ArrayLike,
    value: ArrayLike,
    rater: ArrayLike | None = None,
    *,
    level: Level,
    cluster: ArrayLike | None = None,
    resamples: int = 0,
    seed: int = 0,
    confidence: float = DEFAULT,
) -> Agreement:
    """Return α = 1 − Do/De (Krippendorff, Content Analysis, 4th ed., 12.3); 1 is perfect, 0 is chance.

    ``unit``, ``value``, ``rater``: vectors of one length, one judgement per row; NaN is missing; values of one unit
    are exchangeable. ``level`` must follow the scale: α on ranks is not comparable with α on ratings, because ranks
    have no variation between items. With ``resamples``, the interval (at ``confidence``) is that of whole units drawn
    again (or of whole ``cluster``s, one code per row: the items whose stimuli the units are).
    Refuses one rater, no unit with two values, no variation, and ordinal or interval words.

    The ordinal metric δ(c, k) is the distance of the values' mid-ranks, so ordinal α is interval α of mid-ranks,
    and both need sums only, never the matrix of coincidences.
    """
    checked_level(confidence)
    given = judgements(unit, value, rater)
    if len(given.scale) < 2:
        raise NotEstimable("Every judgement is the same value: there is no variation to agree on.")
    if level == "interval" and given.scale.dtype.kind not in "iufb":
        raise NotEstimable("An interval scale needs numbers; the values are words.")
    whole = np.ones(given.units)
    within, total = _disagreement(given, level, whole)
    se = low = high = None
    if resamples:
        groups, of_unit = _clusters(given, unit, value, cluster)
        if groups < 2:
            raise NotEstimable("There is one cluster, so drawing clusters again says nothing.")
        draws = multiplicities(groups, resamples, seed)
        again = np.array([_alpha(*_disagreement(given, level, draw[of_unit])) for draw in draws])
        se, low, high = bounds(again, confidence)
    return Agreement(
        estimate=_alpha(within, total),
        n=len(given),
        units=given.units,
        raters=given.raters,
        method=f"Krippendorff's alpha, {level}",
        observed=within,
        chance=total,
        se=se,
        low=low,
        high=high,
        level=confidence if resamples else None,
        missing=given.missing,
        single=given.single,
        resamples=resamples or None,
        seed=seed if resamples else None,
    )


def _alpha(observed: float, expected: float) -> float:
    # A draw may hold one value only; it says nothing, and bounds() leaves it out and counts on the rest.
    return 1 - observed / expected if expected > 0 else float("nan")


def _disagreement(given: Judgements, level: Level, weight: FloatArray) -> tuple[float, float]:
    """Return (observed, expected) disagreement where unit u counts ``weight[u]`` times."""
    size = np.bincount(given.unit, minlength=given.units).astype(np.float64)
    row = weight[given.unit]
    margin = np.bincount(given.value, weights=row, minlength=len(given.scale))
    n = float(margin.sum())
    if n < 2:
        return 0.0, 0.0
    if level == "nominal":
        cell, times = np.unique(given.unit * len(given.scale) + given.value, return_counts=True)
        apart = size**2 - np.bincount(cell // len(given.scale), weights=times.astype(np.float64) ** 2)
        return float((weight * apart / (size - 1)).sum()) / n, (n * n - float(margin @ margin)) / (
            n * (n - 1)
        )
    position = np.cumsum(margin) - margin / 2 if level == "ordinal" else given.scale.astype(np.float64)
    # Centred first: the squares of a far-off scale would eat the digits.
    position = position - float(position @ margin) / n
    value = position[given.value]
    mean = np.bincount(given.unit, weights=value, minlength=given.units) / size
    around = np.bincount(given.unit, weights=(value - mean[given.unit]) ** 2, minlength=given.units)
    observed = 2 * float((weight * size / (size - 1) * around).sum()) / n
    return observed, 2 * float(margin @ position**2) / (n - 1)


def _clusters(
    given: Judgements, unit: ArrayLike, value: ArrayLike, cluster: ArrayLike | None
) -> tuple[int, IntArray]:
    if cluster is None:
        return given.units, np.arange(given.units)
    units, values, groups = np.asarray(unit), np.asarray(value), np.asarray(cluster)
    if groups.shape != units.shape:
        raise ValueError("cluster must have one code per judgement")
    present = ~np.isnan(values) if values.dtype.kind == "f" else np.ones(len(values), dtype=bool)
    labels, first, place, count = np.unique(
        units[present], return_index=True, return_inverse=True, return_counts=True
    )
    group = groups[present]
    if (group != group[first][place]).any():
        raise NotEstimable("A unit lies in two clusters.")
    # Codes of units are in the order of their values, here as in judgements().
    of_unit, total = compact(group[first][count > 1])
    return total, of_unit
