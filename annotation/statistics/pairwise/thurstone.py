"""Thurstone's case V: each system has a normal liking of one variance, and the likings of a pair are compared."""

from annotation.statistics.pairwise.covariates import Covariates
from annotation.statistics.pairwise.estimate import Estimate
from annotation.statistics.pairwise.inference import Inference, estimate
from annotation.statistics.pairwise.links import Cumulative
from annotation.statistics.rows import Comparisons, FloatArray


def thurstone(
    comparisons: Comparisons, how: Inference | None = None, *, covariates: Covariates | None = None
) -> Estimate:
    """Return case V worths: ``P(a beats b) = Φ(worth_a − worth_b)`` (Thurstone 1927; see ``Inference``).

    The unit is √2 standard deviations of one system's liking, so worths are not log odds; about 1.6 times them are.
    A tie is a difference under a threshold (Glenn and David 1960). Refuses as ``bradley_terry`` does.
    """
    return estimate(comparisons, "thurstone", _normal, how or Inference(), covariates=covariates)


def _normal(levels: FloatArray) -> Cumulative:
    return Cumulative(levels, "normal")
