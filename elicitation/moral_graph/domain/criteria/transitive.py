"""Two steps in a row and the step between their ends: does a→b and b→c make a→c, where people were asked?"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Way(NamedTuple):
    """A directed step in one context."""

    context: str
    source: str
    target: str


class Path(NamedTuple):
    """Two steps by way of a third value."""

    context: str
    first: str
    by: str
    last: str


@dataclass(frozen=True)
class Transitivity:
    """How many two-step paths there are, and what people said of those whose ends they were asked about.

    ``leads``: the ends lead the same way; ``against``: the other way; ``level``: neither.
    """

    paths: int
    leads: tuple[Path, ...]
    against: tuple[Path, ...]
    level: tuple[Path, ...]

    @property
    def asked(self) -> int:
        """Return how many paths have a direct vote between their ends."""
        return len(self.leads) + len(self.against) + len(self.level)


def two_steps(net: Mapping[Way, float]) -> Transitivity:
    """Return the two-step paths along steps with a positive net share, each context by itself.

    ``net``: for every directed step that was voted on, the share "wiser" less the share "less wise". A step's
    opposite has the opposite sign by its mirrored votes.
    """
    leaving: dict[tuple[str, str], list[str]] = defaultdict(list)
    for way, share in sorted(net.items()):
        if share > 0:
            leaving[way.context, way.source].append(way.target)
    paths = 0
    found: dict[int, list[Path]] = {1: [], -1: [], 0: []}
    for (context, first), targets in leaving.items():
        for by in targets:
            for last in leaving.get((context, by), ()):
                if last == first:
                    continue
                paths += 1
                direct = net.get(Way(context, first, last))
                if direct is not None:
                    found[(direct > 0) - (direct < 0)].append(Path(context, first, by, last))
    return Transitivity(paths, *(tuple(found[sign]) for sign in (1, -1, 0)))
