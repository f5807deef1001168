"""Percent agreement: the plain share of agreeing pairs, always with what chance alone would give."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotation.statistics.agreement.estimate import Agreement
from annotation.statistics.agreement.judgements import judgements
from annotation.statistics.agreement.weights import Weighting, weights
from annotation.statistics.rows import FloatArray


def percent_agreement(
    unit: ArrayLike,
    value: ArrayLike,
    rater: ArrayLike | None = None,
    *,
    weighting: Weighting = "identity",
    scale: NDArray[Any] | None = None,
) -> Agreement:
    """Return the mean over units of the share of agreeing pairs of values (0..1, not per cent).

    ``unit``, ``value``, ``rater``: vectors of one length, one judgement per row. ``weighting`` gives partial credit;
    linear weights on −1, 0, 1 count a tie against a side as half. ``scale`` are the values that could be given,
    where not all were. ``chance`` is Σ w π π over the values' overall shares, as in Fleiss 1971.
    Refuses one rater and data without a pair.
    """
    given = judgements(unit, value, rater)
    weight = _of_scale(given.scale, scale, weighting)
    counts = given.counts()
    agreed, size = agreeing(counts, weight), counts.sum(axis=1)
    share = agreed / (size * (size - 1))
    margin = counts.sum(axis=0) / counts.sum()
    observed = float(share.mean())
    return Agreement(
        estimate=observed,
        n=len(given),
        units=given.units,
        raters=given.raters,
        method=f"percent agreement, {weighting} weights",
        observed=observed,
        chance=float(margin @ weight @ margin),
        se=float(share.std(ddof=1) / np.sqrt(given.units)) if given.units > 1 else None,
        missing=given.missing,
        single=given.single,
    )


def agreeing(counts: FloatArray, weight: FloatArray) -> FloatArray:
    """Return per unit Σ over ordered pairs of different judgements of their weight of agreement."""
    near = counts @ weight.T
    return np.asarray((counts * (near - np.diag(weight))).sum(axis=1), dtype=np.float64)


def _of_scale(used: NDArray[Any], scale: NDArray[Any] | None, weighting: Weighting) -> FloatArray:
    if scale is None:
        return weights(used, weighting)
    full = np.unique(np.concatenate([np.asarray(scale), used]))
    place = np.searchsorted(full, used)
    return weights(full, weighting)[np.ix_(place, place)]
