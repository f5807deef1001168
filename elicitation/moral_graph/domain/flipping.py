"""How many coordinated voters would make another value the winner of a context."""

from dataclasses import dataclass

import numpy as np

from elicitation.moral_graph.domain.blocks import Blocks
from elicitation.moral_graph.domain.ranks import page_rank
from elicitation.moral_graph.domain.steps import LESS_WISE, FloatArray, net_share
from elicitation.moral_graph.domain.votes import WISER, IntArray

MOST_VOTERS = 4096


def voters_to_flip(blocks: Blocks, counts: FloatArray, rank: FloatArray) -> list[int | None]:
    """Return how many new voters, all saying that the second is wiser than the first, change each block's winner.

    They are asked about that one step, which need not have been asked before. None where there is no second, or where
    more than 4096 would be needed. All blocks are searched at once.
    """
    places = blocks.ranks(rank)
    first, second = (np.full(len(blocks.starts), -1) for _ in range(2))
    number = np.repeat(np.arange(len(blocks.starts)), blocks.lengths)
    for place, found in ((1, first), (2, second)):
        nodes = np.flatnonzero(places == place)
        found[number[nodes]] = nodes
    asked = np.flatnonzero(second >= 0)
    attack = _with_steps(blocks, counts, first[asked], second[asked])
    winner, begin = first[asked], blocks.starts

    def flips(voters: IntArray) -> FloatArray:
        weight = attack.weight(voters)
        again = page_rank(attack.blocks, weight, start=rank, precise=1e-11)
        return np.asarray(again[winner] < np.maximum.reduceat(again, begin)[asked] - 1e-9)

    low, high = np.zeros(len(asked), dtype=np.int64), np.full(len(asked), MOST_VOTERS)
    possible = flips(high)
    while (high - low).max(initial=0) > 1:
        middle = (low + high) // 2
        done = flips(middle)
        low, high = np.where(done, low, middle), np.where(done, middle, high)
    result: list[int | None] = [None] * len(begin)
    for place, voters, found in zip(asked.tolist(), high.tolist(), possible.tolist(), strict=True):
        if found:
            result[place] = voters
    return result


@dataclass(frozen=True)
class _Attack:
    """The steps of all blocks with those between first and second, which new voters answer."""

    blocks: Blocks
    counts: FloatArray
    there: IntArray
    back: IntArray
    before: FloatArray

    def weight(self, voters: IntArray) -> FloatArray:
        """Return the weight of every step after ``voters`` more in each block."""
        more = self.before.copy()
        for steps, answer in ((self.there, WISER), (self.back, LESS_WISE)):
            told = self.counts[steps]
            told[:, answer] += voters
            more[steps] = np.maximum(net_share(told), 0.0)
        return more


def _with_steps(blocks: Blocks, counts: FloatArray, first: IntArray, second: IntArray) -> _Attack:
    """Return the graph in which first → second and back are one step each, asked about or not.

    Where contexts stand beside one another there may be several such steps; their votes are put together.
    """
    n = len(blocks)
    keys = blocks.source * n + blocks.target
    source, target, given = blocks.source, blocks.target, counts.copy()
    ends = ((first, second), (second, first))
    added = []
    for here, there in ends:
        wanted = here * n + there
        order = np.argsort(wanted)
        place = (
            np.minimum(np.searchsorted(wanted, keys, sorter=order), len(wanted) - 1) if len(wanted) else keys
        )
        hit = np.flatnonzero(wanted[order][place] == keys) if len(wanted) else np.zeros(0, dtype=np.int64)
        row = np.zeros((len(wanted), counts.shape[1]))
        np.add.at(row, order[place[hit]], counts[hit])
        given[hit] = 0.0
        added.append(row)
        source, target = np.append(source, here), np.append(target, there)
    given = np.vstack([given, *added])
    there = np.arange(len(counts), len(counts) + len(first))
    larger = Blocks(blocks.block, blocks.value, blocks.size, source, target)
    return _Attack(larger, given, there, there + len(first), np.maximum(net_share(given), 0.0))
