"""The published method on the same votes, and what is known to be wrong with it, as numbers."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from elicitation.moral_graph.report.basis import Basis
from elicitation.moral_graph.report.said import Numbers

if TYPE_CHECKING:
    from elicitation.moral_graph.domain.ranks import Blocks
    from elicitation.moral_graph.domain.steps import FloatArray, Steps


def published(basis: Basis) -> Numbers:
    """Return the published graph's size and first values, and its known faults measured on these votes.

    ``mass``: what its PageRank sums to (ours: 1). ``entropy``: the mean of what its formula gives and of what the
    answers alone give, over steps that were voted on, and the edges that the difference lets in or keeps out.
    ``contexts_collapsed``: pairs of values asked about in several contexts, and how many of them point different
    ways in two of them. ``firsts_differ``: contexts whose first value differs from ours.
    """
    from elicitation.moral_graph.domain.criteria.leaking import cells_of, opposite
    from elicitation.moral_graph.domain.published import Thresholds, published_graph
    from elicitation.moral_graph.domain.steps import net_share, steps_of

    votes = basis.ballots.votes
    graph = published_graph(votes, Thresholds())
    collapsed = steps_of(replace(votes, context=np.zeros_like(votes.context)))
    counts = collapsed.counts()
    cells = cells_of(opposite(collapsed), counts)
    voted = counts[:, :3].sum(axis=1) > 0
    apart = basis.resampled.views[0]
    scored = basis.resampled.scores[0]
    ranked = sorted(graph["values"], key=lambda row: (-row["pageRank"], row["id"]))
    wisest = sorted(graph["values"], key=lambda row: (-row["wisdom"], row["id"]))
    return {
        "values": len(graph["values"]),
        "edges": len(graph["edges"]),
        "mass": sum(row["pageRank"] for row in graph["values"]) if graph["values"] else None,
        "first": _value(basis, ranked[0]["id"]) if ranked else None,
        "wisest": _value(basis, wisest[0]["id"]) if wisest else None,
        "entropy": {
            "steps": int(voted.sum()),
            "published": float(cells.entropy[voted].mean()) if voted.any() else None,
            "answers": float(cells.answers[voted].mean()) if voted.any() else None,
            "let_in": len(set(cells.kept.tolist()) - set(cells.strict.tolist())),
            "kept_out": len(set(cells.strict.tolist()) - set(cells.kept.tolist())),
        },
        "contexts_collapsed": _collapsed(apart.steps, net_share(apart.steps.counts())),
        "firsts_differ": _firsts_differ(apart.blocks, scored["posterior"][0], scored["published"][0]),
    }


def _value(basis: Basis, number: str) -> Numbers:
    return {"value": int(number), "title": basis.titles.get(number, number)}


def _collapsed(steps: "Steps", net: "FloatArray") -> Numbers:
    signs: dict[tuple[int, int], set[int]] = {}
    seen: dict[tuple[int, int], int] = {}
    for source, target, share in zip(steps.source.tolist(), steps.target.tolist(), net.tolist(), strict=True):
        if source < target:
            signs.setdefault((source, target), set()).add((share > 0) - (share < 0))
            seen[source, target] = seen.get((source, target), 0) + 1
    several = [pair for pair, n in seen.items() if n > 1]
    return {"pairs": len(several), "turned": sum({1, -1} <= signs[pair] for pair in several)}


def _firsts_differ(blocks: "Blocks", ours: "FloatArray", theirs: "FloatArray") -> Numbers:
    differ, compared = 0, 0
    for block in np.unique(blocks.block):
        inside = np.flatnonzero(blocks.block == block)
        there = theirs[inside]
        if np.isfinite(there).any():
            compared += 1
            differ += int(np.argmax(ours[inside]) != np.nanargmax(there))
    return {"contexts": compared, "differ": differ}
