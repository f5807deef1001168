"""R9: whether preferences among three answers go round in circles."""

from typing import Any

from annotation.protocols.experiments.selection import Selection


def transitivity(selection: Selection) -> list[dict[str, Any]]:
    """Return per protocol the complete triads and how many of them are circles."""
    return []
