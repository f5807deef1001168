"""Comparisons counted once: cells of (a, b, category), and the matrices of wins and ties that come from them."""

from dataclasses import dataclass

import numpy as np

from annotation.statistics.errors import NotEstimable
from annotation.statistics.rows import Comparisons, FloatArray, IntArray

# Above this many possible cells a table of all of them costs more than sorting the rows.
DENSE_CELLS = 4_000_000


@dataclass(frozen=True, eq=False)
class Table:
    """Cells of equal comparisons: ``a`` was shown first, ``b`` second, ``category`` is a place in ``levels``.

    ``levels`` are the signed strengths, ascending and symmetric (−1, 0, 1 where nothing is graded; no 0 where no
    tie was given). ``weight`` is how many rows a cell has; ``cell`` gives each of the rows its cell.
    """

    labels: tuple[str, ...]
    a: IntArray
    b: IntArray
    category: IntArray
    levels: FloatArray
    weight: FloatArray
    cell: IntArray
    absent: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """The rows counted."""
        return round(float(self.weight.sum()))

    @property
    def signs(self) -> IntArray:
        """The outcome of each cell: 1 = a, −1 = b, 0 = tie."""
        return np.sign(self.levels).astype(np.int64)[self.category]

    def by_category(self) -> FloatArray:
        """Return the rows of each category."""
        return summed(self.category, self.weight, len(self.levels))


@dataclass(frozen=True, eq=False)
class Counts:
    """``wins[i, j]`` = how often i was judged better than j; ``ties[i, j]`` = ties of the two, symmetric."""

    labels: tuple[str, ...]
    wins: FloatArray
    ties: FloatArray

    def __post_init__(self) -> None:
        shape = (len(self.labels), len(self.labels))
        if self.wins.shape != shape or self.ties.shape != shape:
            raise ValueError("wins and ties are square, one row for each label")
        if not (np.isfinite(self.wins).all() and np.isfinite(self.ties).all()):
            raise NotEstimable("A count is not a finite number.")
        if (self.wins < 0).any() or (self.ties < 0).any():
            raise NotEstimable("A count is negative.")
        if np.diag(self.wins).any() or np.diag(self.ties).any():
            raise NotEstimable("A system is compared with itself.")
        if not np.array_equal(self.ties, self.ties.T):
            raise NotEstimable("The ties are not symmetric: a tie of two belongs to both.")

    @property
    def halves(self) -> FloatArray:
        """Wins with every tie as half a win for each side."""
        return self.wins + self.ties / 2


def summed(code: IntArray, weight: FloatArray, size: int) -> FloatArray:
    """Return the sum of ``weight`` for each code from 0 to ``size`` − 1."""
    result: FloatArray = np.bincount(code, weight, size).astype(np.float64, copy=False)
    return result


def tabulate(comparisons: Comparisons, *, graded: bool = False) -> Table:
    """Count ``comparisons`` into cells; strengths are told apart only if ``graded``.

    Labels no row names are left out and kept as ``absent``. Refuses no rows, one system, a system against itself,
    an outcome that is none, only ties, and (graded) a decisive row of strength 0 or one that is not finite.
    """
    outcome = comparisons.outcome
    if not len(outcome):
        raise NotEstimable("There are no comparisons.")
    if outcome.min() < -1 or outcome.max() > 1:
        raise NotEstimable("An outcome is none of 1 (a), −1 (b) and 0 (tie).")
    a, b, labels, absent = _present(comparisons)
    category, levels = _graded(comparisons) if graded else _plain(outcome)
    k, m = len(labels), len(levels)
    code = (a * k + b) * m + category
    if k * k * m <= DENSE_CELLS:
        every = np.bincount(code, minlength=k * k * m)
        kept = np.flatnonzero(every)
        weight = every[kept].astype(np.float64)
        place = np.zeros(k * k * m, np.int64)
        place[kept] = np.arange(len(kept))
        cell = place[code]
    else:
        kept, cell, counted = np.unique(code, return_inverse=True, return_counts=True)
        weight = counted.astype(np.float64)
    return Table(labels, kept // m // k, kept // m % k, kept % m, levels, weight, cell, absent)


def count(comparisons: Comparisons) -> Counts:
    """Return the matrices of wins and ties; refuses what ``tabulate`` refuses."""
    return matrices(tabulate(comparisons))


def matrices(table: Table, weight: FloatArray | None = None) -> Counts:
    """Return the matrices of ``table``'s cells, with other weights of the cells where given."""
    given = table.weight if weight is None else weight
    k, signs = len(table.labels), table.signs
    winner = np.where(signs >= 0, table.a, table.b)
    loser = np.where(signs >= 0, table.b, table.a)
    places = winner * k + loser
    decided = signs != 0
    wins = summed(places[decided], given[decided], k * k).reshape(k, k)
    ties = summed(places[~decided], given[~decided], k * k).reshape(k, k)
    return Counts(table.labels, wins, ties + ties.T)


def table_of(counts: Counts) -> Table:
    """Return the cells of count matrices; the side shown first is no longer known, nor are the rows."""
    k = len(counts.labels)
    if k < 2:
        raise NotEstimable("There is only one system; nothing can be compared.")
    won = np.argwhere(counts.wins > 0)
    tied = np.argwhere(np.triu(counts.ties) > 0)
    if not len(won):
        raise NotEstimable("Every comparison is a tie." if len(tied) else "There are no comparisons.")
    levels = np.array([-1.0, 0.0, 1.0]) if len(tied) else np.array([-1.0, 1.0])
    pairs = np.concatenate([won, tied]).astype(np.int64)
    category = np.repeat(np.array([len(levels) - 1, 1]), [len(won), len(tied)])
    weight = np.concatenate([counts.wins[tuple(won.T)], counts.ties[tuple(tied.T)]])
    return Table(counts.labels, pairs[:, 0], pairs[:, 1], category, levels, weight, np.empty(0, np.int64))


def _present(comparisons: Comparisons) -> tuple[IntArray, IntArray, tuple[str, ...], tuple[str, ...]]:
    a, b, names = comparisons.a, comparisons.b, comparisons.stimuli
    if (a == b).any():
        row = int(np.argmax(a == b))
        raise NotEstimable(f"Row {row} compares “{names[int(a[row])]}” with itself.")
    seen = np.bincount(a, minlength=len(names)) + np.bincount(b, minlength=len(names)) > 0
    labels = tuple(name for name, there in zip(names, seen, strict=True) if there)
    if len(labels) == len(names):
        return a, b, labels, ()
    place = np.cumsum(seen) - 1
    return (
        place[a],
        place[b],
        labels,
        tuple(name for name, there in zip(names, seen, strict=True) if not there),
    )


def _plain(outcome: IntArray) -> tuple[IntArray, FloatArray]:
    losses, ties, wins = np.bincount(outcome + 1, minlength=3)
    if not losses + wins:
        raise NotEstimable("Every comparison is a tie.")
    if ties:
        return outcome + 1, np.array([-1.0, 0.0, 1.0])
    return (outcome + 1) // 2, np.array([-1.0, 1.0])


def _graded(comparisons: Comparisons) -> tuple[IntArray, FloatArray]:
    decided = comparisons.outcome != 0
    if not decided.any():
        raise NotEstimable("Every comparison is a tie.")
    strength = comparisons.strength[decided]
    if not np.isfinite(strength).all():
        raise NotEstimable("A strength is not a finite number.")
    if (strength <= 0).any():
        raise NotEstimable("A comparison has a winner and strength 0; a tie has no winner.")
    found = np.unique(strength)
    middle = np.zeros(0 if decided.all() else 1)
    levels = np.concatenate([-found[::-1], middle, found])
    value = np.where(decided, comparisons.outcome * comparisons.strength, 0.0)
    return np.searchsorted(levels, value), levels
