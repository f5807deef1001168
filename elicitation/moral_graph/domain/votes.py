"""Votes on steps between values, as columns of numbers with the labels they stand for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from elicitation.moral_graph.domain.answers import JUDGED, NOT_WISER, OUTCOMES, UNSURE, WISER

IntArray = NDArray[np.int64]
Coded = tuple[IntArray, tuple[str, ...]]
"""A column as numbers, and the labels they stand for."""
COLUMNS = ("participant", "from_value", "to_value", "context", "vote", "created_at")
__all__ = ["JUDGED", "NOT_WISER", "OUTCOMES", "UNSURE", "WISER", "Votes", "code_votes", "make_votes"]


@dataclass(frozen=True)
class Votes:
    """One vote per row, all columns of one length; codes index the label tuples, outcomes ``OUTCOMES``."""

    participant: IntArray
    source: IntArray
    target: IntArray
    context: IntArray
    outcome: IntArray
    participants: tuple[str, ...]
    values: tuple[str, ...]
    contexts: tuple[str, ...]
    read: int
    duplicate: int

    def __len__(self) -> int:
        return len(self.outcome)


Row = tuple[str, str, str, str, str, datetime]
NEVER = datetime.min.replace(tzinfo=UTC)


def make_votes(rows: Iterable[Row]) -> Votes:
    """Return ``(participant, from, to, context, vote, time)`` rows as ``Votes``.

    Somebody who voted twice on the same step in the same context has one vote, the latest; the earlier ones
    are counted as duplicates.
    """
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in COLUMNS]
    *labels, at = columns
    return code_votes([_coded(column) for column in labels], at)


def code_votes(columns: Sequence[Coded], at: Sequence[datetime]) -> Votes:
    """Return columns of codes, each with its labels in the order of their first row, as ``Votes``; see there."""
    (who, people), *ends, (context, contexts), (said, answers) = columns
    participant = who
    source, target, values = _one_list(*ends)
    outcome = np.array([OUTCOMES.index(answer) for answer in answers], dtype=np.int64)[said]
    step = (source * len(values) + target) * max(len(contexts), 1) + context
    # Two keys, not one: three names' numbers multiplied fit 64 bits, four might not.
    order = np.lexsort((participant, step))
    same = (np.diff(step[order]) == 0) & (np.diff(participant[order]) == 0)
    if same.any():
        latest: dict[tuple[int, int], int] = {}
        for row, key in enumerate(zip(participant.tolist(), step.tolist(), strict=True)):
            kept = latest.get(key)
            if kept is None or at[kept] <= at[row]:
                latest[key] = row
        rows = np.fromiter(latest.values(), np.int64, len(latest))
        participant, source, target, context, outcome = (
            column[rows] for column in (participant, source, target, context, outcome)
        )
    labels = people, values, contexts
    return Votes(participant, source, target, context, outcome, *labels, len(at), len(at) - len(outcome))


def _coded(column: Sequence[str]) -> Coded:
    labels = {label: number for number, label in enumerate(dict.fromkeys(column))}
    return np.fromiter(map(labels.__getitem__, column), np.int64, len(column)), tuple(labels)


def _one_list(start: Coded, end: Coded) -> tuple[IntArray, IntArray, tuple[str, ...]]:
    """Return the codes of two columns over one list of labels, in the order of rows, the first column's before."""
    met = [(2 * row, label) for row, label in zip(_first_rows(start[0]), start[1], strict=True)]
    met += [(2 * row + 1, label) for row, label in zip(_first_rows(end[0]), end[1], strict=True)]
    number = {label: n for n, label in enumerate(dict.fromkeys(label for _row, label in sorted(met)))}
    source, target = (
        np.array([number[label] for label in labels], dtype=np.int64)[codes] for codes, labels in (start, end)
    )
    return source, target, tuple(number)


def _first_rows(codes: IntArray) -> list[int]:
    """Return the first row of each code; codes are numbered by their first rows."""
    if not len(codes):
        return []
    return np.flatnonzero(np.diff(np.maximum.accumulate(codes), prepend=-1)).tolist()
