"""Bradley–Terry worths of values: the log odds by which one is held wiser than another."""

import numpy as np
from scipy.sparse import csr_array

from elicitation.moral_graph.domain.blocks import Blocks
from elicitation.moral_graph.domain.steps import FloatArray
from elicitation.moral_graph.domain.votes import IntArray

GHOST = 0.5  # each value has won and lost half a vote against a value of middling worth
PRECISE = 1e-8


def bradley_terry(blocks: Blocks, wins: FloatArray, ties: FloatArray) -> FloatArray:
    """Return log worths, of mean 0 in every block.

    ``wins``: per step, votes for the target over the source; ``ties``: votes for neither, half a win to each. The
    ghost votes keep every worth finite on any graph, and the likelihood strictly concave: Newton's steps, each solved
    by conjugate gradients, end at its one maximum.
    """
    n = len(blocks)
    order, _ones = blocks.by_target
    source, target = blocks.source[order], blocks.target[order]
    won, lost = (wins + ties / 2)[order], (ties / 2)[order]
    met = won + lost
    logs = np.zeros(n)
    loss = _loss(logs, source, target, won, lost)
    for _ in range(100):
        chance = 1 / (1 + np.exp(logs[source] - logs[target]))
        own = 1 / (1 + np.exp(-logs))
        slope = met * chance - won
        gradient = np.bincount(target, slope, n) - np.bincount(source, slope, n) + GHOST * (2 * own - 1)
        bend = met * chance * (1 - chance)
        diagonal = np.bincount(target, bend, n) + np.bincount(source, bend, n) + 2 * GHOST * own * (1 - own)
        matrix = csr_array((bend, (target, source)), shape=(n, n))
        move = _solve(diagonal, (matrix + matrix.T).tocsr(), gradient)
        # Far from the maximum a whole step may lead past it.
        size = 1.0
        while (after := _loss(logs - size * move, source, target, won, lost)) > loss and size > 1e-6:
            size /= 2
        logs, loss = logs - size * move, after
        if np.abs(size * move).max(initial=0.0) < PRECISE:
            break
    return np.asarray(logs - blocks.totals(logs) / blocks.size)


def _loss(logs: FloatArray, source: IntArray, target: IntArray, won: FloatArray, lost: FloatArray) -> float:
    gap = logs[target] - logs[source]
    votes = won * np.logaddexp(0, -gap) + lost * np.logaddexp(0, gap)
    ghosts = GHOST * (np.logaddexp(0, -logs) + np.logaddexp(0, logs))
    return float(votes.sum() + ghosts.sum())


def _solve(diagonal: FloatArray, beside: csr_array, wanted: FloatArray) -> FloatArray:
    """Solve (diagonal - beside) x = wanted by conjugate gradients, preconditioned by the diagonal.

    To four digits: Newton's next step mends the rest. Sums are numpy's own: a library of linear algebra would split
    them by the number of cores, and another machine would get other last digits.
    """
    found = np.zeros_like(wanted)
    rest = wanted.copy()
    scaled = rest / diagonal
    way = scaled.copy()
    left = float((rest * scaled).sum())
    enough = left * 1e-8
    for _ in range(1000):
        if left <= enough:
            break
        pushed = diagonal * way - beside @ way
        step = left / float((way * pushed).sum())
        found += step * way
        rest -= step * pushed
        scaled = rest / diagonal
        before, left = left, float((rest * scaled).sum())
        way = scaled + left / before * way
    return found
