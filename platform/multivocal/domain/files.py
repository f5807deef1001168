"""Files that people hand in: a CSV table as columns with the line of every row, and what is wrong, by line."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LONGEST_CELL = 10_000_000
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file; ``line`` counts from 1, and is 0 where it is about the file as a whole."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}" if self.line else self.reason


class BadFile(ValueError):
    """A file that is refused as a whole; ``problems`` names every bad row by line and reason, in order."""

    def __init__(self, name: str, problems: Sequence[Problem]) -> None:
        super().__init__(f"{name}: {problems[0]}" if problems else name)
        self.name = name
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Table:
    """``columns`` of text by name, ``lines`` the line in the file of each row; ``extra`` columns are not read.

    ``ragged`` are rows with another number of cells than the header; they are in no column.
    """

    name: str
    columns: dict[str, list[str]]
    lines: Sequence[int]
    extra: tuple[str, ...] = ()
    ragged: tuple[Problem, ...] = ()

    @property
    def read(self) -> int:
        """How many rows the file has, good or bad."""
        return len(self.lines) + len(self.ragged)


def read_table(
    source: Path | bytes,
    required: Sequence[str],
    optional: Sequence[str] = (),
    *,
    name: str = "",
    delimiter: str = ",",
) -> Table:
    """Return the table of a CSV file with a header, in UTF-8 (a byte-order mark is allowed).

    Refuses (``BadFile``) what cannot be read or is not UTF-8, an empty file, a header without the ``required``
    columns, and one that names a column twice.
    """
    name = name or (source.name if isinstance(source, Path) else "file")
    header, rows, lines = read_cells(source, name, delimiter)
    _check_header(name, header, required, delimiter)
    if not rows:
        raise BadFile(name, [Problem(0, "the file has a header and no rows")])
    wide = len(header)
    ragged: list[Problem] = []
    if set(map(len, rows)) != {wide}:
        ragged = [
            Problem(line, f"the row has {len(row)} cells, the header {wide}")
            for row, line in zip(rows, lines, strict=True)
            if len(row) != wide
        ]
        good = [i for i, row in enumerate(rows) if len(row) == wide]
        rows, lines = [rows[i] for i in good], [lines[i] for i in good]
    cells = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in header]
    known = {*required, *optional}
    columns = {title: column for title, column in zip(header, cells, strict=True) if title in known}
    extra = tuple(title for title in header if title not in known)
    return Table(name, columns, lines, extra, tuple(ragged))


def read_cells(
    source: Path | bytes, name: str, delimiter: str = ","
) -> tuple[list[str], list[list[str]], Sequence[int]]:
    """Return ``(first row, further rows, line of each further row)``; blank lines are no rows."""
    text = _decoded(source, name)
    if not text.strip():
        raise BadFile(name, [Problem(0, "the file is empty")])
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise BadFile(name, [Problem(reader.line_num, f"not CSV: {error}")]) from None
    if reader.line_num == len(rows) and [] not in rows:
        return rows[0], rows[1:], range(2, len(rows) + 1)
    # Cells with line breaks in them, or blank lines: read again, this time with the place of each row.
    placed = [(line, row) for line, row in _placed(text, delimiter) if row]
    return placed[0][1], [row for _, row in placed[1:]], [line for line, _ in placed[1:]]


@dataclass(frozen=True)
class Lines:
    """``rows`` are the JSON values of a file with the line of each; ``problems`` the lines that are no JSON."""

    name: str
    rows: Sequence[tuple[int, Any]]
    problems: Sequence[Problem]


def read_lines(source: Path | bytes, *, name: str = "") -> Lines:
    """Return the values of a JSONL file in UTF-8; refuses (``BadFile``) one that is empty or is no text."""
    name = name or (source.name if isinstance(source, Path) else "file")
    rows: list[tuple[int, Any]] = []
    problems: list[Problem] = []
    for number, line in enumerate(_decoded(source, name).split("\n"), 1):
        if not line.strip():
            continue
        try:
            rows.append((number, json.loads(line)))
        except (ValueError, RecursionError):  # also a number of more digits than Python reads
            problems.append(Problem(number, "not JSON"))
    if not rows and not problems:
        raise BadFile(name, [Problem(0, "the file is empty")])
    return Lines(name, rows, problems)


def _placed(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    for row in reader:
        yield start, row
        start = reader.line_num + 1


def _decoded(source: Path | bytes, name: str) -> str:
    if isinstance(source, Path):
        try:
            source = source.read_bytes()
        except OSError as error:
            raise BadFile(name, [Problem(0, f"cannot be read: {error.strerror or error}")]) from None
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        hint = (
            "it looks like UTF-16"
            if source[:2] in (b"\xff\xfe", b"\xfe\xff")
            else "an old Windows code page?"
        )
        reason = f"byte 0x{source[error.start]:02x} is not UTF-8 ({hint}); save it as UTF-8 (in Excel: “CSV UTF-8”)"
        raise BadFile(name, [Problem(line, reason)]) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise BadFile(name, [Problem(line, "a zero byte: this is not a text file")])
    return text


def _check_header(name: str, header: list[str], required: Sequence[str], delimiter: str) -> None:
    twice = sorted({title for title in header if header.count(title) > 1})
    missing = [title for title in required if title not in header]
    if twice:
        raise BadFile(name, [Problem(1, f"the header names {_listed(twice)} twice")])
    if not missing:
        return
    reason = (
        f"the header has no {_listed(missing)}; it must have {_listed(required)}, and has {_listed(header)}"
    )
    for mark, word in SEPARATORS.items():
        if mark != delimiter and len(header) == 1 and mark in header[0]:
            reason = f"the columns are separated by {word}, not commas; say --delimiter {mark!r}"
    raise BadFile(name, [Problem(1, reason)])


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"“{name[:40]}”" for name in names[:12])
