"""The three ways of putting ratings beside rankings: the same rater, every two raters, and means."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from annotation.statistics.bootstrap import DEFAULT, Interval, bounds, resamples_for, stratified, stream
from annotation.statistics.consistency.tables import consistent_share, cross_table
from annotation.statistics.consistency.votes import (
    Rows,
    Votes,
    both_votes,
    decide,
    other_votes,
    pairs_within,
)
from annotation.statistics.errors import NotEstimable
from annotation.statistics.rows import BoolArray, FloatArray, IntArray

Redo = Callable[[FloatArray, FloatArray], FloatArray]
SWAP = np.array([1, 0, 2])


@dataclass(frozen=True, eq=False)
class Matched:
    """Pairs that both protocols speak about; one row per word of the ratings on one pair.

    ``cross[r, flip, o]`` counts the words of the rankings that row r meets, by outcome; ``used_ratings`` and
    ``used_other`` mark the rows of the files that take part. ``redo(item weights, rater weights)`` returns
    the 3 × 3 table, as ``cross_table`` has it, with items and raters counted so often.
    """

    pair: IntArray
    item: IntArray
    outcome: IntArray
    gap: FloatArray
    cross: FloatArray
    used_ratings: BoolArray
    used_other: BoolArray
    redo: Redo
    work: int

    @property
    def total(self) -> FloatArray:
        """How many words each row meets."""
        return np.asarray(self.cross.sum(axis=(1, 2)))

    @property
    def agreeing(self) -> FloatArray:
        """How many of the words that each row meets say the same."""
        return np.asarray(self.cross.sum(axis=1)[np.arange(len(self.outcome)), self.outcome])


def match_within(rows: Rows, margin: float) -> Matched:
    """Match each rater's ratings with the same rater's rankings."""
    mine, theirs = both_votes(rows, margin)
    size = len(rows.raters)
    _, i, j = np.intersect1d(
        mine.pair * size + mine.rater,
        theirs.pair * size + theirs.rater,
        assume_unique=True,
        return_indices=True,
    )
    cross = np.zeros((len(i), 2, 3))
    cross[np.arange(len(i)), theirs.flip[j], theirs.outcome[j]] = 1
    item, rater = rows.item_of[mine.pair[i] // len(rows.item_of)], mine.rater[i]
    place = _place(mine.outcome[i], theirs.outcome[j], theirs.flip[j])

    def redo(items: FloatArray, raters: FloatArray) -> FloatArray:
        return _table(place, items[item] * raters[rater])

    return Matched(
        mine.pair[i],
        item,
        mine.outcome[i],
        mine.gap[i],
        cross,
        _marked(len(rows.score), mine, i),
        _marked(len(rows.other_rater), theirs, j),
        redo,
        len(i),
    )


def match_individual(rows: Rows, margin: float) -> Matched:
    """Match every rater's ratings of a pair with every rater's rankings of it."""
    mine, theirs = both_votes(rows, margin)
    common = np.intersect1d(mine.pair, theirs.pair)
    i, j = np.flatnonzero(np.isin(mine.pair, common)), np.flatnonzero(np.isin(theirs.pair, common))
    at, to = np.searchsorted(common, mine.pair[i]), np.searchsorted(common, theirs.pair[j])
    answered = (to * 2 + theirs.flip[j]) * 3 + theirs.outcome[j]
    count = np.bincount(answered, minlength=6 * len(common))
    item_of = rows.item_of[common // len(rows.item_of)]
    said = at * 3 + mine.outcome[i]
    rater, other = mine.rater[i], theirs.rater[j]

    def redo(items: FloatArray, raters: FloatArray) -> FloatArray:
        ours = np.bincount(said, weights=raters[rater], minlength=3 * len(common)).reshape(-1, 3)
        others = np.bincount(answered, weights=raters[other], minlength=6 * len(common)).reshape(-1, 2, 3)
        weighed = ours.T * items[item_of]
        table: FloatArray = weighed @ others[:, 0] + (weighed @ others[:, 1])[SWAP][:, SWAP]
        return table

    return Matched(
        mine.pair[i],
        item_of[at],
        mine.outcome[i],
        mine.gap[i],
        count.reshape(-1, 2, 3)[at].astype(np.float64),
        _marked(len(rows.score), mine, i),
        _marked(len(rows.other_rater), theirs, j),
        redo,
        len(i) + len(j),
    )


def match_aggregated(rows: Rows, margin: float) -> Matched:
    """Match the mean score of each response with its mean rank, or with the net vote of each pair."""
    cells = len(rows.item_of)
    rated = np.bincount(rows.rating_cell, minlength=cells) > 0
    if rows.ranking_cell is not None and rows.rank is not None:
        both = np.flatnonzero(rated & (np.bincount(rows.ranking_cell, minlength=cells) > 0))
        one, two = pairs_within(rows.item_of[both], both)
        low, high = both[one], both[two]
        flip = np.zeros(len(low), dtype=np.int64)
        ranking_cell, rank, ranker = rows.ranking_cell, rows.rank, rows.other_rater

        def net(raters: FloatArray) -> tuple[FloatArray, BoolArray]:
            mean = _means(ranking_cell, rank, raters[ranker], cells)
            ahead = mean[high] - mean[low]
            return np.nan_to_num(ahead), np.isfinite(ahead)
    else:
        theirs = other_votes(rows)
        pairs, first, to = np.unique(theirs.pair, return_index=True, return_inverse=True)
        keep = rated[pairs // cells] & rated[pairs % cells]
        low, high, flip = pairs[keep] // cells, pairs[keep] % cells, theirs.flip[first][keep]
        sign = np.array([1.0, -1.0, 0.0])[theirs.outcome]

        def net(raters: FloatArray) -> tuple[FloatArray, BoolArray]:
            weight = raters[theirs.rater]
            votes = np.bincount(to, weights=weight * sign, minlength=len(pairs))[keep]
            return votes.astype(np.float64), np.bincount(to, weights=weight, minlength=len(pairs))[keep] > 0

    def sides(raters: FloatArray) -> tuple[FloatArray, IntArray, IntArray, BoolArray]:
        mean = _means(rows.rating_cell, rows.score, raters[rows.rating_rater], cells)
        ahead = mean[low] - mean[high]
        votes, there = net(raters)
        there &= np.isfinite(ahead)
        ahead = np.nan_to_num(ahead)
        return np.abs(ahead), decide(ahead, margin), decide(votes), there

    gap, outcome, answer, _ = sides(np.ones(len(rows.raters)))
    item = rows.item_of[low]

    def redo(items: FloatArray, raters: FloatArray) -> FloatArray:
        _, mine, theirs, there = sides(raters)
        return _table(_place(mine, theirs, flip), items[item] * there)

    cross = np.zeros((len(low), 2, 3))
    cross[np.arange(len(low)), flip, answer] = 1
    matched = np.zeros(cells, dtype=bool)
    matched[low] = matched[high] = True
    if rows.ranking_cell is not None:
        used = matched[rows.ranking_cell]
    else:
        used = np.isin(other_votes(rows).pair, low * cells + high)
    return Matched(
        low * cells + high,
        item,
        outcome,
        gap,
        cross,
        matched[rows.rating_cell],
        used,
        redo,
        len(rows.score) + len(rows.other_rater),
    )


def _place(mine: IntArray, theirs: IntArray, flip: IntArray) -> IntArray:
    """Return each word's place in the table's nine, with a and b as the file of the rankings names them."""
    turned = flip == 1
    places: IntArray = np.where(turned, SWAP[mine], mine) * 3 + np.where(turned, SWAP[theirs], theirs)
    return places


def _table(place: IntArray, weight: FloatArray) -> FloatArray:
    return np.bincount(place, weights=weight, minlength=9).astype(np.float64).reshape(3, 3)


def _means(cell: IntArray, value: FloatArray, weight: FloatArray, cells: int) -> FloatArray:
    count = np.bincount(cell, weights=weight, minlength=cells)
    total = np.bincount(cell, weights=weight * value, minlength=cells)
    means: FloatArray = np.divide(total, count, out=np.full(cells, np.nan), where=count > 0)
    return means


def _marked(size: int, votes: Votes, which: IntArray) -> BoolArray:
    mark = np.zeros(size, dtype=bool)
    mark[votes.one[which]] = mark[votes.two[which]] = True
    return mark


@dataclass(frozen=True)
class Drawn:
    """A table (3 × 3) per draw, and how many items and raters were drawn."""

    tables: FloatArray
    clusters: tuple[int, int]
    seed: int

    def interval(
        self, figure: Callable[[FloatArray], FloatArray], table: FloatArray, level: float = DEFAULT
    ) -> Interval:
        """Return the interval of ``figure``, which takes tables (…, 3, 3), around its value for ``table``.

        Means over raters drawn again tie less often than means over all of them, so that the draws may lie to one
        side of the estimate: the interval is then widened up to the estimate, and its notes say so.
        """
        estimate = float(figure(np.asarray(table, dtype=np.float64)[None])[0])
        if not np.isfinite(estimate):
            raise NotEstimable("The pairs do not support this figure.")
        draws = figure(self.tables)
        se, low, high = bounds(draws, level)
        notes = () if low <= estimate <= high else (_widened(low, high),)
        failed = int((~np.isfinite(draws)).sum())
        low, high = min(low, estimate), max(high, estimate)
        return Interval(estimate, se, low, high, level, len(draws), failed, self.clusters, self.seed, notes)


def _widened(low: float, high: float) -> str:
    return (
        f"The draws lie to one side of the estimate ({low:.4f} to {high:.4f}); the interval was widened to hold it "
        "and is only rough."
    )


def draw_tables(rows: Rows, matched: Matched, *, resamples: int | None, seed: int) -> Drawn:
    """Return the table again and again, with items and raters drawn again.

    Raters are drawn among those with the same task (only ratings, only rankings, both), as the design fixed how many
    of each there are. Refuses one item with one rater: then nothing varies.
    """
    items = np.unique(matched.item)
    rates = np.bincount(rows.rating_rater[matched.used_ratings], minlength=len(rows.raters)) > 0
    ranks = np.bincount(rows.other_rater[matched.used_other], minlength=len(rows.raters)) > 0
    task = rates + 2 * ranks.astype(np.int64)
    people = [int((task == kind).sum()) for kind in (1, 2, 3)]
    if len(items) < 2 and max(people) < 2:
        raise NotEstimable("There is one item and one rater, so drawing them again says nothing.")
    resamples = resamples_for(matched.work * 2) if resamples is None else resamples
    weights = np.zeros(len(rows.items))
    tables = np.empty((max(resamples, 2), 3, 3))
    item_draws = stratified(np.zeros(len(items), dtype=np.int64), len(tables), stream(seed, 0))
    rater_draws = stratified(task, len(tables), stream(seed, 1))
    for i, (of_items, of_raters) in enumerate(zip(item_draws, rater_draws, strict=True)):
        weights[items] = of_items
        tables[i] = matched.redo(weights, of_raters)
    return Drawn(tables, (len(items), sum(people)), seed)


def draw_again(
    rows: Rows, matched: Matched, *, resamples: int | None, seed: int, level: float = DEFAULT
) -> Interval:
    """Return the interval of the consistency with items and raters drawn again, as ``draw_tables`` draws them."""
    table = cross_table(matched.outcome, matched.cross)
    return draw_tables(rows, matched, resamples=resamples, seed=seed).interval(
        consistent_share, table.astype(np.float64), level
    )


MATCHERS: dict[str, Callable[[Rows, float], Matched]] = {
    "within": match_within,
    "individual": match_individual,
    "aggregated": match_aggregated,
}
