"""Bins of features, fixed once on a seed set: a later set is cut at the same edges, whatever its own values are.

The published framework ranks lengths anew within every routed subset, so its three bins always hold a third each and
say nothing (routing.md §0.5).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np

from annotation.routing.domain.table import FloatArray, Table
from annotation.statistics.errors import NotEstimable

FEWEST = 10


@dataclass(frozen=True)
class Edges:
    """The inner edges of every feature that varied, rising. A value on an edge is in the bin above it."""

    edges: Mapping[str, tuple[float, ...]]

    @cached_property
    def version(self) -> str:
        """The start of the hash of the edges."""
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()[:12]

    def to_json(self) -> dict[str, Any]:
        """Return the edges as JSON types; floats come back the same."""
        return {name: list(edges) for name, edges in self.edges.items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return stored edges."""
        return cls({name: tuple(map(float, edges)) for name, edges in data.items()})


def fix_edges(table: Table, *, bins: int = 3) -> Edges:
    """Return edges at the quantiles of the known values, ``bins`` bins each; edges that coincide are one.

    A feature with fewer than two known values has no edges. Refuses a table of fewer than 10 items.
    """
    if bins < 2:
        raise NotEstimable("There are at least two bins.")
    if len(table) < FEWEST:
        raise NotEstimable(f"Bins are fixed on at least {FEWEST} items; there are {len(table)}.")
    found = {}
    for place, name in enumerate(table.names):
        known = table.values[:, place][np.isfinite(table.values[:, place])]
        values = np.unique(known)
        if len(values) < 2:
            continue
        inner = np.quantile(known, np.arange(1, bins) / bins, method="higher")
        # An edge at the least value would leave the first bin empty.
        edges = np.unique(inner[inner > values[0]])
        found[name] = tuple(map(float, edges if len(edges) else values[-1:]))
    return Edges(found)


def apply(edges: Edges, table: Table) -> Table:
    """Return a column of 0 and 1 per bin, ``name [2/3]``, and ``name [unknown]``; the same columns for every table."""
    values = table.named(tuple(edges.edges))
    names: list[str] = []
    parts: list[FloatArray] = []
    for place, (name, inner) in enumerate(edges.edges.items()):
        column = values[:, place]
        known = np.isfinite(column)
        which = np.where(known, np.searchsorted(np.array(inner), column, side="right"), -1)
        count = len(inner) + 1
        parts += [(which == one).astype(float) for one in range(count)] + [(~known).astype(float)]
        names += [f"{name} [{one + 1}/{count}]" for one in range(count)] + [f"{name} [unknown]"]
    kind = dict(zip(table.names, table.groups, strict=True))
    groups = tuple(kind[name.rsplit(" [", 1)[0]] for name in names)
    return Table(tuple(names), groups, np.column_stack(parts) if parts else np.empty((len(table), 0)))
