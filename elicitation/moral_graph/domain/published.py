"""The original authors' moral graph, exactly, its oddities included, so that results can be compared with theirs.

Source: the arithmetic of Klingefjord, Lowe and Edelman, "What are human values, and how do we align AI to them?"
(2024), as their released code carries it out. What is odd in it stays: the entropy counts impressions as if they were
a fifth answer, an unsure or negative vote is not mirrored, contexts are collapsed, and PageRank loses the mass of
values that no step leaves. ``posterior`` is the estimator without these.

Their releases differ where nobody has answered anything: the likelihood is no number in the first and 0 in the last,
which is followed here. Their database keeps one vote of a person on a step whatever the context; a file may hold more,
and each of its rows counts.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean, pstdev
from typing import Any

from elicitation.moral_graph.domain.votes import JUDGED, NOT_WISER, WISER, Votes

DAMPING = 0.85
ITERATIONS = 100


@dataclass
class Cell:
    """The five counters of one ordered pair of values, and the contexts it was seen in, in order."""

    wiser: int = 0
    not_wiser: int = 0
    less_wise: int = 0
    unsure: int = 0
    impressions: int = 0
    contexts: dict[str, None] = field(default_factory=dict)

    @property
    def likelihood(self) -> float:
        """Return (wiser - less wise) / all answers; 0 where there is no answer."""
        total = self.wiser + self.not_wiser + self.unsure + self.less_wise
        return (self.wiser - self.less_wise) / total if total else 0.0

    @property
    def entropy(self) -> float:
        """Return the entropy in bits over all five counters, impressions among them."""
        counters = (self.wiser, self.not_wiser, self.less_wise, self.unsure, self.impressions)
        total = sum(counters)
        return -sum(n / total * math.log2(n / total) for n in counters if n)


@dataclass(frozen=True)
class Thresholds:
    """Which cells become edges."""

    min_wiser: int = 2
    min_likelihood: float = 0.33
    max_entropy: float = 1.69

    def keep(self, cell: Cell) -> bool:
        """Return whether a cell is an edge of the graph."""
        return (
            cell.wiser > 0
            and cell.likelihood >= self.min_likelihood
            and cell.entropy <= self.max_entropy
            and cell.wiser >= self.min_wiser
        )


Pair = tuple[str, str]


def count_cells(votes: Votes) -> dict[Pair, Cell]:
    """Return the cells by (from, to), in the order in which votes made them; each vote is mirrored."""
    cells: dict[Pair, Cell] = {}
    columns = (votes.source.tolist(), votes.target.tolist(), votes.context.tolist(), votes.outcome.tolist())
    for source, target, context, outcome in zip(*columns, strict=True):
        if outcome >= JUDGED:
            continue
        pair = votes.values[source], votes.values[target]
        there = cells.setdefault(pair, Cell())
        back = cells.setdefault(pair[::-1], Cell())
        for cell in (there, back):
            cell.impressions += 1
            cell.contexts[votes.contexts[context]] = None
        if outcome == WISER:
            there.wiser += 1
            back.less_wise += 1
        elif outcome == NOT_WISER:
            there.not_wiser += 1
        else:
            there.unsure += 1
    return cells


def page_rank(nodes: Sequence[str], weights: Mapping[Pair, float]) -> dict[str, float]:
    """Return the leaking PageRank: 100 steps from 1/N; what reaches a value that no edge leaves is lost."""
    leaving: dict[str, float] = {}
    for (source, _), weight in weights.items():
        leaving[source] = leaving.get(source, 0.0) + weight
    rank = {node: 1 / len(nodes) for node in nodes}
    for _ in range(ITERATIONS):
        following = {node: (1 - DAMPING) / len(nodes) for node in nodes}
        for (source, target), weight in weights.items():
            if leaving[source]:
                following[target] += DAMPING * rank[source] * weight / leaving[source]
        rank = following
    return rank


def published_graph(votes: Votes, thresholds: Thresholds, *, all_edges: bool = False) -> dict[str, Any]:
    """Return ``values`` and ``edges`` (and ``allEdges``) in the authors' shape, and each context's winner."""
    cells = count_cells(votes)
    kept = {pair: cell for pair, cell in cells.items() if thresholds.keep(cell)}
    nodes = list(dict.fromkeys(value for pair in kept for value in pair))
    ranks = page_rank(nodes, {pair: cell.likelihood for pair, cell in kept.items()})
    wisdom = dict.fromkeys(nodes, 0.0)
    contexts: dict[str, dict[str, None]] = {node: {} for node in nodes}
    for (_, target), cell in kept.items():
        wisdom[target] += cell.likelihood
        contexts[target] |= cell.contexts
    values = [
        {"id": node, "pageRank": ranks[node], "wisdom": wisdom[node], "contexts": list(contexts[node])}
        for node in nodes
    ]
    graph: dict[str, Any] = {"values": values, "edges": [_edge(pair, cell) for pair, cell in kept.items()]}
    graph["winners"] = (
        [_winner(context, ranks) for context in votes.contexts]
        if len(votes.contexts) == 1
        else [_context(votes, thresholds, number) for number in range(len(votes.contexts))]
    )
    if all_edges:
        graph["allEdges"] = [_edge(pair, cell) for pair, cell in cells.items()]
    return graph


def _context(votes: Votes, thresholds: Thresholds, number: int) -> dict[str, Any]:
    """Return the winner of the graph of one context's votes alone."""
    inside = votes.context == number
    names = ("participant", "source", "target", "context", "outcome")
    alone = replace(votes, **{name: getattr(votes, name)[inside] for name in names})
    kept = {pair: cell for pair, cell in count_cells(alone).items() if thresholds.keep(cell)}
    nodes = list(dict.fromkeys(value for pair in kept for value in pair))
    return _winner(
        votes.contexts[number], page_rank(nodes, {pair: cell.likelihood for pair, cell in kept.items()})
    )


def _winner(context: str, ranks: Mapping[str, float]) -> dict[str, Any]:
    first = max(ranks, key=lambda value: ranks[value], default=None)
    return {"context": context, "id": first, "support": support(list(ranks.values()))}


def support(ranks: Sequence[float]) -> str | None:
    """Return the report's word for how far the first is ahead: by deviations from the mean, and of the second.

    None for fewer than two values, where theirs breaks off. Deviations are those of all values, not of a sample.
    """
    if len(ranks) < 2:
        return None
    first, second = sorted(ranks, reverse=True)[:2]
    spread = pstdev(ranks)
    ahead, times = (first - fmean(ranks)) / spread if spread else 0.0, first / second
    if ahead > 2.5 and times > 2:
        return "broadly supported"
    return "some support" if ahead > 1.5 or times > 1.5 else "contested"


def _edge(pair: Pair, cell: Cell) -> dict[str, Any]:
    return {
        "sourceValueId": pair[0],
        "wiserValueId": pair[1],
        "contexts": list(cell.contexts),
        "counts": {
            "markedWiser": cell.wiser,
            "markedNotWiser": cell.not_wiser,
            "markedLessWise": cell.less_wise,
            "markedUnsure": cell.unsure,
            "impressions": cell.impressions,
        },
        "summary": {"wiserLikelihood": cell.likelihood, "entropy": cell.entropy},
    }
