"""What more people bring: the graph of the first people only, batch by batch, and how often a card is a new value."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from elicitation.moral_graph.domain.criteria.intervals import Measured, rate
from elicitation.moral_graph.domain.criteria.leaving_out import winners
from elicitation.moral_graph.domain.criteria.ordering import accord
from elicitation.moral_graph.domain.criteria.resampling import View
from elicitation.moral_graph.domain.ranks import page_rank
from elicitation.moral_graph.domain.steps import believe, net_share
from elicitation.moral_graph.domain.votes import IntArray, Votes

BATCHES = 10
PER = 50


@dataclass(frozen=True)
class Grown:
    """The graph after the first ``people``: votes, values voted on, supported steps, winners as at the end.

    ``spearman``: how far the order of all values together agrees with that at the end.
    """

    people: int
    votes: int
    values: int
    supported: int
    winners: int
    contexts: int
    spearman: float | None


def grow(
    votes: Votes, apart: View, together: View, order: Sequence[int], batches: int = BATCHES
) -> list[Grown]:
    """Return the graph's growth; ``order``: participants' codes, who voted first comes first."""
    steps = apart.steps
    at_end = winners(apart)
    full = page_rank(together.blocks, np.maximum(net_share(steps.counts()), 0.0))
    found = []
    for cut in sorted({max(1, round(len(order) * n / batches)) for n in range(1, batches + 1)}):
        weight = np.zeros(steps.people)
        weight[list(order[:cut])] = 1.0
        counts = steps.counts(weight)
        rank = page_rank(together.blocks, np.maximum(net_share(counts), 0.0))
        voted = counts.sum(axis=1) > 0
        # A context that nobody was asked about yet has no winner, whatever the order of its values says.
        asked = np.zeros(int(apart.blocks.block.max()) + 1, dtype=bool)
        asked[steps.context[voted]] = True
        same = winners(apart, weight) == at_end
        seen = asked[apart.blocks.block[at_end]]
        rho = float(accord(rank, full)[0][0])
        found.append(
            Grown(
                people=cut,
                votes=int(weight[votes.participant].sum()),
                values=len(np.unique(np.concatenate([steps.source[voted], steps.target[voted]]))),
                supported=int((believe(counts).net_low > 0).sum()),
                winners=int((same & seen).sum()),
                contexts=len(at_end),
                spearman=rho if np.isfinite(rho) else None,
            )
        )
    return found


@dataclass(frozen=True)
class Novelty:
    """New values per 50 people, among the first half of them and the second; ``curve``: values after each person."""

    first: Measured | None
    second: Measured | None
    curve: tuple[int, ...]


def novelty(people: Sequence[Sequence[str]]) -> Novelty:
    """Return how often somebody's cards are values that nobody before had; ``people`` in order, each their values."""
    seen: set[str] = set()
    fresh, curve = [], []
    for values in people:
        fresh.append(len(set(values) - seen))
        seen.update(values)
        curve.append(len(seen))
    half = len(people) // 2
    first, second = (rate(sum(part), len(part), per=PER) for part in (fresh[:half], fresh[half:]))
    return Novelty(first, second, tuple(curve))


def first_come(participant: IntArray, moment: Sequence[float]) -> list[int]:
    """Return participants' codes by their earliest moment, equal ones by code."""
    earliest: dict[int, float] = {}
    for who, at in zip(participant.tolist(), moment, strict=True):
        earliest[who] = min(at, earliest.get(who, at))
    return sorted(earliest, key=lambda who: (earliest[who], who))
