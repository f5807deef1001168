"""R3's other figures of consistency with intervals: decisive pairs only, half credit for one-sided ties, kappa."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from annotation.protocols.experiments.numbers import interval, safely
from annotation.protocols.experiments.plan import Plan

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
    figures: dict[str, Callable[[FloatArray], float]] = {
        "consistency": _consistent,
        "decisive": _decisive,
        "half_credit": _half,
        "kappa": _kappa,
    }
    return {name: safely(_drawn, tables, figure, plan) for name, figure in figures.items()}


def _drawn(tables: "FloatArray", figure: "Callable[[FloatArray], float]", plan: Plan) -> dict[str, Any]:
    from annotation.statistics.bootstrap import cluster_bootstrap

    drawn = cluster_bootstrap(
        lambda weight: figure(np.tensordot(weight, tables, axes=1)),
        [np.arange(len(tables))],
        resamples=plan.resamples,
        seed=plan.seed,
        level=plan.confidence,
    )
    return interval(drawn.estimate, drawn.low, drawn.high, items=len(tables))


def _consistent(table: "FloatArray") -> float:
    return _share(np.trace(table), table.sum())


def _decisive(table: "FloatArray") -> float:
    return _share(table[0, 0] + table[1, 1], table[:2, :2].sum())


def _half(table: "FloatArray") -> float:
    return _share(np.trace(table) + (table[2, :2].sum() + table[:2, 2].sum()) / 2, table.sum())


def _kappa(table: "FloatArray") -> float:
    total = table.sum()
    if not total:
        return float("nan")
    chance = float(table.sum(axis=0) @ table.sum(axis=1)) / total**2
    return (float(np.trace(table)) / total - chance) / (1 - chance) if chance < 1 else float("nan")


def _share(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else float("nan")
