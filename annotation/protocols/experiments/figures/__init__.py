"""The plots of the comparison report, one module for each part of it; each plot has its table beside it."""

from collections.abc import Mapping, Sequence
from typing import Any

from annotation.protocols.experiments.figures import (
    agreement,
    balance,
    consistency,
    counts,
    methods,
    quality,
    sway,
    systems,
)
from multivocal.studies.reports import Figure


def figures(numbers: dict[str, Any]) -> Sequence[Figure]:
    """Return every plot that has something to show, in the order of the page."""
    part = view_of(numbers)
    if not numbers["rows"]["judgements"]:
        return list(balance.figures(numbers))
    return [
        *sway.figures(part),
        *consistency.figures(part),
        *agreement.figures(part),
        *systems.figures(part),
        *methods.figures(part["methods"]),
        *quality.figures(part),
        *counts.figures(part),
        *balance.figures(numbers),
    ]


def view_of(numbers: dict[str, Any]) -> dict[str, Any]:
    """Return the part that was asked for: models, people without the excluded, or everybody."""
    found: dict[str, Any] = numbers[view_key(numbers, numbers["asked"])]
    return found


def view_key(numbers: Mapping[str, Any], asked: Mapping[str, str]) -> str:
    """Return where the numbers that were asked for stand in the report, which has those of every view."""
    if asked.get("judges") == "models" and numbers["models"]:
        return "models"
    if asked.get("exclusions") == "applied" and numbers["with_exclusions"]:
        return "with_exclusions"
    return "without_exclusions"
