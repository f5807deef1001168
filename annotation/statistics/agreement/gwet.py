"""Gwet's AC1 and AC2: agreement that stays sensible where nearly everything gets the same value."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotation.statistics.agreement.estimate import Agreement
from annotation.statistics.agreement.judgements import judgements
from annotation.statistics.agreement.percent import agreeing
from annotation.statistics.agreement.weights import Weighting, weights
from annotation.statistics.errors import NotEstimable


def gwet_ac(
    unit: ArrayLike,
    value: ArrayLike,
    rater: ArrayLike | None = None,
    *,
    weighting: Weighting = "identity",
    scale: NDArray[Any] | None = None,
) -> Agreement:
    """Return AC1 (``identity``) or AC2 (other weights) with the linearised standard error (Gwet 2008; 2014, ch. 5).

    Vectors of one length, one judgement per row, missing judgements allowed. ``scale`` are all values that could be
    given: chance depends on how many there are. Refuses one rater, no unit with two values, and a scale of one value.
    """
    given = judgements(unit, value, rater, paired=False)
    full = given.scale if scale is None else np.unique(np.concatenate([np.asarray(scale), given.scale]))
    size = len(full)
    if size < 2:
        raise NotEstimable(
            "Every judgement is the same value; name the scale, or there is nothing to compare with."
        )
    weight = weights(full, weighting)
    counts = np.zeros((given.units, size))
    counts[:, np.searchsorted(full, given.scale)] = given.counts()
    judged = counts.sum(axis=1)
    pairs = judged > 1
    shares = counts / judged[:, None]
    prevalence = shares.mean(axis=0)
    scatter = float(weight.sum()) / (size * (size - 1))
    chance = scatter * float((prevalence * (1 - prevalence)).sum())
    agreed = np.zeros(given.units)
    agreed[pairs] = agreeing(counts[pairs], weight) / (judged[pairs] * (judged[pairs] - 1))
    observed = float(agreed[pairs].mean())
    estimate = (observed - chance) / (1 - chance)
    lean = np.where(pairs, given.units / pairs.sum() * (agreed - chance) / (1 - chance), 0.0)
    drift = scatter * (shares * (1 - prevalence)).sum(axis=1)
    effect = lean - 2 * (1 - estimate) * (drift - chance) / (1 - chance)
    spread = float(((effect - estimate) ** 2).sum())
    units = given.units
    return Agreement(
        estimate=estimate,
        n=len(given),
        units=units,
        raters=given.raters,
        method="Gwet's AC1" if weighting == "identity" else f"Gwet's AC2, {weighting} weights",
        observed=observed,
        chance=chance,
        se=float(np.sqrt(spread / (units * (units - 1)))) if units > 1 else None,
        missing=given.missing,
    )
