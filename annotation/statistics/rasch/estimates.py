"""The results of a many-facet Rasch fit."""

from collections.abc import Mapping
from dataclasses import dataclass

from annotation.statistics.estimate import Estimate
from annotation.statistics.rows import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class FacetEstimate(Estimate):
    """One facet's elements in logits, with how well their ratings fit.

    Of the target more is better; of every other facet more is more severe (harder). ``infit`` and ``outfit`` are
    mean squares, about 1; .5 to 1.5 is fit for measurement (a marginal fit shrinks targets towards their mean, so
    its mean squares move less: look at those of a joint fit too). ``reliability`` is the share of the estimates'
    variance that is not error.
    """

    name: str
    labels: tuple[str, ...]
    estimate: FloatArray
    se: FloatArray
    low: FloatArray
    high: FloatArray
    infit: FloatArray
    outfit: FloatArray
    n: IntArray
    reliability: float

    def misfits(self, low: float = 0.5, high: float = 1.5) -> tuple[str, ...]:
        """Return the labels whose infit or outfit is outside ``low`` … ``high``."""
        odd = (self.infit < low) | (self.infit > high) | (self.outfit < low) | (self.outfit > high)
        return tuple(label for label, out in zip(self.labels, odd, strict=True) if out)


@dataclass(frozen=True, eq=False)
class RaschEstimate(Estimate):
    """A fitted model. ``thresholds`` and their ``thresholds_se`` by group (a dimension, or ``all``), summing to 0.

    ``categories`` are each group's scores, lowest first; ``mean`` and ``sd`` describe the target's distribution
    (marginal fits only); ``aside`` names elements with only lowest or only highest scores, which have no estimate.
    """

    target: FacetEstimate
    facets: tuple[FacetEstimate, ...]
    thresholds: Mapping[str, FloatArray]
    thresholds_se: Mapping[str, FloatArray]
    categories: Mapping[str, tuple[int, ...]]
    mean: float | None
    sd: float | None
    log_likelihood: float
    n: int
    aside: tuple[str, ...]
    level: float
    method: str

    def facet(self, name: str) -> FacetEstimate:
        """Return the facet called ``name``, the target included."""
        return next(facet for facet in (self.target, *self.facets) if facet.name == name)
