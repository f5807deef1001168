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
from elicitation.moral_graph.domain.steps import FloatArray, Steps
from elicitation.moral_graph.domain.votes import WISER, IntArray

NEAR = 2e-3  # how near to its end a resample's PageRank is walked, as a share of a value's middling rank


@dataclass(frozen=True)
class Spread:
    """Per node: the middle 95 % of its places over the resamples, and how often it came first."""

    low: IntArray
    high: IntArray
    first: FloatArray


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
    weigh = _weigher(steps)

    def rank(number: int) -> list[NDArray[np.int32]]:
        weight = weigh(drawn[number].astype(float))
        return [
            blocks.ranks(page_rank(blocks, weight, start=estimate, precise=NEAR / blocks.size.max())).astype(
                np.int32
            )
            for blocks, estimate in graphs
        ]

    places = zip(*_all(rank, rounds, workers), strict=True)
    return [_spread(np.stack(one)) for one in places]


Ranked = list[NDArray[np.int32]]
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


def _weigher(steps: Steps) -> Callable[[FloatArray], FloatArray]:
    """Return a function from how often each participant counts to the weight of every step.

    Of a pair's two steps at most one weighs anything: what speaks for one speaks against the other.
    """
    up = np.flatnonzero(steps.source < steps.target)
    pair = np.empty(len(steps), dtype=np.int64)
    pair[up] = np.arange(len(up))
    down = _backs(steps, up)
    pair[down] = np.arange(len(up))
    wiser = steps.answer == WISER
    sign = np.where(steps.source < steps.target, 1.0, -1.0)[steps.step[wiser]]
    people = steps.participant
    net = csr_array((sign, (pair[steps.step[wiser]], people[wiser])), shape=(len(up), steps.people))
    answers = csr_array((np.ones(len(people)), (steps.step, people)), shape=(len(steps), steps.people))

    def weigh(times: FloatArray) -> FloatArray:
        more = net @ times
        all_answers = answers @ times + ANSWERS * PRIOR
        weight = np.zeros(len(steps))
        for which, where in ((more > 0, up), (more < 0, down)):
            found = where[which]
            weight[found] = np.abs(more[which]) / all_answers[found]
        return weight

    return weigh


def _backs(steps: Steps, up: IntArray) -> IntArray:
    """Return for each step the one that leads back; steps are in the order of context, source and target."""
    n = int(max(steps.source.max(), steps.target.max())) + 1
    keys = (steps.context * n + steps.source) * n + steps.target
    return np.searchsorted(keys, (steps.context[up] * n + steps.target[up]) * n + steps.source[up])


def _spread(places: NDArray[np.int32]) -> Spread:
    low, high = np.quantile(places, [0.025, 0.975], axis=0, method="nearest")
    return Spread(low.astype(np.int64), high.astype(np.int64), (places == 1).mean(axis=0))
