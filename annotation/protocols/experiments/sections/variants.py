"""R3's other figures of consistency with intervals: decisive pairs only, half credit for one-sided ties, kappa."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _

from annotation.protocols.experiments.numbers import interval, safely
from annotation.protocols.experiments.plan import Plan
from annotation.statistics.errors import NotEstimable

if TYPE_CHECKING:
    from annotation.statistics.rows import Comparisons, FloatArray, Ratings


_SWAP = np.array([1, 0, 2])


def variants(rated: "Ratings", ranked: "Comparisons", pairing: Any, plan: Plan) -> dict[str, Any]:
    """Return each variant with an interval that draws items again; the tables of an item's pairs stay together."""
    from annotation.statistics.consistency.matching import MATCHERS
    from annotation.statistics.consistency.votes import shared

    matched = MATCHERS[pairing](shared(rated, ranked), plan.tie_margin)
    items, place = np.unique(matched.item, return_inverse=True)
    tables = np.zeros((len(items), 3, 3))
    # Where the file names the pair the other way round, a and b change places on both sides.
    np.add.at(tables, (place, matched.outcome), matched.cross[:, 0])
    np.add.at(tables, (place, _SWAP[matched.outcome]), matched.cross[:, 1][:, _SWAP])
    drawn = _drawn(tables, plan)
    figures: dict[str, Callable[[FloatArray], FloatArray]] = {
        "consistency": _consistent,
        "decisive": _decisive,
        "half_credit": _half,
        "kappa": _kappa,
    }
    return {name: safely(_told, figure, tables, drawn, plan) for name, figure in figures.items()}


def _drawn(tables: "FloatArray", plan: Plan) -> "FloatArray":
    """Return a table (3×3) per resample: the same draws of items for every figure."""
    from annotation.statistics.bootstrap import multiplicities

    weights = np.stack(list(multiplicities(len(tables), plan.resamples, plan.seed)))
    return (weights @ tables.reshape(len(tables), 9)).reshape(-1, 3, 3)


def _told(
    figure: "Callable[[FloatArray], FloatArray]", tables: "FloatArray", drawn: "FloatArray", plan: Plan
) -> dict[str, Any]:
    from annotation.statistics.bootstrap import bounds

    estimate = float(figure(tables.sum(axis=0)[None])[0])
    if not np.isfinite(estimate):
        raise NotEstimable(_("The pairs do not support this figure."))
    if len(tables) < 2:
        raise NotEstimable(_("Only one item: the spread between items is not known."))
    _se, low, high = bounds(figure(drawn), plan.confidence)
    return interval(estimate, low, high, items=len(tables))


# Each takes tables (…, 3, 3) with rows and columns a, b, tie; NaN where a table does not support it.


def _consistent(table: "FloatArray") -> "FloatArray":
    return _share(_diagonal(table), table.sum(axis=(1, 2)))


def _decisive(table: "FloatArray") -> "FloatArray":
    return _share(table[:, 0, 0] + table[:, 1, 1], table[:, :2, :2].sum(axis=(1, 2)))


def _half(table: "FloatArray") -> "FloatArray":
    one_sided = table[:, 2, :2].sum(axis=1) + table[:, :2, 2].sum(axis=1)
    return _share(_diagonal(table) + one_sided / 2, table.sum(axis=(1, 2)))


def _kappa(table: "FloatArray") -> "FloatArray":
    total = table.sum(axis=(1, 2))
    chance = _share((table.sum(axis=1) * table.sum(axis=2)).sum(axis=1), total**2)
    return _share(_share(_diagonal(table), total) - chance, 1 - chance)


def _diagonal(table: "FloatArray") -> "FloatArray":
    found: FloatArray = np.trace(table, axis1=1, axis2=2)
    return found


def _share(part: "FloatArray", whole: "FloatArray") -> "FloatArray":
    found: FloatArray = np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 1e-12)
    return found
