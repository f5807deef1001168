"""The plots of a run's live view, one module for each part of it; each plot has its table beside it."""

from collections.abc import Sequence
from typing import Any

from annotation.routing.figures import drift, estimates, going, judges, quality
from multivocal.studies.reports import Figure


def figures(numbers: dict[str, Any]) -> Sequence[Figure]:
    """Return every plot that has something to show, in the order of the page."""
    if not numbers.get("run"):
        return []
    return [
        *going.figures(numbers),
        *quality.figures(numbers),
        *estimates.figures(numbers["estimates"]),
        *judges.figures(numbers["judges"]),
        *drift.figures(numbers),
    ]
