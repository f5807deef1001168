"""Fleiss' kappa: any number of raters, the same number on every unit, nominal values."""

import numpy as np
from numpy.typing import ArrayLike

from annotation.statistics.agreement.estimate import Agreement
from annotation.statistics.agreement.judgements import judgements
from annotation.statistics.agreement.percent import agreeing
from annotation.statistics.errors import NotEstimable


def fleiss_kappa(unit: ArrayLike, value: ArrayLike, rater: ArrayLike | None = None) -> Agreement:
    """Return Fleiss' κ (Psychological Bulletin 1971) with its standard error under no agreement (Fleiss 1979).

    Vectors of one length, one judgement per row. Refuses units with different numbers of judgements (use
    Krippendorff's α or Gwet's AC1 there), one rater, and values without variation.
    """
    given = judgements(unit, value, rater, paired=False)
    counts = given.counts()
    sizes = counts.sum(axis=1)
    if (sizes != sizes[0]).any():
        reason = f"Units have from {int(sizes.min())} to {int(sizes.max())} judgements; Fleiss' kappa needs one number."
        raise NotEstimable(reason)
    if len(given.scale) < 2:
        raise NotEstimable("Every judgement is the same value: there is no variation to agree on.")
    size, total = float(sizes[0]), float(counts.sum())
    share = counts.sum(axis=0) / total
    observed = float(agreeing(counts, np.eye(len(share))).mean() / (size * (size - 1)))
    chance = float(share @ share)
    spread = float((share * (1 - share)).sum())
    skew = float((share * (1 - share) * (1 - 2 * share)).sum())
    se = np.sqrt(2 * (spread**2 - skew) / (given.units * size * (size - 1))) / spread
    return Agreement(
        estimate=(observed - chance) / (1 - chance),
        n=len(given),
        units=given.units,
        raters=given.raters,
        method="Fleiss' kappa",
        observed=observed,
        chance=chance,
        se=float(se),
        missing=given.missing,
    )
