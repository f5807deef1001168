"""What one person, or one group, does to the winners: the graph once more without them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from elicitation.moral_graph.domain.criteria.resampling import View
from elicitation.moral_graph.domain.ranks import page_rank
from elicitation.moral_graph.domain.steps import FloatArray, net_share
from elicitation.moral_graph.domain.votes import IntArray


def winners(view: View, weight: FloatArray | None = None) -> IntArray:
    """Return the first node of every block, in the order of blocks."""
    rank = page_rank(view.blocks, np.maximum(net_share(view.steps.counts(weight)), 0.0), precise=1e-9)
    return np.flatnonzero(view.blocks.ranks(rank) == 1)


@dataclass(frozen=True)
class LeftOut:
    """How many winners there are, and how many of them change without each of the groups."""

    winners: int
    changed: tuple[int, ...]


def without_each(view: View, groups: Sequence[IntArray]) -> LeftOut:
    """Return what changes without each of ``groups`` (codes of participants); winners of one value alone are kept."""
    here = winners(view)
    alone = view.blocks.size[here] < 2
    changed = []
    for group in groups:
        weight = np.ones(view.steps.people)
        weight[group] = 0.0
        there = winners(view, weight)
        changed.append(int(((there != here) & ~alone).sum()))
    return LeftOut(int((~alone).sum()), tuple(changed))
