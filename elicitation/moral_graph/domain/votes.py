"""Votes on steps between values, as coded columns, read from the interchange file or refused line by line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from elicitation.moral_graph.domain.answers import JUDGED, NOT_WISER, OUTCOMES, UNSURE, WISER
from multivocal.domain.files import BadFile, Problem, read_table

IntArray = NDArray[np.int64]
COLUMNS = ("participant", "from_value", "to_value", "context", "vote", "created_at")
LONGEST = 200
__all__ = ["JUDGED", "NOT_WISER", "OUTCOMES", "UNSURE", "WISER", "Votes", "make_votes", "read_votes"]


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


def make_votes(rows: Iterable[Row]) -> Votes:
    """Return ``(participant, from, to, context, vote, time)`` rows as ``Votes``.

    Somebody who voted twice on the same step in the same context has one vote, the latest; the earlier ones
    are counted as duplicates.
    """
    latest: dict[tuple[str, str, str, str], tuple[datetime, str]] = {}
    read = 0
    for participant, source, target, context, vote, at in rows:
        read += 1
        key = (participant, source, target, context)
        if key not in latest or latest[key][0] <= at:
            latest[key] = (at, vote)
    values: dict[str, int] = {}
    people: dict[str, int] = {}
    contexts: dict[str, int] = {}
    codes = [
        (
            people.setdefault(participant, len(people)),
            values.setdefault(source, len(values)),
            values.setdefault(target, len(values)),
            contexts.setdefault(context, len(contexts)),
            OUTCOMES.index(vote),
        )
        for (participant, source, target, context), (_, vote) in latest.items()
    ]
    who, start, end, where, said = np.array(codes, dtype=np.int64).reshape(-1, 5).T
    labels = tuple(people), tuple(values), tuple(contexts)
    return Votes(who, start, end, where, said, *labels, read, read - len(latest))


def read_votes(source: Path | bytes, *, name: str = "") -> Votes:
    """Return the votes of an interchange CSV file, or refuse it (``BadFile``) with every line that is wrong."""
    table = read_table(source, COLUMNS, name=name)
    problems = list(table.ragged)
    rows: list[Row] = []
    columns = [table.columns[column] for column in COLUMNS]
    for line, *cells in zip(table.lines, *columns, strict=True):
        row, wrong = _row({column: cell.strip() for column, cell in zip(COLUMNS, cells, strict=True)})
        problems += [Problem(line, sentence) for sentence in wrong]
        if row is not None:
            rows.append(row)
    if problems:
        raise BadFile(table.name, sorted(problems, key=lambda problem: problem.line))
    return make_votes(rows)


def _row(cell: dict[str, str]) -> tuple[Row | None, list[str]]:
    wrong = [f"{name} is empty" for name in ("participant", "from_value", "to_value") if not cell[name]]
    wrong += [f"{name} is longer than {LONGEST} characters" for name in COLUMNS if len(cell[name]) > LONGEST]
    if cell["from_value"] and cell["from_value"] == cell["to_value"]:
        wrong.append(f"from_value and to_value are both {cell['to_value']}")
    if cell["vote"] not in OUTCOMES:
        wrong.append(f"vote is {cell['vote']!r}; it may be {', '.join(OUTCOMES)}")
    at = datetime.min.replace(tzinfo=UTC)
    if cell["created_at"]:
        try:
            at = datetime.fromisoformat(cell["created_at"])
        except ValueError:
            wrong.append(f"created_at is {cell['created_at']!r}; a time looks like 2026-01-31T12:00:00Z")
        else:
            at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if wrong:
        return None, wrong
    return (cell["participant"], cell["from_value"], cell["to_value"], cell["context"], cell["vote"], at), []
