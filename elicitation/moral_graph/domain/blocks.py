"""The graphs of all contexts as blocks of one sparse matrix: nodes, steps between them, sums and places by block."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from elicitation.moral_graph.domain.steps import FloatArray, Steps
from elicitation.moral_graph.domain.votes import IntArray, Votes

FEW = 64  # blocks up to which sorting one after another is quicker than sorting by two keys


@dataclass(frozen=True)
class Blocks:
    """The nodes of one graph per context: ``block`` and ``value`` per node, and each step's two nodes.

    ``block`` ascends: a block's nodes stand beside one another.
    """

    block: IntArray
    value: IntArray
    size: FloatArray
    source: IntArray
    target: IntArray

    def __len__(self) -> int:
        return len(self.block)

    @cached_property
    def starts(self) -> IntArray:
        """Return the first node of every block that has any."""
        return np.flatnonzero(np.diff(self.block, prepend=-1))

    @cached_property
    def lengths(self) -> IntArray:
        """Return the number of nodes of every block that has any."""
        return np.diff(self.starts, append=len(self))

    @cached_property
    def by_target(self) -> tuple[IntArray, csr_array]:
        """Return the steps in the order of a sparse matrix by target, and that matrix of ones."""
        n = len(self)
        order = np.argsort(self.target * n + self.source, kind="stable")
        starts = np.zeros(n + 1, dtype=np.int32)
        np.cumsum(np.bincount(self.target, minlength=n), out=starts[1:])
        sources = self.source[order].astype(np.int32)
        return order, csr_array((np.ones(len(order)), sources, starts), shape=(n, n))

    def matrix(self, weight: FloatArray) -> csr_array:
        """Return the matrix of targets by sources that holds ``weight``, zeros too."""
        order, ones = self.by_target
        found = ones.copy()
        found.data = weight[order]
        return found

    def only(self, steps: IntArray) -> "Blocks":
        """Return the same nodes with these steps alone, in their order."""
        return Blocks(self.block, self.value, self.size, self.source[steps], self.target[steps])

    def sums(self, amounts: FloatArray) -> FloatArray:
        """Return for every block the sum of its nodes' ``amounts``."""
        # The sum of all is quicker than that of a part, and adds in another order.
        return np.asarray(
            amounts.sum(keepdims=True) if len(self.starts) == 1 else np.add.reduceat(amounts, self.starts)
        )

    def each(self, amounts: FloatArray) -> FloatArray:
        """Return every block's amount for each of its nodes; one block's alone, which stands for all."""
        return amounts if len(self.starts) == 1 else np.repeat(amounts, self.lengths)

    def totals(self, amounts: FloatArray) -> FloatArray:
        """Return for every node the sum of ``amounts`` over its block."""
        return np.repeat(self.sums(amounts), self.lengths)

    def ranks(self, scores: FloatArray) -> IntArray:
        """Return the place of every node within its block, 1 = highest; equal scores in the order of nodes."""
        down = -np.round(scores, 12)
        places = np.empty(len(self), dtype=np.int64)
        if len(self.starts) <= FEW:
            for start, length in zip(self.starts.tolist(), self.lengths.tolist(), strict=True):
                order = np.argsort(down[start : start + length], kind="stable")
                places[start : start + length][order] = np.arange(1, length + 1)
            return places
        order = np.lexsort((down, self.block))
        places[order] = np.arange(1, len(self) + 1) - np.repeat(self.starts, self.lengths)
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
