"""Many-facet Rasch: what is measured, freed from how severe each rater and how hard each dimension is."""

from annotation.statistics.rasch.estimates import FacetEstimate, RaschEstimate
from annotation.statistics.rasch.fit import fit_rasch

__all__ = ["FacetEstimate", "RaschEstimate", "fit_rasch"]
