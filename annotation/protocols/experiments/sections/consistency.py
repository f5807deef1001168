"""R2 to R7: whether ratings and preferences say the same, beside how far each agrees with itself."""

from typing import Any

from annotation.protocols.experiments.selection import Selection


def consistency(selection: Selection) -> list[dict[str, Any]]:
    """Return one comparison per rating protocol and preference protocol."""
    return []
