"""How few coordinated voters would make another value the winner of a context."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elicitation.moral_graph.domain.blocks import Blocks
from elicitation.moral_graph.domain.ranks import page_rank
from elicitation.moral_graph.domain.steps import LESS_WISE, FloatArray, net_share
from elicitation.moral_graph.domain.votes import WISER, IntArray

MOST_VOTERS = 4096
RIVALS = 5
"""How many of the values next in place are tried as the one that a plot is for."""


def voters_to_flip(blocks: Blocks, counts: FloatArray, rank: FloatArray) -> list[int | None]:
    """Return for each block how few new voters change its winner.

    They agree on one of the five values next in place, and each answers every question there is between it and another
    value of the block, once, in its favour: the most that a person can do for it. None where a value stands alone, or
    where more than 4096 would be needed. All blocks are searched at once.
    """
    places = blocks.ranks(rank)
    winner = np.flatnonzero(places == 1)
    fewest = np.full(len(winner), MOST_VOTERS + 1)
    for place in range(2, 2 + RIVALS):
        rival = np.full(len(winner), -1)
        found = np.flatnonzero(places == place)
        rival[np.searchsorted(blocks.starts, found, side="right") - 1] = found
        if (rival < 0).all():
            break
        plot = _plot(blocks, counts, rival)
        low, high = np.zeros(len(winner), dtype=np.int64), fewest.copy()
        # A rival is worth a search where fewer voters than for the best one so far are enough.
        enough = plot.succeeds(high - 1, winner, rank)
        high = np.where(enough, high - 1, high)
        low = np.where(enough, low, high - 1)
        while (high - low).max() > 1:
            middle = (low + high) // 2
            done = plot.succeeds(middle, winner, rank)
            low, high = np.where(done, low, middle), np.where(done, middle, high)
        fewest = high
    return [number if number <= MOST_VOTERS else None for number in fewest.tolist()]


@dataclass(frozen=True)
class _Plot:
    """The steps that weigh something, and those to and from each block's rival, which new voters answer."""

    blocks: Blocks
    counts: FloatArray
    into: IntArray
    out_of: IntArray
    number: IntArray
    before: FloatArray

    def succeeds(self, voters: IntArray, winner: IntArray, start: FloatArray) -> NDArray[np.bool_]:
        """Return for each block whether ``voters`` in it are enough for another value to pass ``winner``."""
        weight = self.before.copy()
        for steps, answer in ((self.into, WISER), (self.out_of, LESS_WISE)):
            told = self.counts[steps]
            told[:, answer] += voters[self.number]
            weight[steps] = np.maximum(net_share(told), 0.0)
        again = page_rank(self.blocks, weight, start=start, precise=1e-11)
        best = np.maximum.reduceat(again, self.blocks.starts)
        return np.asarray(again[winner] < best - 1e-9)


def _plot(blocks: Blocks, counts: FloatArray, rival: IntArray) -> _Plot:
    """Return the graph in which what people compared with its block's rival has one step there and one back.

    Where contexts stand beside one another there may be several such steps; their votes are put together.
    """
    n = len(blocks)
    theirs = np.repeat(rival, blocks.lengths)
    compared = [
        blocks.source[blocks.target == theirs[blocks.source]],
        blocks.target[blocks.source == theirs[blocks.target]],
    ]
    others = np.unique(np.concatenate(compared))
    place = np.full(n, -1)
    place[others] = np.arange(len(others))
    weighs, added = net_share(counts) > 0, []
    for near, far in ((blocks.target, blocks.source), (blocks.source, blocks.target)):
        old = np.flatnonzero(near == theirs[far])
        rows = np.zeros((len(others), counts.shape[1]))
        np.add.at(rows, place[far[old]], counts[old])
        weighs[old] = False
        added.append(rows)
    rest = np.flatnonzero(weighs)
    given = np.vstack([counts[rest], *added])
    larger = Blocks(
        blocks.block, blocks.value, blocks.size,
        np.concatenate([blocks.source[rest], others, theirs[others]]),
        np.concatenate([blocks.target[rest], theirs[others], others]),
    )  # fmt: skip
    into = np.arange(len(rest), len(rest) + len(others))
    number = np.repeat(np.arange(len(rival)), blocks.lengths)[others]
    return _Plot(larger, given, into, into + len(others), number, np.maximum(net_share(given), 0.0))
