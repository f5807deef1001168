"""How sure an order of values is: a bootstrap over participants, and how many voters would flip a winner."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elicitation.moral_graph.domain.ranks import Blocks, page_rank
from elicitation.moral_graph.domain.steps import LESS_WISE, FloatArray, Steps, net_share
from elicitation.moral_graph.domain.votes import WISER, IntArray

MOST_VOTERS = 4096


@dataclass(frozen=True)
class Spread:
    """Per node: the middle 95 % of its places over the resamples, and how often it came first."""

    low: IntArray
    high: IntArray
    first: FloatArray


def bootstrap_places(
    steps: Steps, graphs: Sequence[tuple[Blocks, FloatArray]], *, rounds: int, seed: int
) -> list[Spread]:
    """Resample participants, all votes of one together, and rank again; ``graphs``: blocks with their estimates."""
    random = np.random.default_rng(seed)
    places = [np.empty((rounds, len(blocks)), dtype=np.int32) for blocks, _ in graphs]
    chance = np.full(steps.people, 1 / steps.people)
    for number in range(rounds):
        weight = random.multinomial(steps.people, chance).astype(float)
        net = np.maximum(net_share(steps.counts(weight)), 0.0)
        for (blocks, rank), place in zip(graphs, places, strict=True):
            place[number] = blocks.ranks(page_rank(blocks, net, start=rank, precise=1e-7))
    return [_spread(place) for place in places]


def _spread(places: NDArray[np.int32]) -> Spread:
    low, high = np.quantile(places, [0.025, 0.975], axis=0, method="nearest")
    return Spread(low.astype(np.int64), high.astype(np.int64), (places == 1).mean(axis=0))


def voters_to_flip(
    steps: Steps, blocks: Blocks, counts: FloatArray, rank: FloatArray, block: int
) -> int | None:
    """Return how many new voters, all saying that the second is wiser than the first, change a block's winner.

    They are asked about that one step, which need not have been asked before. None where there is no second, or where
    more than 4096 would be needed.
    """
    nodes = np.flatnonzero(blocks.block == block)
    if len(nodes) < 2:
        return None
    first, second = nodes[np.argsort(blocks.ranks(rank)[nodes])[:2]]
    inside = np.flatnonzero(blocks.block[blocks.source] == block)
    winner, rival = np.searchsorted(nodes, (first, second))
    # The two steps between winner and rival come last, with what was already said of them in any context.
    source = np.append(np.searchsorted(nodes, blocks.source[inside]), (winner, rival))
    target = np.append(np.searchsorted(nodes, blocks.target[inside]), (rival, winner))
    small = Blocks(
        np.zeros(len(nodes), dtype=np.int64), nodes, np.full(len(nodes), float(len(nodes))), source, target
    )
    given = np.vstack([counts[inside], np.zeros((2, counts.shape[1]))])
    for place, (here, there) in enumerate(((winner, rival), (rival, winner))):
        same = np.flatnonzero((source[:-2] == here) & (target[:-2] == there))
        given[-2 + place] = given[same].sum(axis=0)
        given[same] = 0.0

    def flips(voters: int) -> bool:
        more = given.copy()
        more[-2, WISER] += voters
        more[-1, LESS_WISE] += voters
        again = page_rank(small, np.maximum(net_share(more), 0.0), precise=1e-9)
        return bool(again[winner] < again.max() - 1e-9)

    if not flips(MOST_VOTERS):
        return None
    low, high = 0, MOST_VOTERS
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if flips(middle) else (middle, high)
    return high
