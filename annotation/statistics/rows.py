"""The canonical rows that every statistic reads: ratings, comparisons and rankings as coded numpy arrays."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from annotation.statistics.errors import NotEstimable

IntArray: TypeAlias = NDArray[np.int64]
FloatArray: TypeAlias = NDArray[np.float64]
BoolArray: TypeAlias = NDArray[np.bool_]

OUTCOMES: Mapping[Any, int] = {"a": 1, "b": -1, "tie": 0, 1: 1, -1: -1, 0: 0}


def coded(values: Iterable[Any]) -> tuple[IntArray, tuple[str, ...]]:
    """Return ``(codes, labels)``: labels as sorted text, and every value as the place of its label.

    Sorted, so that the same rows in another order give the same codes and a seed the same draws.
    """
    if isinstance(values, np.ndarray) and values.dtype.kind in "iu":
        # A million whole numbers are coded in numpy; only the few different ones become text.
        distinct, inverse = np.unique(values, return_inverse=True)
        order, labels = coded(distinct.tolist())
        return order[inverse], labels
    texts = list(map(str, values))
    labels = tuple(sorted(set(texts)))
    place = dict(zip(labels, range(len(labels)), strict=True))
    return np.fromiter(map(place.__getitem__, texts), np.int64, len(texts)), labels


def finite(values: Iterable[Any], what: str) -> FloatArray:
    """Return ``values`` as float64; refuses text, NaN and infinities, naming ``what`` and the row (from 0)."""
    given = values if isinstance(values, np.ndarray) else list(values)
    try:
        numbers: FloatArray = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise NotEstimable(f"A {what} is not a number.") from None
    bad = np.flatnonzero(~np.isfinite(numbers))
    if bad.size:
        raise NotEstimable(f"The {what} of row {int(bad[0])} is not a finite number.")
    return numbers


class _Rows:
    """What the three shapes share: columns of one length, a count, a part of the rows."""

    def __post_init__(self) -> None:
        sizes = {column.shape for column in self._columns().values()}
        if len(sizes) > 1 or any(len(shape) != 1 for shape in sizes):
            raise ValueError("the columns of rows must be vectors of one length")
        for name, column in self._columns().items():
            if column.dtype.kind == "f" and not np.isfinite(column).all():
                raise NotEstimable(f"A {name} is not a finite number.")

    def _columns(self) -> dict[str, NDArray[Any]]:
        values = ((field.name, getattr(self, field.name)) for field in fields(self))  # type: ignore[arg-type]
        return {name: value for name, value in values if isinstance(value, np.ndarray)}

    def __len__(self) -> int:
        return len(next(iter(self._columns().values())))

    def take(self, rows: IntArray | BoolArray) -> Self:
        """Return the rows at ``rows`` (places or a mask); labels and codes stay as they are."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]
        return type(self)(**values | {name: value[rows] for name, value in self._columns().items()})

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, Any]]) -> Self:
        """Build from mappings with the shape's column names (as in the interchange files)."""
        listed = list(rows)
        names = dict.fromkeys(name for row in listed[:1] for name in row)
        return cls.from_columns({name: [row[name] for row in listed] for name in names})

    @classmethod
    def from_columns(cls, columns: Mapping[str, Iterable[Any]]) -> Self:
        """Build from whole columns by name; columns of other names are not read."""
        raise NotImplementedError


def _column(columns: Mapping[str, Iterable[Any]], name: str) -> Iterable[Any]:
    # No rows at all have no columns either, and are rows all the same.
    if columns and name not in columns:
        raise NotEstimable(f"The rows have no column “{name}”.")
    return columns.get(name, ())


@dataclass(frozen=True, eq=False)
class Ratings(_Rows):
    """One score of one stimulus by one rater per row; the arrays hold codes into the label tuples."""

    item: IntArray
    rater: IntArray
    stimulus: IntArray
    score: FloatArray
    items: tuple[str, ...]
    raters: tuple[str, ...]
    stimuli: tuple[str, ...]
    dimension: IntArray | None = None
    dimensions: tuple[str, ...] = ()

    @classmethod
    def from_columns(cls, columns: Mapping[str, Iterable[Any]]) -> Self:
        """Build from ``item, rater, stimulus, score`` (+ ``dimension``); refuses a score that is not finite."""
        item, items = coded(_column(columns, "item"))
        rater, raters = coded(_column(columns, "rater"))
        stimulus, stimuli = coded(_column(columns, "stimulus"))
        score = finite(_column(columns, "score"), "score")
        if "dimension" not in columns:
            return cls(item, rater, stimulus, score, items, raters, stimuli)
        dimension, dimensions = coded(columns["dimension"])
        return cls(item, rater, stimulus, score, items, raters, stimuli, dimension, dimensions)


@dataclass(frozen=True, eq=False)
class Comparisons(_Rows):
    """One pair per row: ``outcome`` 1 = a is better, −1 = b, 0 = tie; ``strength`` ≥ 0 (1 where not graded).

    Rows that came from one judgement of several responses share ``judgement``: they are never independent.
    """

    item: IntArray
    rater: IntArray
    a: IntArray
    b: IntArray
    outcome: IntArray
    strength: FloatArray
    judgement: IntArray
    items: tuple[str, ...]
    raters: tuple[str, ...]
    stimuli: tuple[str, ...]

    @classmethod
    def from_columns(cls, columns: Mapping[str, Iterable[Any]]) -> Self:
        """Build from ``item, rater, a, b, outcome`` (+ ``strength``, ``judgement``; else each row its own).

        ``outcome`` is ``a``, ``b``, ``tie`` or 1, −1, 0. Refuses another word and a negative strength.
        """
        item, items = coded(_column(columns, "item"))
        rater, raters = coded(_column(columns, "rater"))
        firsts, seconds = list(_column(columns, "a")), list(_column(columns, "b"))
        both, stimuli = coded([*firsts, *seconds])
        given = list(_column(columns, "outcome"))
        unknown = set(given) - set(OUTCOMES)
        if unknown:
            raise NotEstimable(f"“{sorted(map(str, unknown))[0]}” is no outcome; use a, b or tie.")
        outcome = np.fromiter(map(OUTCOMES.__getitem__, given), np.int64, len(given))
        strength = finite(columns["strength"], "strength") if "strength" in columns else np.ones(len(given))
        if (strength < 0).any():
            raise NotEstimable("A strength is negative; the outcome says the direction.")
        judgement = coded(columns["judgement"])[0] if "judgement" in columns else np.arange(len(given))
        a, b = both[: len(firsts)], both[len(firsts) :]
        return cls(item, rater, a, b, outcome, strength, judgement, items, raters, stimuli)


@dataclass(frozen=True, eq=False)
class Rankings(_Rows):
    """The place of one stimulus in one judgement per row: ``rank`` 1 = best, equal ranks are ties."""

    judgement: IntArray
    item: IntArray
    rater: IntArray
    stimulus: IntArray
    rank: FloatArray
    items: tuple[str, ...]
    raters: tuple[str, ...]
    stimuli: tuple[str, ...]

    @classmethod
    def from_columns(cls, columns: Mapping[str, Iterable[Any]]) -> Self:
        """Build from ``item, rater, stimulus, rank`` (+ ``judgement``; else one per item and rater)."""
        item, items = coded(_column(columns, "item"))
        rater, raters = coded(_column(columns, "rater"))
        stimulus, stimuli = coded(_column(columns, "stimulus"))
        rank = finite(_column(columns, "rank"), "rank")
        if "judgement" in columns:
            judgement = coded(columns["judgement"])[0]
        else:
            judgement = np.unique(item * max(len(raters), 1) + rater, return_inverse=True)[1].astype(np.int64)
        return cls(judgement, item, rater, stimulus, rank, items, raters, stimuli)
