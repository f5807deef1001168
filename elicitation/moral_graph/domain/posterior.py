"""Our moral graph: vote outcomes only, contexts apart, every number with its interval.

A step is supported where 95 % of its posterior lies above 0: more people find the target wiser than the source wiser,
whatever else they answered. Values are ordered by a PageRank that keeps its mass and is weighted by the posterior net
share, so that few votes move little; Bradley–Terry and rank centrality stand beside it.
"""

from typing import Any

import numpy as np

from elicitation.moral_graph.domain.cycles import circles
from elicitation.moral_graph.domain.flipping import voters_to_flip
from elicitation.moral_graph.domain.ranks import Blocks, blocks_of, bradley_terry, page_rank, rank_centrality
from elicitation.moral_graph.domain.steps import Belief, FloatArray, Steps, believe, net_share, steps_of
from elicitation.moral_graph.domain.uncertainty import Spread, bootstrap_places
from elicitation.moral_graph.domain.votes import JUDGED, NOT_WISER, WISER, Votes

ROUNDS = 200


def posterior_graph(
    votes: Votes, *, seed: int = 0, rounds: int = ROUNDS, all_edges: bool = False, workers: int = 1
) -> dict[str, Any]:
    """Return ``values, edges, contexts, cycles`` (and ``allEdges``); the same votes and seed give the same graph.

    ``values``: over all contexts; ``contexts``: each with its own order, its winner, how often that one came first
    among the resamples, and how many coordinated voters would flip it. A file in which nobody answered whether a
    value is wiser gives an empty graph. ``workers``: processes that share the resamples; the graph is the same.
    """
    if not (votes.outcome < JUDGED).any():
        return {"values": [], "edges": [], "contexts": [], "cycles": []} | (
            {"allEdges": []} if all_edges else {}
        )
    steps = steps_of(votes)
    counts = steps.counts()
    belief = believe(counts)
    kept = np.flatnonzero(belief.net_low > 0)
    apart = blocks_of(steps, votes, pooled=False)
    weight = np.maximum(net_share(counts), 0.0)
    # Of one context alone, both graphs are the same one.
    both = [apart] if len(apart.starts) == 1 else [apart, blocks_of(steps, votes, pooled=True)]
    graphs = [(blocks, page_rank(blocks, weight)) for blocks in both]
    spreads = bootstrap_places(steps, graphs, rounds=rounds, seed=seed, workers=workers)
    found = [
        _rows(votes, counts, blocks, rank, spread)
        for (blocks, rank), spread in zip(graphs, spreads, strict=True)
    ]
    rows, all_rows = found[0], [dict(row) for row in found[-1]]
    graph: dict[str, Any] = {
        "values": sorted(all_rows, key=lambda row: row["rank"]),
        "edges": _edges(votes, steps, counts, belief, kept),
        "contexts": _contexts(votes, apart, voters_to_flip(apart, counts, graphs[0][1]), rows),
        "cycles": [
            {
                "context": votes.contexts[apart.block[circle[0]]],
                "values": [votes.values[apart.value[node]] for node in circle],
            }
            for circle in circles(apart, kept)
        ],
    }
    if all_edges:
        graph["allEdges"] = _edges(votes, steps, counts, belief, np.arange(len(steps)))
    return graph


def _rows(
    votes: Votes, counts: FloatArray, blocks: Blocks, rank: FloatArray, spread: Spread
) -> list[dict[str, Any]]:
    worth = bradley_terry(blocks, counts[:, WISER], counts[:, NOT_WISER])
    central = rank_centrality(blocks, counts[:, WISER])
    places, by_worth, by_walk = (blocks.ranks(scores) for scores in (rank, worth, central))
    columns = {
        "id": [votes.values[value] for value in blocks.value.tolist()],
        "pageRank": rank.tolist(),
        "rank": places.tolist(),
        "rankCi95": np.stack([spread.low, spread.high], axis=1).tolist(),
        "first": spread.first.tolist(),
        "bradleyTerry": worth.tolist(),
        "bradleyTerryRank": by_worth.tolist(),
        "rankCentrality": central.tolist(),
        "rankCentralityRank": by_walk.tolist(),
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _contexts(
    votes: Votes, blocks: Blocks, flips: list[int | None], rows: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    result = []
    for start, length, voters in zip(blocks.starts.tolist(), blocks.lengths.tolist(), flips, strict=True):
        members = sorted(rows[start : start + length], key=lambda row: row["rank"])
        first = members[0]
        winner = {
            "id": first["id"],
            "first": first["first"],
            "votersToFlip": voters,
            "methodsAgree": first["bradleyTerryRank"] == first["rankCentralityRank"] == 1,
        }
        result.append({"context": votes.contexts[blocks.block[start]], "winner": winner, "values": members})
    return result


def _edges(
    votes: Votes, steps: Steps, counts: FloatArray, belief: Belief, which: Any
) -> list[dict[str, Any]]:
    return [
        {
            "sourceValueId": votes.values[steps.source[n]],
            "wiserValueId": votes.values[steps.target[n]],
            "contexts": [votes.contexts[steps.context[n]]],
            "counts": {
                "markedWiser": int(counts[n, 0]),
                "markedNotWiser": int(counts[n, 1]),
                "markedLessWise": int(counts[n, 3]),
                "markedUnsure": int(counts[n, 2]),
                "impressions": int(counts[n].sum()),
            },
            "summary": {
                "wiserLikelihood": float(belief.net[n]),
                "ci95": [float(belief.net_low[n]), float(belief.net_high[n])],
                "wiser": float(belief.wiser[n]),
                "wiserCi95": [float(belief.wiser_low[n]), float(belief.wiser_high[n])],
                "entropy": float(belief.entropy[n]),
            },
        }
        for n in which
    ]
