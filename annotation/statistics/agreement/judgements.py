"""Judgements made ready for a measure of agreement: compact codes, missing values out, refusals said."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotation.statistics.errors import NotEstimable
from annotation.statistics.rows import FloatArray, IntArray, Ratings


@dataclass(frozen=True, eq=False)
class Judgements:
    """One value by one rater on one unit per row: ``unit``, ``rater`` and ``value`` are codes from 0, all in use.

    ``scale`` holds the different values in order (numbers where the values are numbers), ``missing`` how many
    values were NaN, ``single`` how many were left out because their unit has no second value.
    """

    unit: IntArray
    rater: IntArray | None
    value: IntArray
    scale: NDArray[Any]
    units: int
    raters: int | None
    missing: int
    single: int

    def __len__(self) -> int:
        return len(self.unit)

    def counts(self) -> FloatArray:
        """Return how often each unit (row) got each value (column)."""
        width = len(self.scale)
        flat = np.bincount(self.unit * width + self.value, minlength=self.units * width)
        return flat.reshape(self.units, width).astype(np.float64)


def judgements(
    unit: ArrayLike, value: ArrayLike, rater: ArrayLike | None = None, *, paired: bool = True
) -> Judgements:
    """Return coded judgements from three vectors of one length; NaN values are missing.

    With ``paired`` the units with a single value are left out (and counted). Refuses vectors of different length,
    infinite values, a single rater, a rater with two values on one unit, and data where no unit has two values.
    """
    units, values = np.asarray(unit), np.asarray(value)
    raters = None if rater is None else np.asarray(rater)
    if units.shape != values.shape or units.ndim != 1 or (raters is not None and raters.shape != units.shape):
        raise ValueError("unit, value and rater must be vectors of one length")
    if not len(units):
        raise NotEstimable("There are no judgements.")
    present = np.ones(len(values), dtype=bool)
    if values.dtype.kind == "f":
        present = ~np.isnan(values)
        if np.isinf(values).any():
            raise NotEstimable("A value is infinite.")
    missing = int(len(values) - present.sum())
    if missing:
        units, values = units[present], values[present]
        raters = None if raters is None else raters[present]
    place, total = compact(units)
    judged = np.bincount(place, minlength=total)
    single = int((judged == 1).sum())
    if raters is not None and len(np.unique(raters)) < 2:
        raise NotEstimable("There is one rater; agreement needs two.")
    if single == total:
        raise NotEstimable("No unit has two values, so nobody can agree or disagree.")
    if single and paired:
        kept = judged[place] > 1
        place, total = compact(place[kept])
        values = values[kept]
        raters = None if raters is None else raters[kept]
    scale, code = np.unique(values, return_inverse=True)
    who, people = (None, None) if raters is None else compact(raters)
    if who is not None and people is not None:
        _refuse_twice(place, who, people)
    return Judgements(
        place, who, code.astype(np.int64), scale, total, people, missing, single if paired else 0
    )


def compact(codes: NDArray[Any]) -> tuple[IntArray, int]:
    """Return ``(codes from 0 without gaps, how many there are)`` in the order of the values."""
    if codes.dtype.kind in "iu" and len(codes) and codes.min() >= 0 and codes.max() < 8 * len(codes):
        used = np.bincount(codes) > 0
        place = np.cumsum(used) - 1
        return place[codes].astype(np.int64), int(used.sum())
    labels, inverse = np.unique(codes, return_inverse=True)
    return inverse.astype(np.int64), len(labels)


def _refuse_twice(unit: IntArray, rater: IntArray, raters: int) -> None:
    cells = np.sort(unit * raters + rater)
    if (cells[1:] == cells[:-1]).any():
        raise NotEstimable(
            "A rater has two values on one unit; keep one, and compare the two with test–retest."
        )


def of_ratings(ratings: Ratings) -> tuple[IntArray, FloatArray, IntArray]:
    """Return ``(unit, value, rater)`` of ratings: a unit is one stimulus of one item (of one dimension)."""
    unit = ratings.item * max(len(ratings.stimuli), 1) + ratings.stimulus
    if ratings.dimension is not None:
        unit = unit * max(len(ratings.dimensions), 1) + ratings.dimension
    return unit, ratings.score, ratings.rater


def from_both_sides(unit: IntArray, value: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return signed values of pairs (1 = a, −1 = b, 0 = a tie) twice: as they are, and as seen from b.

    Which of two responses is called a is nobody's answer. Taken as it comes it would decide how often 1 and −1 are
    expected, and with that the agreement beyond chance.
    """
    size = int(unit.max()) + 1 if len(unit) else 0
    return np.concatenate([unit, unit + size]), np.concatenate([value, -value])
