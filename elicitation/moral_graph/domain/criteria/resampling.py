"""All methods on the same resamples of participants: how orders, winners and their agreement would have differed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import NamedTuple

import numpy as np

from elicitation.moral_graph.domain.criteria.intervals import Measured, spread_of
from elicitation.moral_graph.domain.criteria.leaking import edges_of, leaking_rank, opposite
from elicitation.moral_graph.domain.criteria.ordering import accord
from elicitation.moral_graph.domain.ranks import (
    SMALL,
    Blocks,
    blocks_of,
    bradley_terry,
    page_rank,
    rank_centrality,
)
from elicitation.moral_graph.domain.steps import FloatArray, Steps, net_share, steps_of
from elicitation.moral_graph.domain.uncertainty import NEAR
from elicitation.moral_graph.domain.votes import NOT_WISER, WISER, IntArray, Votes
from elicitation.moral_graph.domain.worths import PRECISE

METHODS = ("posterior", "published", "bradley_terry", "rank_centrality", "cards")
TOP = 10
AT_ONCE = 200_000  # nodes or steps solved together; more would only fill the memory
Pair = tuple[str, str]


@dataclass(frozen=True)
class View:
    """One way to read the votes: contexts apart or together, each with the nodes of all methods in one order.

    ``published``: its steps and nodes; together, it knows no contexts, so that a pair of values is one step.
    """

    steps: Steps
    blocks: Blocks
    published: tuple[Steps, Blocks]


def views(votes: Votes) -> tuple[View, View]:
    """Return the two readings: contexts apart, and together."""
    steps = steps_of(votes)
    apart = blocks_of(steps, votes, pooled=False)
    together = blocks_of(steps, votes, pooled=True)
    collapsed = replace(votes, context=np.zeros_like(votes.context))
    without = steps_of(collapsed)
    return (
        View(steps, apart, (steps, apart)),
        View(steps, together, (without, blocks_of(without, collapsed, pooled=True))),
    )


def scores(
    view: View,
    support: FloatArray,
    weights: FloatArray | None = None,
    near: Mapping[str, FloatArray] | None = None,
) -> dict[str, FloatArray]:
    """Return every method's score of every node, shape (rows of ``weights``, nodes); one row where left out.

    ``weights``: how often each participant counts; ``support``: cards behind each value, by its code. Rows are
    solved together, as blocks of one graph: two hundred small graphs take hardly longer than one. ``near``: the
    scores of everybody, from which the resamples of a large graph are reached sooner.
    """
    rows = np.ones((1, view.steps.people)) if weights is None else weights
    most = max(1, AT_ONCE // max(len(view.blocks), len(view.steps)))
    if view.blocks.size.max() <= SMALL:
        near = None
    tiles: dict[int, _Tile] = {}
    parts = []
    for start in range(0, len(rows), most):
        some = rows[start : start + most]
        if len(some) not in tiles:
            tiles[len(some)] = _tile(view, len(some))
        parts.append(_scores(view, tiles[len(some)], some, near))
    found = {method: np.concatenate([part[method] for part in parts]) for method in parts[0]}
    return {**found, "cards": np.tile(support[view.blocks.value], (len(rows), 1))}


class _Tile(NamedTuple):
    """A view's blocks so many times over, those of the published method, and the places of its opposite steps."""

    blocks: Blocks
    published: Blocks
    back: IntArray


def _tile(view: View, rows: int) -> _Tile:
    steps, nodes = view.published
    blocks = _tiled(view.blocks, rows)
    theirs = blocks if nodes is view.blocks else _tiled(nodes, rows)
    back = (opposite(steps) + np.arange(rows)[:, None] * len(steps)).ravel()
    return _Tile(blocks, theirs, back)


def _scores(
    view: View, tile: _Tile, weights: FloatArray, near: Mapping[str, FloatArray] | None
) -> dict[str, FloatArray]:
    rows = len(weights)
    counts = np.concatenate([view.steps.counts(weight) for weight in weights])
    steps, blocks = view.published[0], tile.blocks
    theirs = counts
    if steps is not view.steps:
        theirs = np.concatenate([steps.counts(weight) for weight in weights])

    def start(method: str) -> FloatArray | None:
        return None if near is None else np.tile(near[method][0], rows)

    share = 1e-9 if near is None else NEAR / blocks.size.max()
    found = {
        "posterior": page_rank(
            blocks, np.maximum(net_share(counts), 0.0), start=start("posterior"), precise=share
        ),
        "published": leaking_rank(tile.published, *edges_of(tile.back, theirs)),
        "bradley_terry": bradley_terry(
            blocks, counts[:, WISER], counts[:, NOT_WISER], start=start("bradley_terry"),
            precise=PRECISE if near is None else NEAR,
        ),
        "rank_centrality": rank_centrality(
            blocks, counts[:, WISER], start=start("rank_centrality"), precise=1e-11 if near is None else share / 10,
        ),
    }  # fmt: skip
    return {method: score.reshape(rows, -1) for method, score in found.items()}


def _tiled(blocks: Blocks, rows: int) -> Blocks:
    """Return the blocks ``rows`` times over, each time as blocks of their own, numbered without gaps."""
    if rows == 1:
        return blocks
    _names, block = np.unique(blocks.block, return_inverse=True)
    turn = np.arange(rows)[:, None]
    n = len(blocks)
    return Blocks(
        (block + turn * (block[-1] + 1)).ravel(),
        np.tile(blocks.value, rows),
        np.tile(blocks.size, rows),
        (blocks.source + turn * n).ravel(),
        (blocks.target + turn * n).ravel(),
    )


@dataclass(frozen=True)
class Accord:
    """How far two methods agree on the values of one context (or of all together)."""

    block: int
    pair: Pair
    values: int
    spearman: Measured | None
    kendall: Measured | None


@dataclass(frozen=True)
class Resampled:
    """What resampling people gave: accords; places of the posterior's values, apart and together, per resample; and
    the ``scores`` of everybody."""

    accords: tuple[Accord, ...]
    together: tuple[Accord, ...]
    places: tuple[IntArray, IntArray]
    ranks: tuple[IntArray, IntArray]
    views: tuple[View, View]
    scores: tuple[Mapping[str, FloatArray], Mapping[str, FloatArray]]

    def top_kept(self, which: int, top: int = TOP) -> tuple[float, FloatArray]:
        """Return the mean share of the ``top`` values that stay there, and the share per resample.

        Over the blocks with more than ``top`` values; NaN where there is none.
        """
        blocks, ranks, places = self.views[which].blocks, self.ranks[which], self.places[which]
        inside = (ranks <= top) & (blocks.size > top)
        if not inside.any():
            return float("nan"), np.array([])
        shares = (places[:, inside] <= top).mean(axis=1)
        return float(shares.mean()), shares

    def first_kept(self, which: int) -> FloatArray:
        """Return for each block how often its winner came first, in the order of blocks; blocks of one are NaN."""
        blocks, ranks, places = self.views[which].blocks, self.ranks[which], self.places[which]
        first = ranks == 1
        kept = (places[:, first] == 1).mean(axis=0)
        return np.asarray(np.where(blocks.size[first] > 1, kept, np.nan))


def resample(
    votes: Votes, support: Mapping[str, int], weights: FloatArray, pairs: Sequence[Pair] | None = None
) -> Resampled:
    """Rank the values anew for every row of ``weights`` (one weight per participant), by every method.

    ``support``: value → cards behind it. ``pairs``: which methods to compare, all where left out.
    """
    both = views(votes)
    pairs = list(combinations(METHODS, 2)) if pairs is None else pairs
    behind = np.array([support.get(value, 0) for value in votes.values], dtype=float)
    accords, places, ranks, found = [], [], [], []
    for view in both:
        here = scores(view, behind)
        again = scores(view, behind, weights, here)
        found.append(here)
        ranks.append(view.blocks.ranks(here["posterior"][0]))
        tiled = _tiled(view.blocks, len(weights))
        places.append(tiled.ranks(again["posterior"].ravel()).reshape(again["posterior"].shape))
        accords.append(tuple(_accords(view.blocks, here, again, pairs)))
    return Resampled(
        accords[0], accords[1], (places[0], places[1]), (ranks[0], ranks[1]), both, (found[0], found[1])
    )


def _accords(
    blocks: Blocks, here: Mapping[str, FloatArray], again: Mapping[str, FloatArray], pairs: Sequence[Pair]
) -> Iterator[Accord]:
    for block in np.unique(blocks.block).tolist():
        inside = np.flatnonzero(blocks.block == block)
        for pair in pairs:
            rho, tau, n = accord(*(here[method][:, inside] for method in pair))
            if not np.isfinite(rho[0]):
                yield Accord(block, pair, n, None, None)
                continue
            rhos, taus, _n = accord(*(again[method][:, inside] for method in pair))
            yield Accord(block, pair, n, spread_of(float(rho[0]), rhos, n), spread_of(float(tau[0]), taus, n))
