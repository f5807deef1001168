"""A table of features: a row per item, a column per feature, NaN where it is not known."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from annotation.statistics.errors import NotEstimable

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Table:
    """``values`` has shape (items, features); ``groups`` says of each column what kind of feature it is."""

    names: tuple[str, ...]
    groups: tuple[str, ...]
    values: FloatArray

    def __len__(self) -> int:
        return len(self.values)

    @classmethod
    def from_rows(
        cls, rows: Sequence[Mapping[str, float | None]], names: Sequence[str] | None = None
    ) -> Self:
        """Return the table of rows as they are stored; a name that a row lacks, and None, are unknown."""
        if names is None:
            names = tuple(dict.fromkeys(name for row in rows for name in row))
        values = np.full((len(rows), len(names)), np.nan)
        for place, name in enumerate(names):
            values[:, place] = [math.nan if (v := row.get(name)) is None else float(v) for row in rows]
        values[~np.isfinite(values)] = np.nan
        return cls(tuple(names), ("",) * len(names), values)

    def rows(self) -> list[dict[str, float | None]]:
        """Return a mapping per item, with None where a feature is unknown: what JSON can hold."""
        return [
            {name: None if v != v else v for name, v in zip(self.names, row, strict=True)}
            for row in self.values.tolist()
        ]

    def only(self, *groups: str) -> Self:
        """Return the columns of these groups."""
        return self._columns([place for place, group in enumerate(self.groups) if group in groups])

    def without(self, *groups: str) -> Self:
        """Return the columns of all other groups."""
        return self._columns([place for place, group in enumerate(self.groups) if group not in groups])

    def named(self, names: Sequence[str]) -> FloatArray:
        """Return the columns of these names, in their order; refuses names that the table does not have."""
        place = {name: n for n, name in enumerate(self.names)}
        if missing := [name for name in names if name not in place]:
            raise NotEstimable(
                f"The features {', '.join(missing[:5])} were known when this was learnt, and are missing."
            )
        return self.values[:, [place[name] for name in names]]

    def pick(self, rows: BoolArray | IntArray) -> Self:
        """Return some of the items."""
        return type(self)(self.names, self.groups, self.values[rows])

    def beside(self, other: "Table") -> Self:
        """Return the columns of both, of the same items."""
        return type(self)(
            self.names + other.names, self.groups + other.groups, np.hstack([self.values, other.values])
        )

    def _columns(self, places: Sequence[int]) -> Self:
        return type(self)(
            tuple(self.names[p] for p in places),
            tuple(self.groups[p] for p in places),
            self.values[:, list(places)],
        )
