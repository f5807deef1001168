"""The plots of the comparison report, each with the table that stands beside it."""

from collections.abc import Sequence
from typing import Any

from multivocal.studies.reports import Figure


def figures(numbers: dict[str, Any]) -> Sequence[Figure]:
    """Return every plot that has something to show."""
    return []
