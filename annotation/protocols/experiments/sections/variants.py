"""R3's other figures of consistency with intervals: decisive pairs only, half credit for one-sided ties, kappa."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from annotation.protocols.experiments.numbers import interval, refused, safely
from annotation.protocols.experiments.plan import Plan
from annotation.statistics.errors import NotEstimable

if TYPE_CHECKING:
    from annotation.statistics.rows import Comparisons, FloatArray, Ratings


def variants(rated: "Ratings", ranked: "Comparisons", pairing: Any, plan: Plan) -> dict[str, Any]:
    """Return each variant with an interval at the plan's level that draws items and people again, as ``ci95`` does."""
    from annotation.statistics.consistency import tables
    from annotation.statistics.consistency.matching import MATCHERS, draw_tables
    from annotation.statistics.consistency.votes import shared

    rows = shared(rated, ranked)
    matched = MATCHERS[pairing](rows, plan.tie_margin)
    table = tables.cross_table(matched.outcome, matched.cross).astype(float)
    figures: dict[str, Callable[[FloatArray], FloatArray]] = {
        "consistency": tables.consistent_share,
        "decisive": tables.decisive_share,
        "half_credit": tables.half_credit,
        "kappa": tables.kappas,
    }

    try:
        again = draw_tables(rows, matched, resamples=plan.resamples, seed=plan.seed)
    except NotEstimable as error:
        return {name: refused(error.reason) for name in figures}

    def told(figure: "Callable[[FloatArray], FloatArray]") -> dict[str, Any]:
        found = again.interval(figure, table, plan.confidence)
        items, people = found.clusters
        return interval(
            found.estimate, found.low, found.high, level=found.level, items=items, people=people,
            notes=list(found.notes),
        )  # fmt: skip

    return {name: safely(told, figure) for name, figure in figures.items()}
