"""The plots of the report on a graph, one module for each part of it; each plot has its table beside it."""

from collections.abc import Sequence

from elicitation.moral_graph.report.figures import beside, groups, methods, places, steps
from elicitation.moral_graph.report.said import Numbers
from multivocal.studies.reports import Figure


def figures(numbers: Numbers) -> Sequence[Figure]:
    """Return every plot that has something to show, in the order of the page."""
    if not numbers["questions"]:
        return []
    return [
        *places.figures(numbers),
        *methods.figures(numbers["methods"]),
        *groups.figures(numbers["groups"]),
        *steps.figures(numbers),
        *beside.figures(numbers["published"], numbers["methods"]),
    ]
