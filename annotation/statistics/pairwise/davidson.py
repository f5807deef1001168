"""Davidson's model of ties: a wins, ties, b wins as ``π_a : δ·√(π_a·π_b) : π_b``."""

from annotation.statistics.pairwise.counts import Counts
from annotation.statistics.pairwise.covariates import Covariates
from annotation.statistics.pairwise.estimate import Estimate
from annotation.statistics.pairwise.inference import Inference, estimate, estimate_from_counts
from annotation.statistics.pairwise.links import Adjacent
from annotation.statistics.pairwise.prior import Prior
from annotation.statistics.rows import Comparisons


def davidson(
    comparisons: Comparisons, how: Inference | None = None, *, covariates: Covariates | None = None
) -> Estimate:
    """Return Davidson's log-worths and the coefficient ``tie`` = δ (Davidson 1970; see ``Inference`` for ``how``).

    Equal systems tie with chance δ/(2+δ). Without a single tie δ is 0 and the model is Bradley–Terry; the
    coefficient is then absent. Refuses as ``bradley_terry`` does; ties connect systems as wins do.
    """
    return estimate(comparisons, "davidson", Adjacent, how or Inference(), covariates=covariates)


def davidson_from_counts(counts: Counts, *, prior: Prior | None = None, level: float = 0.95) -> Estimate:
    """Return Davidson's log-worths of count matrices; intervals take every comparison as independent."""
    return estimate_from_counts(counts, "davidson", Adjacent, prior=prior, level=level)
