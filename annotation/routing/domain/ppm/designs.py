"""The columns of a performance model: the share that people label, and how each tag's share is off it.

Raw counts are ill-posed: tags that never occur, options of one question that add up to the same total, and a budget
that drowns all else (routing.md §0.3, §0.4). Here constant columns go, one option of every question goes, and counts
become the budget's share and what a tag has beyond it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotation.routing.domain.table import FloatArray
from annotation.statistics.errors import NotEstimable


@dataclass(frozen=True, eq=False)
class Design:
    """Which tags are kept (``places``), how many items have each (``totals``), of ``items`` items in all."""

    names: tuple[str, ...]
    places: tuple[int, ...]
    totals: FloatArray
    items: int

    def columns(self, counted: FloatArray, asked: FloatArray) -> FloatArray:
        """Return the columns: share b of items that go to people, then for every kept tag its own share less b.

        ``counted`` (rows, tags) are counts, ``asked`` (rows,) how many items go to people. The tag's difference is
        weighted with the tag's share of all items: a tag of two items cannot move a set of a thousand.
        """
        share = asked / self.items
        kept = counted[:, list(self.places)]
        return np.column_stack([share, kept / self.items - share[:, None] * self.totals / self.items])

    def to_json(self) -> dict[str, Any]:
        """Return the design as JSON types."""
        return {
            "names": list(self.names),
            "places": list(self.places),
            "totals": self.totals.tolist(),
            "items": self.items,
        }


def make_design(names: Sequence[str], totals: FloatArray, items: int) -> Design:
    """Return the design for tags with these names and totals over ``items`` items.

    Names of one question have the form "question: option" or "score [bin]". A tag of no item and one of every item are
    dropped; so is the commonest option of a question whose options add up to every item.
    """
    if len(names) != len(totals) or items < 1:
        raise NotEstimable("Every tag needs a name and a total, of at least one item.")
    groups: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        groups.setdefault(name.partition(": ")[0].partition(" [")[0], []).append(place)
    dropped = {place for place, total in enumerate(totals) if not 0 < total < items}
    for places in groups.values():
        if len(places) > 1 and float(totals[places].sum()) == items:
            dropped.add(max(places, key=lambda place: float(totals[place])))
    kept = tuple(place for place in range(len(names)) if place not in dropped)
    return Design(
        tuple(names[place] for place in kept), kept, np.asarray(totals, dtype=np.float64)[list(kept)], items
    )
