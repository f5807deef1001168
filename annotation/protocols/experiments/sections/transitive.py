"""R9: whether preferences among three answers go round in circles."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from annotation.protocols.experiments.arrays import comparisons_of, implied
from annotation.protocols.experiments.numbers import safely
from annotation.protocols.experiments.selection import Selection
from annotation.statistics.errors import NotEstimable

if TYPE_CHECKING:
    from annotation.statistics.rows import Comparisons


def transitivity(selection: Selection) -> list[dict[str, Any]]:
    """Return per protocol the complete triads of answers to one item and how many of them go round.

    Ratings of one person cannot go round; pooled over people they can, because each pair has other raters.
    """
    lines = []
    for key, rows in selection.by_protocol.items():
        rated = key in selection.rating
        pairs = implied(rows, selection.plan.tie_margin) if rated else comparisons_of(rows)
        lines.append({"protocol": key, **safely(_triads, pairs)})
    return lines


def _triads(pairs: "Comparisons") -> dict[str, Any]:
    from annotation.statistics.transitivity import transitivity as counted

    found = counted(pairs).as_json()
    if not found["pooled"]["complete"]:
        raise NotEstimable(_("No item has three answers that were all compared with one another."))
    return {"own": found["own"], "pooled": found["pooled"], "chance": found["chance"]}
