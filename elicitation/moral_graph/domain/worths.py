"""Bradley–Terry worths of values: the log odds by which one is held wiser than another."""

import numpy as np
from scipy.sparse import csr_array

from elicitation.moral_graph.domain.blocks import Blocks
from elicitation.moral_graph.domain.steps import FloatArray
from elicitation.moral_graph.domain.votes import IntArray

GHOST = 0.5  # each value has won and lost half a vote against a value of middling worth
PRECISE = 1e-8
LONGEST = 2.0
"""A step's length: from far outside, where its curve is flat, a value that hardly anybody voted on would fly off."""


def bradley_terry(
    blocks: Blocks,
    wins: FloatArray,
    ties: FloatArray,
    *,
    start: FloatArray | None = None,
    precise: float = PRECISE,
) -> FloatArray:
    """Return log worths, of mean 0 in every block.

    ``wins``: per step, votes for the target over the source; ``ties``: votes for neither, half a win to each. The
    ghost votes keep every worth finite on any graph, and the likelihood strictly concave: Newton's steps, each solved
    by conjugate gradients, end at its one maximum. ``start``: worths near it; ``precise``: the last step's length.
    """
    n, pairs = len(blocks), blocks.pairs
    first, second = pairs.first, pairs.second
    mine, half = pairs.sums(wins), pairs.sums(ties / 2).sum(axis=0)
    won, lost = mine[0] + half, mine[1] + half
    met = won + lost
    logs = np.zeros(n) if start is None else start
    loss = _loss(logs, first, second, won, met)
    for _ in range(100):
        chance = 1 / (1 + np.exp(logs[first] - logs[second]))
        own = 1 / (1 + np.exp(-logs))
        slope = met * chance - won
        gradient = np.bincount(second, slope, n) - np.bincount(first, slope, n) + GHOST * (2 * own - 1)
        bend = met * chance * (1 - chance)
        diagonal = np.bincount(second, bend, n) + np.bincount(first, bend, n) + 2 * GHOST * own * (1 - own)
        move = _solve(diagonal, pairs.matrix(bend, bend), gradient)
        # Far from the maximum a whole step may lead past it; near it, the last digits say nothing.
        size = 1 / max(1.0, np.abs(move).max(initial=0.0) / LONGEST)
        enough = loss + 1e-13 * abs(loss)
        while (after := _loss(logs - size * move, first, second, won, met)) > enough and size > 1e-6:
            size /= 2
        logs, loss = logs - size * move, after
        if np.abs(size * move).max(initial=0.0) < precise:
            break
    return np.asarray(logs - blocks.totals(logs) / blocks.size)


def _loss(logs: FloatArray, first: IntArray, second: IntArray, won: FloatArray, met: FloatArray) -> float:
    gap = logs[second] - logs[first]
    votes = met * _soft(gap) - won * gap
    ghosts = GHOST * (2 * _soft(logs) - logs)
    return float(votes.sum() + ghosts.sum())


def _soft(x: FloatArray) -> FloatArray:
    """Return log(1 + exp(x)), also where exp(x) is more than a number holds."""
    return np.asarray(np.maximum(x, 0.0) + np.log(1 + np.exp(-np.abs(x))))


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
