"""The interchange file of wisdom votes: read, or refused with every line that is wrong."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from elicitation.moral_graph.domain.votes import NEVER, OUTCOMES, Coded, Row, Votes, code_votes, make_votes
from multivocal.domain.files import BadFile, Problem, read_table

COLUMNS = ("participant", "from_value", "to_value", "context", "vote", "created_at")
LONGEST = 200
BOM = b"\xef\xbb\xbf"


def read_votes(source: Path | bytes, *, name: str = "") -> Votes:
    """Return the votes of an interchange CSV file, or refuse it (``BadFile``) with every line that is wrong."""
    quickly = _read_plain(source)
    if quickly is not None:
        return quickly
    return make_votes(row for _line, row in read_rows(source, name=name))


def read_rows(source: Path | bytes, *, name: str = "") -> list[tuple[int, Row]]:
    """Return every row of the file with its line, an untold time as ``NEVER``; refuses as ``read_votes`` does."""
    table = read_table(source, COLUMNS, name=name)
    problems = list(table.ragged)
    columns = [map(str.strip, table.columns[column]) for column in COLUMNS]
    rows: list[tuple[int, Row]] = []
    for line, *cells in zip(table.lines, *columns, strict=True):
        at = _time(cells[-1])
        problems += [Problem(line, sentence) for sentence in _wrong(cells, at)]
        who, start, end, where, vote = cells[:-1]
        rows.append((line, (who, start, end, where, vote, at or NEVER)))
    if problems:
        raise BadFile(table.name, sorted(problems, key=lambda problem: problem.line))
    return rows


def _read_plain(source: Path | bytes) -> Votes | None:
    """Return the votes of a file in which nothing is quoted, padded or wrong; None for any other one.

    Ten times quicker than row by row. Whatever is unusual is left to the reader that can name its line.
    """
    import pyarrow as arrow
    from pyarrow import csv

    try:
        data = source.read_bytes() if isinstance(source, Path) else source
    except OSError:
        return None
    header = data.removeprefix(BOM)[:10_000].split(b"\n")[0].rstrip(b"\r").split(b",")
    if b'"' in data or b"\0" in data or len(set(header)) < len(header):
        return None
    kind = arrow.dictionary(arrow.int32(), arrow.string())
    try:
        table = csv.read_csv(
            arrow.BufferReader(data),
            read_options=csv.ReadOptions(use_threads=False, block_size=len(data) + 1),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(COLUMNS, kind),
                include_columns=list(COLUMNS),
                strings_can_be_null=False,
            ),
        )
    except (arrow.ArrowException, KeyError):
        return None
    if not len(table):
        return None
    # The buffers themselves: to_numpy() would load pandas, which takes longer than the file.
    chunks = [table[column].combine_chunks() for column in COLUMNS]
    coded: list[Coded] = []
    for chunk in chunks:
        numbers = np.frombuffer(chunk.indices.buffers()[1], np.int32, len(chunk), chunk.indices.offset * 4)
        coded.append((numbers.astype(np.int64), tuple(chunk.dictionary.to_pylist())))
    times = [_time(label) for label in coded[-1][1]]
    if _unusual(coded) or None in times:
        return None
    at = [times[number] for number in coded[-1][0].tolist()]
    return code_votes(coded[:-1], at)  # type: ignore[arg-type]


def _unusual(coded: list[Coded]) -> bool:
    """Return whether any row is wrong or padded: the rules of ``_wrong``, asked of labels and not of rows."""
    (start, sources), (end, targets) = coded[1:3]
    places = {label: number for number, label in enumerate(targets)}
    same = np.array([places.get(label, -1) for label in sources])
    return (
        any(label != label.strip() or len(label) > LONGEST for _codes, labels in coded for label in labels)
        or any("" in labels for _codes, labels in coded[:3])
        or not set(coded[4][1]) <= set(OUTCOMES)
        or bool((same[start] == end).any())
    )


def _time(cell: str) -> datetime | None:
    """Return the time a cell tells, the earliest there is for an empty one, None for what is no time."""
    if not cell:
        return NEVER
    try:
        at = datetime.fromisoformat(cell)
    except ValueError:
        return None
    # The first and the last year of a calendar leave it in another time zone, and no row can hold that.
    if not 1900 <= at.year <= 9000:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _wrong(cells: list[str], at: datetime | None) -> list[str]:
    cell = dict(zip(COLUMNS, cells, strict=True))
    wrong = [f"{name} is empty" for name in ("participant", "from_value", "to_value") if not cell[name]]
    wrong += [f"{name} is longer than {LONGEST} characters" for name in COLUMNS if len(cell[name]) > LONGEST]
    if cell["from_value"] and cell["from_value"] == cell["to_value"]:
        wrong.append(f"from_value and to_value are both {cell['to_value']}")
    if cell["vote"] not in OUTCOMES:
        wrong.append(f"vote is {cell['vote']!r}; it may be {', '.join(OUTCOMES)}")
    if at is None:
        wrong.append(f"created_at is {cell['created_at']!r}; a time looks like 2026-01-31T12:00:00Z")
    return wrong
