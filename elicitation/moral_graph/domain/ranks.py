"""Three ways from steps to an order of values: PageRank that keeps its mass, Bradley–Terry, rank centrality.

Each works on blocks at once: the graphs of all contexts are the blocks of one sparse matrix, so that a bootstrap over
a thousand contexts is one multiplication after another and no loop.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from elicitation.moral_graph.domain.steps import FloatArray, Steps
from elicitation.moral_graph.domain.votes import IntArray, Votes

DAMPING = 0.85
SMALL = 64  # values of a context up to which solving the equations is quicker than walking
GHOST = 0.5  # Bradley–Terry: each value has won and lost half a vote against a value of middling worth


@dataclass(frozen=True)
class Blocks:
    """The nodes of one graph per context: ``block`` and ``value`` per node, and each step's two nodes."""

    block: IntArray
    value: IntArray
    size: FloatArray
    source: IntArray
    target: IntArray

    def __len__(self) -> int:
        return len(self.block)

    @cached_property
    def walk(self) -> tuple[IntArray, IntArray, IntArray]:
        """Return (order, indices, indptr): the steps as rows of a sparse matrix by target, whatever their weights."""
        order = np.lexsort((self.source, self.target))
        starts = np.concatenate([[0], np.cumsum(np.bincount(self.target, minlength=len(self)))])
        return order, self.source[order], starts

    def totals(self, amounts: FloatArray) -> FloatArray:
        """Return for every node the sum of ``amounts`` over its block."""
        return np.asarray(np.bincount(self.block, amounts)[self.block])

    def ranks(self, scores: FloatArray) -> IntArray:
        """Return the place of every node within its block, 1 = highest; equal scores in the order of nodes."""
        order = np.lexsort((np.arange(len(self)), -np.round(scores, 12), self.block))
        first = np.searchsorted(self.block[order], self.block[order], side="left")
        places = np.empty(len(self), dtype=np.int64)
        places[order] = np.arange(len(self)) - first + 1
        return places


def blocks_of(steps: Steps, votes: Votes, *, pooled: bool) -> Blocks:
    """Return one block per context, or with ``pooled`` one block in which contexts stand beside one another."""
    n = len(votes.values)
    context = np.zeros_like(steps.context) if pooled else steps.context
    source, target = context * n + steps.source, context * n + steps.target
    keys = np.unique(np.concatenate([source, target]))
    block = keys // n
    size = np.bincount(block).astype(float)[block]
    return Blocks(block, keys % n, size, np.searchsorted(keys, source), np.searchsorted(keys, target))


def page_rank(
    blocks: Blocks, weight: FloatArray, *, start: FloatArray | None = None, precise: float = 1e-12
) -> FloatArray:
    """Return the PageRank of every node; it sums to 1 in every block.

    ``weight``: one per step, not negative. A value that no step leaves hands its mass to all values of its block.
    ``precise``: the change at which iteration stops.
    """
    n = len(blocks)
    leaving = np.bincount(blocks.source, weight, n)
    share = np.divide(weight, leaving[blocks.source], out=np.zeros_like(weight), where=weight > 0)
    dangling = leaving <= 0
    if blocks.size.max(initial=0.0) <= SMALL:
        return _solved(blocks, share, dangling)
    order, indices, starts = blocks.walk
    move = csr_array((share[order], indices, starts), shape=(n, n))
    rank = 1 / blocks.size if start is None else start
    for _ in range(1000):
        lost = blocks.totals(np.where(dangling, rank, 0.0)) if dangling.any() else 0.0
        following = (1 - DAMPING) / blocks.size + DAMPING * (move @ rank + lost / blocks.size)
        done = np.abs(following - rank).max() < precise
        rank = following
        if done:
            break
    return np.asarray(rank / blocks.totals(rank))


def _solved(blocks: Blocks, share: FloatArray, dangling: NDArray[np.bool_]) -> FloatArray:
    """Return the PageRank of small blocks from their linear equations, all of them at once."""
    number, most = int(blocks.block[-1]) + 1, int(blocks.size.max())
    place = np.arange(len(blocks)) - np.searchsorted(blocks.block, blocks.block)
    node = blocks.block * most + place
    move = np.bincount(node[blocks.target] * most + place[blocks.source], share, number * most * most)
    move = move.reshape(number, most, most)
    # A value that no step leaves hands on to all of its block. What only fills a block up hands on nothing.
    move[blocks.block[dangling], :, place[dangling]] = 1 / blocks.size[dangling, None]
    start = np.zeros((number * most, 1))
    start[node, 0] = (1 - DAMPING) / blocks.size
    solved = np.linalg.solve(np.eye(most) - DAMPING * move, start.reshape(number, most, 1))
    rank = np.asarray(solved.ravel()[node], dtype=np.float64)
    return np.asarray(rank / blocks.totals(rank))


def bradley_terry(blocks: Blocks, wins: FloatArray, ties: FloatArray) -> FloatArray:
    """Return log worths, of mean 0 in every block.

    ``wins``: per step, votes for the target over the source; ``ties``: votes for neither, half a win to each. The
    ghost votes keep every worth finite on any graph. Fitted by minorisation–maximisation (Hunter 2004).
    """
    n = len(blocks)
    won = np.bincount(blocks.target, wins + ties / 2, n) + np.bincount(blocks.source, ties / 2, n) + GHOST
    met = wins + ties
    worth = np.ones(n)
    for _ in range(2000):
        each = met / (worth[blocks.source] + worth[blocks.target])
        pull = np.bincount(blocks.source, each, n) + np.bincount(blocks.target, each, n)
        following = won / (pull + 2 * GHOST / (worth + 1))
        done = np.abs(np.log(following / worth)).max() < 1e-7
        worth = following
        if done:
            break
    logs = np.log(worth)
    return np.asarray(logs - blocks.totals(logs) / blocks.size)


def rank_centrality(blocks: Blocks, wins: FloatArray) -> FloatArray:
    """Return the stationary shares of a walk towards what wins; they sum to 1 in every block.

    Negahban, Oh and Shah (2017): from i to j with the share of i–j votes that j won, over the largest number of
    neighbours in the block, else stay. One vote is added to each side of every pair, as their regularised form does,
    and values that never met are reached by a jump in one of a hundred steps.
    """
    n = len(blocks)
    pair = csr_array((wins + 1, (blocks.target, blocks.source)), shape=(n, n))
    met = pair + pair.T
    share = pair.multiply(met.power(-1)).tocsr()
    degree = np.bincount(blocks.source, minlength=n).astype(float)
    most = np.zeros(int(blocks.block.max()) + 1)
    np.maximum.at(most, blocks.block, degree)
    scale = np.maximum(most[blocks.block], 1.0)
    leaving = np.asarray(share.sum(axis=0)).ravel() / scale
    rank = 1 / blocks.size
    for _ in range(3000):
        following = 0.99 * (share @ (rank / scale) + rank * (1 - leaving)) + 0.01 / blocks.size
        done = np.abs(following - rank).max() < 1e-11
        rank = following
        if done:
            break
    return np.asarray(rank / blocks.totals(rank))
