"""All methods on the same resamples of participants: how orders, winners and their agreement would have differed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from elicitation.moral_graph.domain.criteria.intervals import Measured, spread_of
from elicitation.moral_graph.domain.criteria.leaking import cells_of, leaking_rank, opposite
from elicitation.moral_graph.domain.criteria.ordering import accord
from elicitation.moral_graph.domain.ranks import Blocks, blocks_of, bradley_terry, page_rank, rank_centrality
from elicitation.moral_graph.domain.steps import FloatArray, Steps, net_share, steps_of
from elicitation.moral_graph.domain.votes import NOT_WISER, WISER, IntArray, Votes

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


def scores(view: View, support: FloatArray, weights: FloatArray | None = None) -> dict[str, FloatArray]:
    """Return every method's score of every node, shape (rows of ``weights``, nodes); one row where left out.

    ``weights``: how often each participant counts; ``support``: cards behind each value, by its code. Rows are
    solved together, as blocks of one graph: two hundred small graphs take hardly longer than one.
    """
    rows = np.ones((1, view.steps.people)) if weights is None else weights
    most = max(1, AT_ONCE // max(len(view.blocks), len(view.steps)))
    parts = [_scores(view, rows[start : start + most]) for start in range(0, len(rows), most)]
    found = {method: np.concatenate([part[method] for part in parts]) for method in parts[0]}
    return {**found, "cards": np.tile(support[view.blocks.value], (len(rows), 1))}


def _scores(view: View, weights: FloatArray) -> dict[str, FloatArray]:
    rows = len(weights)
    counts = np.concatenate([view.steps.counts(weight) for weight in weights])
    blocks = _tiled(view.blocks, rows)
    steps, nodes = view.published
    theirs = np.concatenate([steps.counts(weight) for weight in weights])
    back = (opposite(steps) + np.arange(rows)[:, None] * len(steps)).ravel()
    found = {
        "posterior": page_rank(blocks, np.maximum(net_share(counts), 0.0), precise=1e-9),
        "published": leaking_rank(_tiled(nodes, rows), cells_of(back, theirs)),
        "bradley_terry": bradley_terry(blocks, counts[:, WISER], counts[:, NOT_WISER]),
        "rank_centrality": rank_centrality(blocks, counts[:, WISER]),
    }
    return {method: score.reshape(rows, -1) for method, score in found.items()}


def _tiled(blocks: Blocks, rows: int) -> Blocks:
    """Return the blocks ``rows`` times over, each time as blocks of their own, numbered without gaps."""
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
    """What resampling people gave: accords; places of the posterior's values, apart and together, per resample."""

    accords: tuple[Accord, ...]
    together: tuple[Accord, ...]
    places: tuple[IntArray, IntArray]
    ranks: tuple[IntArray, IntArray]
    views: tuple[View, View]

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
    accords, places, ranks = [], [], []
    for view in both:
        here, again = scores(view, behind), scores(view, behind, weights)
        ranks.append(view.blocks.ranks(here["posterior"][0]))
        tiled = _tiled(view.blocks, len(weights))
        places.append(tiled.ranks(again["posterior"].ravel()).reshape(again["posterior"].shape))
        accords.append(tuple(_accords(view.blocks, here, again, pairs)))
    return Resampled(accords[0], accords[1], (places[0], places[1]), (ranks[0], ranks[1]), both)


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
