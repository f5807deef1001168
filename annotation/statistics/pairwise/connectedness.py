"""Whether the comparisons connect the systems, and if not, which groups stand apart and why."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from annotation.statistics.errors import NotEstimable
from annotation.statistics.pairwise.counts import Counts
from annotation.statistics.rows import FloatArray

NAMED = 8


@dataclass(frozen=True)
class Connectedness:
    """``groups``: systems that can be placed on one scale, the largest first; one group when all can.

    ``compared``: groups linked by any comparison at all, wins or not. Worths exist only with one group: from every
    system a chain of wins or ties must lead to every other (Ford 1957).
    """

    groups: tuple[tuple[str, ...], ...]
    compared: tuple[tuple[str, ...], ...]

    @property
    def connected(self) -> bool:
        """Whether all worths can be estimated without a prior."""
        return len(self.groups) == 1

    def reason(self) -> str:
        """Return why worths cannot be estimated, with the names of the groups."""
        if len(self.compared) > 1:
            said = "; ".join(_named(group) for group in self.compared)
            return f"The systems fall into groups that were never compared with each other: {said}."
        said = "; ".join(_named(group) for group in self.groups)
        return (
            "Some systems never lost to, never won from and never tied with the others, so the distance between "
            f"them has no bound: {said}. More comparisons or a declared prior are needed."
        )

    def as_json(self) -> dict[str, Any]:
        """Return the groups and whether there is one."""
        return {**asdict(self), "connected": self.connected}


def connectedness(counts: Counts) -> Connectedness:
    """Return the groups of ``counts``: strongly connected by wins (a tie counts both ways), and compared at all."""
    if not counts.labels:
        raise NotEstimable("There are no systems.")
    edges = (counts.wins > 0) | (counts.ties > 0)
    return Connectedness(_groups(counts.labels, edges, "strong"), _groups(counts.labels, edges, "weak"))


def require_connected(counts: Counts) -> None:
    """Raise ``NotEstimable`` with the names of the groups unless there is one group."""
    found = connectedness(counts)
    if not found.connected:
        raise NotEstimable(found.reason())


def is_connected(halves: FloatArray) -> bool:
    """Return whether the matrix of wins with ties as halves is strongly connected."""
    return int(connected_components(csr_matrix(halves > 0), connection="strong")[0]) == 1


def _groups(labels: Sequence[str], edges: Any, connection: str) -> tuple[tuple[str, ...], ...]:
    number, member = connected_components(csr_matrix(edges), connection=connection)
    groups = [tuple(labels[int(one)] for one in np.flatnonzero(member == group)) for group in range(number)]
    return tuple(sorted(groups, key=lambda group: (-len(group), group)))


def _named(group: Sequence[str]) -> str:
    shown = ", ".join(f"“{label}”" for label in group[:NAMED])
    return shown if len(group) <= NAMED else f"{shown} and {len(group) - NAMED} more"
