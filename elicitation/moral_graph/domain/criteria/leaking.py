"""The published arithmetic over arrays, so that it can be resampled; ``domain.published`` is the one that counts."""

from typing import NamedTuple

import numpy as np

from elicitation.moral_graph.domain.published import DAMPING, ITERATIONS, Thresholds
from elicitation.moral_graph.domain.ranks import Blocks
from elicitation.moral_graph.domain.steps import LESS_WISE, FloatArray, Steps
from elicitation.moral_graph.domain.votes import NOT_WISER, UNSURE, WISER, IntArray


class Cells(NamedTuple):
    """Per step: the net share, the entropy as published and of the answers alone, and whether it is kept."""

    likelihood: FloatArray
    entropy: FloatArray
    answers: FloatArray
    kept: IntArray
    strict: IntArray


def cells_of(back: IntArray, counts: FloatArray, thresholds: Thresholds | None = None) -> Cells:
    """Return every step's cell; ``strict``: kept if the entropy were that of the answers, at the same real threshold.

    ``back``: the place of each step's opposite. With no opposite votes the published entropy is 1 + H/2, so its
    threshold 1.69 means 1.38 bits of real entropy.
    """
    thresholds = thresholds or Thresholds()
    given = counts[:, [WISER, NOT_WISER, UNSURE]].sum(axis=1)
    impressions = given + given[back]
    total = counts.sum(axis=1)
    up = counts[:, WISER]
    likelihood = np.divide(up - counts[:, LESS_WISE], total, out=np.zeros_like(total), where=total > 0)
    entropy = bits(np.column_stack([counts, impressions]))
    answers = bits(counts)
    fits = (up > 0) & (likelihood >= thresholds.min_likelihood) & (up >= thresholds.min_wiser)
    return Cells(
        likelihood,
        entropy,
        answers,
        np.flatnonzero(fits & (entropy <= thresholds.max_entropy)),
        np.flatnonzero(fits & (answers <= 2 * (thresholds.max_entropy - 1))),
    )


def opposite(steps: Steps) -> IntArray:
    """Return for each step the place of its opposite; both always exist."""
    n = int(max(steps.source.max(), steps.target.max())) + 1
    keys = (steps.context * n + steps.source) * n + steps.target
    order = np.argsort(keys, kind="stable")
    back = (steps.context * n + steps.target) * n + steps.source
    return np.asarray(order[np.searchsorted(keys[order], back)])


def bits(counters: FloatArray) -> FloatArray:
    """Return the entropy of each row of counters in bits."""
    total = np.maximum(counters.sum(axis=1, keepdims=True), 1e-300)
    share = counters / total
    return np.asarray(-(share * np.log2(np.where(share > 0, share, 1.0))).sum(axis=1))


def leaking_rank(blocks: Blocks, cells: Cells) -> FloatArray:
    """Return the leaking PageRank of every node within its block; NaN for values that no kept step touches."""
    n = len(blocks)
    source, target = blocks.source[cells.kept], blocks.target[cells.kept]
    weight = cells.likelihood[cells.kept]
    there = np.zeros(n, dtype=bool)
    there[source] = there[target] = True
    size = np.bincount(blocks.block[there], minlength=int(blocks.block.max(initial=0)) + 1)[blocks.block]
    start = np.divide(1.0, size, out=np.zeros(n), where=there)
    leaving = np.bincount(source, weight, n)
    share = np.divide(weight, leaving[source], out=np.zeros_like(weight), where=leaving[source] > 0)
    rank = start
    for _ in range(ITERATIONS):
        rank = (1 - DAMPING) * start + DAMPING * np.bincount(target, share * rank[source], n)
    return np.where(there, rank, np.nan)
