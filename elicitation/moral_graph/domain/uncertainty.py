"""How sure an order of values is: a bootstrap over participants ranks the values again and again."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from elicitation.moral_graph.domain.answers import ANSWERS, PRIOR
from elicitation.moral_graph.domain.blocks import Blocks
from elicitation.moral_graph.domain.ranks import page_rank
from elicitation.moral_graph.domain.steps import LESS_WISE, FloatArray, Steps
from elicitation.moral_graph.domain.votes import WISER, IntArray

NEAR = 2e-3  # how near to its end a resample's PageRank is walked, as a share of a value's middling rank


@dataclass(frozen=True)
class Spread:
    """Per node: the middle 95 % of its places over the resamples, and how often it came first."""

    low: IntArray
    high: IntArray
    first: FloatArray


Ranked = list[NDArray[np.int32]]


def bootstrap_places(
    steps: Steps, graphs: Sequence[tuple[Blocks, FloatArray]], *, rounds: int, seed: int, workers: int = 1
) -> list[Spread]:
    """Resample participants, all votes of one together, and rank again; ``graphs``: blocks with their estimates.

    ``workers``: more than one are forked, for a program without threads; they share the rounds and change nothing.
    Threads would wait for one another between operations as short as these.
    """
    random = np.random.default_rng(seed)
    chance = np.full(steps.people, 1 / steps.people)
    drawn = [random.multinomial(steps.people, chance) for _ in range(rounds)]
    known, weigh = _weigher(steps)
    drawable = [(blocks.only(known), estimate, NEAR / blocks.size.max()) for blocks, estimate in graphs]

    def rank(number: int) -> Ranked:
        weight = weigh(drawn[number].astype(float))
        return [
            blocks.ranks(page_rank(blocks, weight, start=estimate, precise=near)).astype(np.int32)
            for blocks, estimate, near in drawable
        ]

    places = zip(*_all(rank, rounds, workers), strict=True)
    return [_spread(np.stack(one)) for one in places]


_work: list[Callable[[int], Ranked]] = []


def _all(rank: Callable[[int], Ranked], rounds: int, workers: int) -> list[Ranked]:
    if workers < 2 or sys.platform != "linux":
        return [rank(number) for number in range(rounds)]
    # Children of a fork have the work already; nothing is sent to them but numbers.
    _work.append(rank)
    try:
        with get_context("fork").Pool(workers) as pool:
            return pool.map(_one, range(rounds), chunksize=max(rounds // (4 * workers), 1))
    finally:
        _work.pop()


def _one(number: int) -> Ranked:
    return _work[-1](number)


def _weigher(steps: Steps) -> tuple[IntArray, Callable[[FloatArray], FloatArray]]:
    """Return the steps that may weigh anything, and a function from how often each participant counts to their weights.

    Those are the steps that somebody found wiser: without such a vote, no resample speaks for a step.
    """
    may = np.zeros(len(steps), dtype=bool)
    may[steps.step[steps.answer == WISER]] = True
    known = np.flatnonzero(may)
    inside = may[steps.step]
    row = np.cumsum(may)[steps.step[inside]] - 1
    answer, people = steps.answer[inside], steps.participant[inside]
    sign = (answer == WISER) - (answer == LESS_WISE).astype(float)
    net, answers = (
        csr_array((given, (row, people)), shape=(len(known), steps.people))
        for given in (sign, np.ones(len(row)))
    )
    net.eliminate_zeros()

    def weigh(times: FloatArray) -> FloatArray:
        return np.maximum(net @ times, 0.0) / (answers @ times + ANSWERS * PRIOR)

    return known, weigh


def _spread(places: NDArray[np.int32]) -> Spread:
    low, high = np.quantile(places, [0.025, 0.975], axis=0, method="nearest")
    return Spread(low.astype(np.int64), high.astype(np.int64), (places == 1).mean(axis=0))
