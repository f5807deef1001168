"""What each rater's ratings and rankings say about each pair of responses, in codes that both protocols share."""

from dataclasses import dataclass, replace

import numpy as np

from annotation.statistics.errors import NotEstimable
from annotation.statistics.rows import Comparisons, FloatArray, IntArray, Rankings, Ratings

A, B, TIE = 0, 1, 2
MOST_PAIRS = 50_000_000
SLACK = 1e-9  # means of scores are equal, or exactly a margin apart, in spite of binary fractions


@dataclass(frozen=True, eq=False)
class Rows:
    """Both protocols' rows in shared codes: ``cell`` is one response of one item, ``item_of`` a cell's item.

    Pairwise comparisons are here once per rater and pair; ``vote_of`` is the place of each row of the file among them.
    """

    items: tuple[str, ...]
    raters: tuple[str, ...]
    item_of: IntArray
    rating_cell: IntArray
    rating_rater: IntArray
    score: FloatArray
    other_rater: IntArray
    ranking_cell: IntArray | None = None
    rank: FloatArray | None = None
    first_cell: IntArray | None = None
    second_cell: IntArray | None = None
    outcome: IntArray | None = None
    vote_of: IntArray | None = None


@dataclass(frozen=True, eq=False)
class Votes:
    """One rater's word on one pair per row: ``pair`` = lower cell × cells + higher cell, ``outcome`` A is the lower.

    ``gap`` is how far apart the two are in the protocol's own unit; ``flip`` where the file names the higher cell as
    a; ``one`` and ``two`` are the rows of the file that the word follows from.
    """

    pair: IntArray
    rater: IntArray
    outcome: IntArray
    gap: FloatArray
    flip: IntArray
    one: IntArray
    two: IntArray


def one_each(pairs: Comparisons) -> tuple[Comparisons, IntArray]:
    """Return one row per rater, item and pair, and for each row of ``pairs`` the one it went into.

    Somebody who met a pair several times, as in sets that overlap, has one vote on it: the sign of the sum. The order
    is that of the first rows, whose a and b stay.
    """
    low, high = np.minimum(pairs.a, pairs.b), np.maximum(pairs.a, pairs.b)
    kinds, pair = np.unique(low * max(len(pairs.stimuli), 1) + high, return_inverse=True)
    key = (pairs.item * max(len(pairs.raters), 1) + pairs.rater) * max(len(kinds), 1) + pair
    _, first, place = np.unique(key, return_index=True, return_inverse=True)
    if len(first) == len(pairs):
        return pairs, np.arange(len(pairs))
    order = np.argsort(first)
    into = np.argsort(order)[place]
    net = np.sign(np.bincount(into, weights=np.where(pairs.a == low, pairs.outcome, -pairs.outcome)))
    kept = pairs.take(first[order])
    turned = np.where(kept.a <= kept.b, net, -net).astype(np.int64)
    return replace(kept, outcome=turned), into


def shared(ratings: Ratings, other: Rankings | Comparisons) -> Rows:
    """Return the rows of both with items, raters and responses coded alike, by their labels."""
    vote_of = None
    if isinstance(other, Comparisons):
        other, vote_of = one_each(other)
    items, (item_r, item_o) = _union(ratings.items, other.items)
    raters, (rater_r, rater_o) = _union(ratings.raters, other.raters)
    stimuli, (stimulus_r, stimulus_o) = _union(ratings.stimuli, other.stimuli)
    width = max(len(stimuli), 1)
    mine = item_r[ratings.item] * width + stimulus_r[ratings.stimulus]
    base = item_o[other.item] * width
    if isinstance(other, Rankings):
        theirs = [base + stimulus_o[other.stimulus]]
    else:
        theirs = [base + stimulus_o[other.a], base + stimulus_o[other.b]]
    labels, place = np.unique(np.concatenate([mine, *theirs]), return_inverse=True)
    place = place.astype(np.int64)
    rest = place[len(mine) :]
    rows = Rows(
        items=items,
        raters=raters,
        item_of=labels // width,
        rating_cell=place[: len(mine)],
        rating_rater=rater_r[ratings.rater],
        score=ratings.score,
        other_rater=rater_o[other.rater],
    )
    if isinstance(other, Rankings):
        return replace(rows, ranking_cell=rest, rank=other.rank)
    half = len(rest) // 2
    return replace(
        rows, first_cell=rest[:half], second_cell=rest[half:], outcome=other.outcome, vote_of=vote_of
    )


def _union(*labels: tuple[str, ...]) -> tuple[tuple[str, ...], list[IntArray]]:
    every = tuple(sorted(set().union(*labels)))
    place = {label: code for code, label in enumerate(every)}
    return every, [np.array([place[label] for label in some], dtype=np.int64) for some in labels]


def pairs_within(group: IntArray, cell: IntArray) -> tuple[IntArray, IntArray]:
    """Return the rows of every pair of different cells within each group, the lower cell first."""
    order = np.lexsort((cell, group))
    place, count = np.unique(group, return_counts=True)
    total = int((count * (count - 1) // 2).sum())
    if total > MOST_PAIRS:
        raise NotEstimable(
            f"The rows make {total} pairs within one item and rater; are the items' ids right?"
        )
    sorted_group = group[order]
    ones, twos = [], []
    for step in range(1, int(count.max(initial=1))):
        start = np.flatnonzero(sorted_group[:-step] == sorted_group[step:])
        ones.append(order[start])
        twos.append(order[start + step])
    if not ones:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    return np.concatenate(ones), np.concatenate(twos)


def decide(ahead: FloatArray, margin: float = 0.0) -> IntArray:
    """Return A where the first is ahead by more than ``margin``, B where the second is, TIE between."""
    return np.where(np.abs(ahead) <= margin + SLACK, TIE, np.where(ahead > 0, A, B)).astype(np.int64)


def both_votes(rows: Rows, margin: float) -> tuple[Votes, Votes]:
    """Return the votes of the ratings and those of the rankings.

    A response compared with itself (two responses of one text, where texts are the ids) meets a tie in the ratings.
    """
    theirs = other_votes(rows)
    low, high = theirs.pair // len(rows.item_of), theirs.pair % len(rows.item_of)
    return rating_votes(rows, margin, np.unique(low[low == high])), theirs


def rating_votes(rows: Rows, margin: float, selves: IntArray) -> Votes:
    """Return the votes of ratings: the higher score is better, a distance of at most ``margin`` is a tie.

    ``selves`` are cells that are to meet themselves.
    """
    group = rows.item_of[rows.rating_cell] * len(rows.raters) + rows.rating_rater
    one, two = pairs_within(group, rows.rating_cell)
    if len(selves):
        twin = np.flatnonzero(np.isin(rows.rating_cell, selves))
        one, two = np.concatenate([one, twin]), np.concatenate([two, twin])
    ahead = rows.score[one] - rows.score[two]
    return _votes(rows, rows.rating_cell, rows.rating_rater, one, two, ahead, margin)


def other_votes(rows: Rows) -> Votes:
    """Return the votes of the rankings (the lower rank is better) or of the pairwise comparisons."""
    if rows.ranking_cell is not None and rows.rank is not None:
        group = rows.item_of[rows.ranking_cell] * len(rows.raters) + rows.other_rater
        one, two = pairs_within(group, rows.ranking_cell)
        ahead = rows.rank[two] - rows.rank[one]
        return _votes(rows, rows.ranking_cell, rows.other_rater, one, two, ahead, 0.0)
    assert rows.first_cell is not None and rows.second_cell is not None and rows.outcome is not None
    flip = rows.first_cell > rows.second_cell
    low, high = np.minimum(rows.first_cell, rows.second_cell), np.maximum(rows.first_cell, rows.second_cell)
    ahead = np.where(flip, -rows.outcome, rows.outcome).astype(np.float64)
    row = np.arange(len(low))
    return Votes(
        low * len(rows.item_of) + high,
        rows.other_rater,
        decide(ahead),
        np.abs(ahead),
        flip.astype(np.int64),
        row,
        row,
    )


def _votes(
    rows: Rows,
    cell: IntArray,
    rater: IntArray,
    one: IntArray,
    two: IntArray,
    ahead: FloatArray,
    margin: float,
) -> Votes:
    pair = cell[one] * len(rows.item_of) + cell[two]
    flip = np.zeros(len(one), dtype=np.int64)
    return Votes(pair, rater[one], decide(ahead, margin), np.abs(ahead), flip, one, two)
