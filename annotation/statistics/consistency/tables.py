"""Quantities of the 3 × 3 table of ratings against rankings."""

import numpy as np

from annotation.statistics.errors import NotEstimable
from annotation.statistics.rows import FloatArray, IntArray

SIGN = np.array([1.0, -1.0, 0.0])


def cross_table(outcome: IntArray, cross: FloatArray) -> IntArray:
    """Return the table of counts in the files' own orientation: flipped words swap a and b on both sides."""
    table = np.zeros((2, 3, 3))
    for kind in range(3):
        table[:, kind, :] = cross[outcome == kind].sum(axis=0)
    swapped = table[1][[1, 0, 2]][:, [1, 0, 2]]
    return np.asarray(np.rint(table[0] + swapped), dtype=np.int64)


def correlation_of_signs(table: IntArray) -> float:
    """Return Pearson's correlation of +1 (a), 0 (tie) and −1 (b); refuses a protocol that says one thing only."""
    share = table / table.sum()
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    mean_r, mean_c = float(rows @ SIGN), float(columns @ SIGN)
    spread = (float(rows @ SIGN**2) - mean_r**2) * (float(columns @ SIGN**2) - mean_c**2)
    if spread <= 1e-15:
        raise NotEstimable(
            "One of the protocols says the same of every pair: there is no variation to compare."
        )
    return float((SIGN @ share @ SIGN - mean_r * mean_c) / np.sqrt(spread))


# Each takes tables (n, 3, 3) of counts with rows and columns a, b, tie; NaN where a table does not support it.


def consistent_share(table: FloatArray) -> FloatArray:
    """Return the share of pairs that come out the same both ways."""
    return _share(_diagonal(table), table.sum(axis=(1, 2)))


def decisive_share(table: FloatArray) -> FloatArray:
    """Return the share of agreement where both decide."""
    return _share(table[:, 0, 0] + table[:, 1, 1], table[:, :2, :2].sum(axis=(1, 2)))


def half_credit(table: FloatArray) -> FloatArray:
    """Return the share with half of every tie that only one side has."""
    one_sided = table[:, 2, :2].sum(axis=1) + table[:, :2, 2].sum(axis=1)
    return _share(_diagonal(table) + one_sided / 2, table.sum(axis=(1, 2)))


def kappas(table: FloatArray) -> FloatArray:
    """Return Cohen's kappa."""
    total = table.sum(axis=(1, 2))
    chance = _share((table.sum(axis=1) * table.sum(axis=2)).sum(axis=1), total**2)
    return _share(_share(_diagonal(table), total) - chance, 1 - chance)


def _diagonal(table: FloatArray) -> FloatArray:
    found: FloatArray = np.trace(table, axis1=1, axis2=2)
    return found


def _share(part: FloatArray, whole: FloatArray) -> FloatArray:
    found: FloatArray = np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 1e-12)
    return found
