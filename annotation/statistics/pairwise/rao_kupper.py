"""Rao and Kupper's model of ties: a wins with chance ``π_a/(π_a + θ·π_b)``, and who wins by less than log θ ties."""

from dataclasses import replace

import numpy as np

from annotation.statistics.pairwise.counts import Counts
from annotation.statistics.pairwise.covariates import Covariates
from annotation.statistics.pairwise.estimate import Coefficient, Estimate
from annotation.statistics.pairwise.inference import Inference, estimate, estimate_from_counts
from annotation.statistics.pairwise.links import Cumulative
from annotation.statistics.pairwise.prior import Prior
from annotation.statistics.rows import Comparisons


def rao_kupper(
    comparisons: Comparisons, how: Inference | None = None, *, covariates: Covariates | None = None
) -> Estimate:
    """Return Rao–Kupper log-worths and the coefficient ``tie`` = θ ≥ 1 (Rao and Kupper 1967).

    See ``Inference`` for ``how``. Equal systems tie with chance (θ−1)/(θ+1). Without a single tie θ is 1 and the
    model is Bradley–Terry; the coefficient is then absent. Refuses as ``bradley_terry`` does.
    """
    return _as_theta(
        estimate(comparisons, "rao_kupper", Cumulative, how or Inference(), covariates=covariates)
    )


def rao_kupper_from_counts(counts: Counts, *, prior: Prior | None = None, level: float = 0.95) -> Estimate:
    """Return Rao–Kupper log-worths of count matrices; intervals take every comparison as independent."""
    return _as_theta(estimate_from_counts(counts, "rao_kupper", Cumulative, prior=prior, level=level))


def _as_theta(found: Estimate) -> Estimate:
    """Return the estimate with the threshold told as θ, its exponential."""
    told = []
    for one in found.coefficients:
        if not one.name.startswith("threshold"):
            told.append(one)
            continue
        assert one.se is not None and one.low is not None and one.high is not None
        theta, low, high = map(float, np.exp([one.value, one.low, one.high]))
        told.append(Coefficient("tie", theta, theta * one.se, low, high))
    return replace(found, coefficients=tuple(told))
