"""Circles and two-step paths among the steps people were asked about."""

from elicitation.moral_graph.report.basis import Basis
from elicitation.moral_graph.report.said import Numbers, told

SHOWN = 20


def cycles(basis: Basis) -> list[Numbers]:
    """Return circles of supported steps: values each of which is held wiser than the one before it."""
    return [
        {
            "context": one["context"],
            "text": basis.situations.get(one["context"], (one["context"], ()))[0],
            "values": [int(value) for value in one["values"]],
            "titles": [basis.titles.get(value, value) for value in one["values"]],
        }
        for one in basis.graph["cycles"]
    ]


def transitivity(basis: Basis) -> Numbers:
    """Return how many two-step paths there are, and whether people who were asked about the ends say the same.

    Over steps with more "wiser" than "less wise"; and, apart, over supported steps alone.
    """
    from elicitation.moral_graph.domain.criteria.intervals import wilson
    from elicitation.moral_graph.domain.criteria.transitive import Way, two_steps

    net = {}
    for edge in basis.graph["allEdges"]:
        counts = edge["counts"]
        way = Way(edge["contexts"][0], edge["sourceValueId"], edge["wiserValueId"])
        net[way] = float(counts["markedWiser"] - counts["markedLessWise"])
    supported = {
        Way(edge["contexts"][0], edge["sourceValueId"], edge["wiserValueId"]) for edge in basis.graph["edges"]
    }
    every = two_steps(net)
    sure = two_steps({way: share for way, share in net.items() if way in supported or share <= 0})
    return {
        "majority": {
            "paths": every.paths, "asked": every.asked, "leads": len(every.leads), "against": len(every.against),
            "level": len(every.level),
            "share": told(wilson(len(every.leads), every.asked), fewest=5, of="paths with a direct vote"),
        },
        "supported_paths": sure.paths,
        "contradictions": [
            {
                "context": path.context, "text": basis.situations.get(path.context, (path.context, ()))[0],
                "path": [int(path.first), int(path.by), int(path.last)],
                "titles": [basis.titles.get(value, value) for value in (path.first, path.by, path.last)],
            }
            for path in every.against[:SHOWN]
        ],
    }  # fmt: skip
