"""The graphs of all contexts as blocks of one sparse matrix: nodes, steps between them, sums and places by block."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from elicitation.moral_graph.domain.steps import FloatArray, Steps
from elicitation.moral_graph.domain.votes import IntArray, Votes

FEW = 64  # blocks up to which sorting one after another is quicker than sorting by two keys


@dataclass(frozen=True)
class Pairs:
    """The pairs of nodes with a step either way: ``first`` < ``second``, and of each step its pair and whether it goes
    ``up``, from first to second. ``entry`` and ``ones``: a symmetric matrix with both directions of every pair.
    """

    first: IntArray
    second: IntArray
    of: IntArray
    up: NDArray[np.bool_]
    entry: IntArray
    ones: csr_array

    def sums(self, amounts: FloatArray) -> FloatArray:
        """Return the sums of the steps' ``amounts``, shape (2, pairs): of those that go up, and of the others."""
        n = len(self.first)
        there, back = (np.bincount(self.of[way], amounts[way], n) for way in (self.up, ~self.up))
        return np.stack([there, back])

    def matrix(self, there: FloatArray, back: FloatArray) -> csr_array:
        """Return the matrix of targets by sources with one amount per pair and direction."""
        found = self.ones.copy()
        found.data = np.concatenate([there, back])[self.entry]
        return found


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
        return _structure(self.target, self.source, len(self))

    @cached_property
    def pairs(self) -> Pairs:
        """Return the pairs of the steps."""
        n = len(self)
        first, second = np.minimum(self.source, self.target), np.maximum(self.source, self.target)
        keys, of = np.unique(first * n + second, return_inverse=True)
        low, high = keys // n, keys % n
        entry, ones = _structure(np.concatenate([high, low]), np.concatenate([low, high]), n)
        return Pairs(low, high, of, self.source < self.target, entry, ones)

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


def _structure(rows: IntArray, columns: IntArray, n: int) -> tuple[IntArray, csr_array]:
    """Return the order of a sparse matrix with these places, and that matrix of ones."""
    order = np.argsort(rows * n + columns, kind="stable")
    starts = np.zeros(n + 1, dtype=np.int32)
    np.cumsum(np.bincount(rows, minlength=n), out=starts[1:])
    return order, csr_array((np.ones(len(order)), columns[order].astype(np.int32), starts), shape=(n, n))


def blocks_of(steps: Steps, votes: Votes, *, pooled: bool) -> Blocks:
    """Return one block per context, or with ``pooled`` one block in which contexts stand beside one another."""
    n = len(votes.values)
    context = np.zeros_like(steps.context) if pooled else steps.context
    source, target = context * n + steps.source, context * n + steps.target
    keys = np.unique(np.concatenate([source, target]))
    block = keys // n
    size = np.bincount(block).astype(float)[block]
    return Blocks(block, keys % n, size, np.searchsorted(keys, source), np.searchsorted(keys, target))
