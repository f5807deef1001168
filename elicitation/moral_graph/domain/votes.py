"""Votes on steps between values, as coded columns, read from the interchange file or refused line by line."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
COLUMNS = ("participant", "from_value", "to_value", "context", "vote", "created_at")
OUTCOMES = ("wiser", "not_wiser", "unsure", "both", "depends", "bad_story")
WISER, NOT_WISER, UNSURE = 0, 1, 2
JUDGED = 3  # outcomes below this one answer "is it wiser?"; the others say why the question did not fit
LONGEST = 200


class BadVotes(ValueError):
    """A file that cannot be used; ``problems`` are sentences with their lines."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)


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


def read_votes(data: bytes) -> Votes:
    """Return the votes of an interchange CSV file, or raise ``BadVotes`` with every line that is wrong."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadVotes([f"line {data[: error.start].count(10) + 1}: not UTF-8"]) from None
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise BadVotes([f"not a CSV file: {error}"]) from None
    if not lines:
        raise BadVotes(["line 1: the file is empty"])
    header = [name.strip() for name in lines[0]]
    if problem := _header_problem(header):
        raise BadVotes([problem])
    place = {name: header.index(name) for name in COLUMNS}
    problems: list[str] = []
    rows: list[Row] = []
    for number, cells in enumerate(lines[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            problems.append(f"line {number}: {len(cells)} cells where the header has {len(header)}")
            continue
        row, wrong = _row({name: cells[place[name]].strip() for name in COLUMNS})
        problems += [f"line {number}: {sentence}" for sentence in wrong]
        if row is not None:
            rows.append(row)
    if problems:
        raise BadVotes(problems)
    if not rows:
        raise BadVotes(["line 2: the file has a header and no votes"])
    return make_votes(rows)


def _header_problem(header: list[str]) -> str:
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        hint = "; its cells are separated by semicolons, commas are expected" if ";" in header[0] else ""
        return f"line 1: no column {', '.join(missing)}{hint}"
    doubled = sorted({name for name in header if header.count(name) > 1})
    return f"line 1: two columns called {', '.join(doubled)}" if doubled else ""


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
