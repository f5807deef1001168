"""Two walks over steps that order values: PageRank that keeps its mass, and rank centrality; the third way is worths.

Each works on blocks at once, so that a bootstrap over a thousand contexts has no loop over them.
"""

import numpy as np
from numpy.typing import NDArray

from elicitation.moral_graph.domain.blocks import Blocks, blocks_of
from elicitation.moral_graph.domain.steps import FloatArray
from elicitation.moral_graph.domain.worths import GHOST, bradley_terry

DAMPING = 0.85
SMALL = 64  # values of a context up to which solving the equations is quicker than walking
__all__ = ["GHOST", "Blocks", "blocks_of", "bradley_terry", "page_rank", "rank_centrality"]


def page_rank(
    blocks: Blocks, weight: FloatArray, *, start: FloatArray | None = None, precise: float = 1e-12
) -> FloatArray:
    """Return the PageRank of every node; it sums to 1 in every block.

    ``weight``: one per step, not negative. A value that no step leaves hands its mass to all values of its block.
    ``precise``: the change at which iteration stops.
    """
    # Without any step numpy counts in whole numbers.
    leaving = np.bincount(blocks.source, weight, len(blocks)).astype(np.float64, copy=False)
    per_weight = np.divide(1.0, leaving, out=np.zeros_like(leaving), where=leaving > 0)
    if blocks.size.max(initial=0.0) <= SMALL:
        return _solved(blocks, weight * per_weight[blocks.source], leaving <= 0)
    move, handed = blocks.matrix(weight), DAMPING * per_weight
    rank = 1 / blocks.size if start is None else start
    for _ in range(1000):
        following = move @ (rank * handed)
        # What did not arrive by a step, be it the jump or the mass of values that no step leaves, goes to all alike.
        following += blocks.each((1 - blocks.sums(following)) / blocks.lengths)
        gap = following - rank
        rank = following
        if max(gap.max(), -gap.min()) < precise:
            break
    return np.asarray(rank)


def _solved(blocks: Blocks, share: FloatArray, dangling: NDArray[np.bool_]) -> FloatArray:
    """Return the PageRank of small blocks from their linear equations, all of them at once."""
    number, most = int(blocks.block[-1]) + 1, int(blocks.size.max())
    place = np.arange(len(blocks)) - np.repeat(blocks.starts, blocks.lengths)
    node = blocks.block * most + place
    flat = np.bincount(node[blocks.target] * most + place[blocks.source], share, number * most * most)
    move = flat.astype(np.float64, copy=False).reshape(number, most, most)
    # A value that no step leaves hands on to all of its block. What only fills a block up hands on nothing.
    move[blocks.block[dangling], :, place[dangling]] = 1 / blocks.size[dangling, None]
    start = np.zeros((number * most, 1))
    start[node, 0] = (1 - DAMPING) / blocks.size
    solved = np.linalg.solve(np.eye(most) - DAMPING * move, start.reshape(number, most, 1))
    rank = np.asarray(solved.ravel()[node], dtype=np.float64)
    return np.asarray(rank / blocks.totals(rank))


def rank_centrality(
    blocks: Blocks, wins: FloatArray, *, start: FloatArray | None = None, precise: float = 1e-11
) -> FloatArray:
    """Return the stationary shares of a walk towards what wins; they sum to 1 in every block.

    Negahban, Oh and Shah (2017): from i to j with the share of i–j votes that j won, over the largest number of
    neighbours in the block, else stay. One vote is added to each side of every pair, as their regularised form does,
    and values that never met are reached by a jump in one of a hundred steps. ``start``: shares near it; ``precise``:
    the change at which iteration stops.
    """
    n, pairs = len(blocks), blocks.pairs
    there, back = pairs.sums(wins + 1)
    share = pairs.matrix(there / (there + back), back / (there + back))
    degree = np.bincount(blocks.source, minlength=n).astype(float)
    scale = np.repeat(np.maximum(np.maximum.reduceat(degree, blocks.starts), 1.0), blocks.lengths)
    staying = 1 - np.bincount(share.indices, share.data, n) / scale
    # Staying is solved for, not walked: where it is the rule, a walk takes long to get anywhere.
    jump, leaving = 0.01 / blocks.size, 1 - 0.99 * staying
    rank = 1 / blocks.size if start is None else start
    for _ in range(3000):
        following = (0.99 * (share @ (rank / scale)) + jump) / leaving
        following /= blocks.each(blocks.sums(following))
        gap = following - rank
        rank = following
        if max(gap.max(), -gap.min()) < precise:
            break
    return np.asarray(rank)
