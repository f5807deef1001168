"""Ratings made ready for a Rasch fit: whole categories, no extreme elements, everything comparable."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from annotation.statistics.errors import NotEstimable
from annotation.statistics.rows import BoolArray, IntArray, Ratings


@dataclass(frozen=True, eq=False)
class Facet:
    """One way to group the ratings: ``codes`` point into ``labels``."""

    name: str
    codes: IntArray
    labels: tuple[str, ...]

    def kept(self, mask: BoolArray) -> "Facet":
        """Return the facet of the ratings in ``mask``, without labels that no longer occur."""
        present, codes = np.unique(self.codes[mask], return_inverse=True)
        return Facet(self.name, codes.astype(np.int64), tuple(self.labels[code] for code in present))


@dataclass(frozen=True, eq=False)
class Table:
    """``category`` counts from 0 within the threshold group; ``steps`` is each group's highest category."""

    category: IntArray
    score: IntArray
    target: Facet
    facets: tuple[Facet, ...]
    group: Facet
    steps: IntArray
    lowest: IntArray
    aside: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.category)


def prepare(
    ratings: Ratings,
    *,
    target: str,
    facets: tuple[str, ...],
    thresholds: Literal["shared", "per_dimension"],
    keep_extreme_targets: bool,
) -> Table:
    """Return the table; sets extreme elements aside until none is left.

    Refuses scores that are not whole numbers, a facet of one element (there is nothing to compare it with), and a
    category between others that nobody uses.
    """
    if not len(ratings):
        raise NotEstimable("There are no ratings.")
    if (ratings.score != ratings.score.round()).any():
        raise NotEstimable("Rasch models need whole-number scores.")
    if target in facets or len(set(facets)) < len(facets):
        raise ValueError("the target and the facets must be different")
    score = ratings.score.astype(np.int64)
    by = Facet("all", np.zeros(len(score), np.int64), ("all",))
    if thresholds == "per_dimension":
        by = _facet(ratings, "dimension")
    everything = np.ones(len(score), dtype=np.bool_)
    found = tuple(_facet(ratings, name).kept(everything) for name in facets)
    empty = np.zeros(0, np.int64)
    table = Table(score, score, _facet(ratings, target), found, by, empty, empty)
    table = _part(table, everything, ())
    while True:
        gone, names = _extremes(table, keep_extreme_targets)
        if not gone.any():
            break
        if gone.all():
            raise NotEstimable("All ratings come from elements with only lowest or only highest scores.")
        table = _part(table, ~gone, names)
    if len(table.target.labels) < 2:
        raise NotEstimable(f"Fewer than two {target}s have scores that differ.")
    for facet in table.facets:
        if len(facet.labels) < 2:
            raise NotEstimable(
                f"There is one {facet.name} whose scores differ; with nobody to compare, its severity means nothing."
            )
    _refuse_gaps(table)
    return table


def _facet(ratings: Ratings, name: str) -> Facet:
    if name == "rater":
        return Facet(name, ratings.rater, ratings.raters)
    if name == "item":
        return Facet(name, ratings.item, ratings.items)
    if name == "stimulus":
        return Facet(name, ratings.stimulus, ratings.stimuli)
    if name != "dimension":
        raise ValueError(f"{name} is no facet; there are item, stimulus, rater and dimension")
    if ratings.dimension is None:
        raise NotEstimable("The ratings have no dimensions.")
    return Facet(name, ratings.dimension, ratings.dimensions)


def _part(table: Table, mask: BoolArray, names: tuple[str, ...]) -> Table:
    group, score = table.group.kept(mask), table.score[mask]
    lowest = np.full(len(group.labels), np.iinfo(np.int64).max)
    highest = np.full(len(group.labels), np.iinfo(np.int64).min)
    np.minimum.at(lowest, group.codes, score)
    np.maximum.at(highest, group.codes, score)
    return replace(
        table,
        category=score - lowest[group.codes],
        score=score,
        target=table.target.kept(mask),
        facets=tuple(facet.kept(mask) for facet in table.facets),
        group=group,
        steps=highest - lowest,
        lowest=lowest,
        aside=(*table.aside, *names),
    )


def _extremes(table: Table, keep_targets: bool) -> tuple[BoolArray, tuple[str, ...]]:
    gone = table.steps[table.group.codes] == 0
    names = [f"{table.group.name} {table.group.labels[code]}" for code in np.flatnonzero(table.steps == 0)]
    for facet in (*(() if keep_targets else (table.target,)), *table.facets):
        total = np.bincount(facet.codes, table.category)
        most = np.bincount(facet.codes, table.steps[table.group.codes])
        extreme = (total == 0) | (total == most)
        gone |= extreme[facet.codes]
        names += [f"{facet.name} {facet.labels[code]}" for code in np.flatnonzero(extreme)]
    return gone, tuple(dict.fromkeys(names))


def _refuse_gaps(table: Table) -> None:
    for code, label in enumerate(table.group.labels):
        used = np.bincount(table.category[table.group.codes == code], minlength=int(table.steps[code]) + 1)
        if not used.all():
            score = int(table.lowest[code] + np.flatnonzero(used == 0)[0])
            where = "" if label == "all" else f" of {label}"
            raise NotEstimable(f"Nobody gave the score {score}{where}; merge it with a neighbour first.")
