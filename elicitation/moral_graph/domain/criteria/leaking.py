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
    likelihood = _likelihood(counts)
    entropy, answers = bits(_five(back, counts, np.arange(len(counts)))), bits(counts)
    may = _maybe(counts, thresholds)
    may = may[likelihood[may] >= thresholds.min_likelihood]
    return Cells(
        likelihood,
        entropy,
        answers,
        may[entropy[may] <= thresholds.max_entropy],
        may[answers[may] <= 2 * (thresholds.max_entropy - 1)],
    )


def edges_of(back: IntArray, counts: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return the steps that are edges, and their likelihoods: those of ``cells_of``, without what it tells beside."""
    thresholds = Thresholds()
    may = _maybe(counts, thresholds)
    likelihood = _likelihood(counts[may])
    entropy = bits(_five(back, counts, may))
    kept = (likelihood >= thresholds.min_likelihood) & (entropy <= thresholds.max_entropy)
    return may[kept], likelihood[kept]


def _maybe(counts: FloatArray, thresholds: Thresholds) -> IntArray:
    return np.flatnonzero((counts[:, WISER] > 0) & (counts[:, WISER] >= thresholds.min_wiser))


def _likelihood(counts: FloatArray) -> FloatArray:
    total = counts.sum(axis=1)
    return np.asarray((counts[:, WISER] - counts[:, LESS_WISE]) / np.where(total > 0, total, 1.0))


def _five(back: IntArray, counts: FloatArray, which: IntArray) -> FloatArray:
    """Return the published five counters of ``which`` steps: impressions are those of both directions."""
    given = [WISER, NOT_WISER, UNSURE]
    impressions = counts[which][:, given].sum(axis=1) + counts[back[which]][:, given].sum(axis=1)
    return np.column_stack([counts[which], impressions])


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


def leaking_rank(blocks: Blocks, kept: IntArray, weight: FloatArray) -> FloatArray:
    """Return the leaking PageRank of every node within its block by the edges ``kept``; NaN for values without one."""
    n = len(blocks)
    source, target = blocks.source[kept], blocks.target[kept]
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
