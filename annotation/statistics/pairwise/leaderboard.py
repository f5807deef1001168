"""A leaderboard from counts alone: ratings, intervals of ratings and ranks, and the record each system has."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from annotation.statistics.pairwise.bradley_terry import bradley_terry_from_counts
from annotation.statistics.pairwise.counts import Counts
from annotation.statistics.pairwise.davidson import davidson_from_counts
from annotation.statistics.pairwise.estimate import Estimate
from annotation.statistics.pairwise.prior import Prior
from annotation.statistics.pairwise.rao_kupper import rao_kupper_from_counts
from annotation.statistics.rows import Comparisons, FloatArray

Model = Literal["davidson", "rao_kupper", "bradley_terry"]
MODELS = {
    "davidson": davidson_from_counts,
    "rao_kupper": rao_kupper_from_counts,
    "bradley_terry": bradley_terry_from_counts,
}


@dataclass(frozen=True)
class Place:
    """One system: ``rating`` in chess points with its interval, its rank's interval, and its record.

    ``win_rate`` counts a tie as half; it depends on whom the system met, which the rating does not.
    """

    label: str
    rank: int
    rank_low: int
    rank_high: int
    rating: float
    low: float
    high: float
    wins: float
    losses: float
    ties: float
    win_rate: float


@dataclass(frozen=True, eq=False)
class Leaderboard:
    """``places``, best first, and the ``estimate`` they are read from."""

    places: tuple[Place, ...]
    estimate: Estimate

    def as_json(self) -> dict[str, Any]:
        """Return the places as plain values, with the method, the interval in words and the notes."""
        told = self.estimate
        return {
            "method": told.method,
            "n": told.n,
            "level": told.level,
            "interval": told.interval,
            "prior": told.prior,
            "notes": list(told.notes),
            "places": [vars(place).copy() for place in self.places],
        }


def leaderboard(
    counts: Counts,
    *,
    model: Model = "davidson",
    prior: Prior | None = None,
    level: float = 0.95,
    initial: float = 1000.0,
    scale: float = 400.0,
) -> Leaderboard:
    """Return the systems of ``counts`` by worth under ``model``; ``scale`` points are odds of ten to one.

    It takes milliseconds whatever was counted, so it can be made again with every judgement. Who judged is not in
    counts: the intervals take every comparison as independent and are too narrow where annotators or items repeat.
    For a published order fit the comparisons themselves, with clusters, and pass the estimate to ``places``.
    Refuses as ``bradley_terry`` does.
    """
    if model not in get_args(Model):
        raise ValueError(f"{model} is no model of a leaderboard; there are {', '.join(MODELS)}")
    return places(MODELS[model](counts, prior=prior, level=level), counts, initial=initial, scale=scale)


def places(
    estimate: Estimate, counts: Counts, *, initial: float = 1000.0, scale: float = 400.0
) -> Leaderboard:
    """Return the leaderboard of an estimate, however it was made, with the record in ``counts`` of the same systems."""
    if estimate.labels != counts.labels:
        raise ValueError("the estimate and the counts are of other systems")
    unit = scale / np.log(10)
    wins, losses, ties = counts.wins.sum(axis=1), counts.wins.sum(axis=0), counts.ties.sum(axis=1)
    games = np.maximum(wins + losses + ties, 1)  # with a prior, a system may be there that met nobody
    rate = np.where(wins + losses + ties > 0, (wins + ties / 2) / games, 0.5)
    order = sorted(range(len(estimate.labels)), key=lambda i: (-estimate.worth[i], estimate.labels[i]))
    listed = tuple(
        Place(
            estimate.labels[i], estimate.rank[i], estimate.rank_low[i], estimate.rank_high[i],
            *(float(initial + unit * one[i]) for one in (estimate.worth, estimate.low, estimate.high)),
            *(float(one[i]) for one in (wins, losses, ties, rate)),
        )
        for i in order
    )  # fmt: skip
    return Leaderboard(listed, estimate)


def with_more(counts: Counts, more: Comparisons) -> Counts:
    """Return ``counts`` with the rows of ``more`` counted too; systems not seen before come last.

    Adding the newest judgements to yesterday's counts is how a leaderboard stays current without reading every row.
    """
    labels = (*counts.labels, *sorted(set(more.stimuli) - set(counts.labels)))
    k = len(labels)
    wins, ties = np.zeros((k, k)), np.zeros((k, k))
    old = len(counts.labels)
    wins[:old, :old], ties[:old, :old] = counts.wins, counts.ties
    place = np.array([labels.index(label) for label in more.stimuli], np.int64)
    a, b = place[more.a], place[more.b]
    for outcome, winner, loser in ((1, a, b), (-1, b, a)):
        wins += _times(winner, loser, more.outcome == outcome, k)
    tied = _times(a, b, more.outcome == 0, k)
    return Counts(labels, wins, ties + tied + tied.T)


def _times(first: Any, second: Any, rows: Any, k: int) -> FloatArray:
    found: FloatArray = np.bincount(first[rows] * k + second[rows], minlength=k * k).astype(np.float64)
    return found.reshape(k, k)
