"""Elo ratings in the order given, with how much of them is that order: evalica's updates, replayed shuffled."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from annotation.statistics.pairwise.connectedness import require_connected
from annotation.statistics.pairwise.counts import Table, matrices, tabulate
from annotation.statistics.pairwise.ranks import ranks
from annotation.statistics.rows import Comparisons, FloatArray, IntArray

NOTE = (
    "Elo depends on the order of the comparisons; the span over shuffled orders is that dependence, "
    "not the uncertainty of the ratings. Publish Bradley–Terry or Davidson instead."
)


@dataclass(frozen=True, eq=False)
class Elo:
    """``rating`` after the comparisons in the order given; the rest is of the same comparisons shuffled.

    ``mean`` and ``sd`` over ``orders`` shuffles, ``least`` and ``most`` the lowest and highest rating any order gave,
    ``rank_low`` and ``rank_high`` the best and the worst rank. None of them is a confidence interval.
    """

    labels: tuple[str, ...]
    rating: FloatArray
    rank: tuple[int, ...]
    mean: FloatArray
    sd: FloatArray
    least: FloatArray
    most: FloatArray
    rank_low: tuple[int, ...]
    rank_high: tuple[int, ...]
    n: int
    k: float
    initial: float
    scale: float
    orders: int
    seed: int
    notes: tuple[str, ...] = (NOTE,)

    def as_json(self) -> dict[str, Any]:
        """Return plain numbers, texts and lists; the order of ``systems`` is that of ``labels``."""
        vectors = ("rating", "rank", "mean", "sd", "least", "most", "rank_low", "rank_high")
        return {
            "method": "elo",
            **{name: getattr(self, name) for name in ("n", "k", "initial", "scale", "orders", "seed")},
            "notes": list(self.notes),
            "labels": list(self.labels),
            "systems": [
                {"label": label}
                | {
                    name: int(column[i]) if name.startswith("rank") else float(column[i])
                    for name, column in ((name, getattr(self, name)) for name in vectors)
                }
                for i, label in enumerate(self.labels)
            ],
        }


def elo(
    comparisons: Comparisons,
    *,
    k: float = 4.0,
    initial: float = 1000.0,
    scale: float = 400.0,
    orders: int = 20,
    seed: int = 0,
) -> Elo:
    """Return Elo ratings (Elo 1978; a tie is half a win), one update of ``k`` points at most for each row in turn.

    ``scale`` points are odds of ten to one. ``orders`` shuffles of the same rows, drawn from ``seed``, say how far
    the ratings hang on the order alone. Refuses what ``bradley_terry`` refuses without a prior: between systems that
    no chain of wins and ties connects, a distance would be that of ``k`` and the number of rows.
    """
    if k <= 0 or scale <= 0 or not np.isfinite([k, initial, scale]).all():
        raise ValueError("k and scale are numbers above 0, and initial is a number")
    if orders < 2:
        raise ValueError("the dependence on order takes two orders at least")
    table = tabulate(comparisons)
    require_connected(matrices(table))
    random = np.random.Generator(np.random.PCG64(seed))

    def after(rows: IntArray) -> FloatArray:
        return _replayed(table, rows, k, initial, scale)

    given = np.arange(len(table.cell))
    shuffled = np.array([after(random.permutation(given)) for _ in range(orders)])
    rating = after(given)
    placed = np.array([ranks(one) for one in shuffled])
    return Elo(
        labels=table.labels, rating=rating, rank=ranks(rating), mean=shuffled.mean(axis=0),
        sd=shuffled.std(axis=0, ddof=1), least=shuffled.min(axis=0), most=shuffled.max(axis=0),
        rank_low=tuple(map(int, placed.min(axis=0))), rank_high=tuple(map(int, placed.max(axis=0))),
        n=table.n, k=k, initial=initial, scale=scale, orders=orders, seed=seed,
    )  # fmt: skip


def _replayed(table: Table, rows: IntArray, k: float, initial: float, scale: float) -> FloatArray:
    import evalica
    import pandas

    cell = table.cell[rows]
    said = {1: evalica.Winner.X, -1: evalica.Winner.Y, 0: evalica.Winner.Draw}
    winners = list(map(said.__getitem__, table.signs[cell].tolist()))
    index = pandas.RangeIndex(len(table.labels))
    found = evalica.elo(
        table.a[cell], table.b[cell], winners, index=index, initial=initial, base=10.0, scale=scale, k=k
    )
    ratings: FloatArray = found.scores.reindex(index).to_numpy(np.float64)
    return ratings
