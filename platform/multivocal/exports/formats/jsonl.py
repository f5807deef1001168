"""JSON Lines: one object per row, keys in the order of the columns, UTF-8."""

import json
from collections.abc import Iterator

from psycopg import sql

from multivocal.domain.datasets import Column
from multivocal.exports.formats.source import MOMENT, Source, gathered

_ARGUMENTS = 40  # a function of PostgreSQL takes a hundred
_BINARY = 6  # bytes before the value in a binary row of one column: the count of columns, the value's length


def stream(source: Source) -> Iterator[bytes]:
    """Yield the rows of ``source`` as lines of JSON.

    The line is put together by name: row_to_json looks every type up again and writes every key's escapes for
    every row, which costs as much as all else. Binary rows hold the line as it is, with nothing to unescape.
    """
    line = sql.SQL("(select {} as line_)").format(_line(source.dataset.columns))
    yield from gathered(row[_BINARY:] for row in source.copy(line, "format binary"))


def _line(columns: tuple[Column, ...]) -> sql.Composable:
    pieces: list[sql.Composable] = []
    for n, column in enumerate(columns):
        start = ("{" if n == 0 else ",") + json.dumps(column.name) + ":"
        pieces += [sql.Literal(start), sql.SQL("coalesce({}, 'null')").format(_value(column))]
    groups = [pieces[n : n + _ARGUMENTS] for n in range(0, len(pieces), _ARGUMENTS)]
    joined = [sql.SQL("concat({})").format(sql.SQL(", ").join(group)) for group in groups]
    return sql.SQL("concat({}, E'}}\\n')").format(sql.SQL(", ").join(joined))


def _value(column: Column) -> sql.Composable:
    name = sql.SQL("row_.{}").format(sql.Identifier(column.name))
    match column.type:
        case "integer" | "boolean":
            return sql.SQL("{}::text").format(name)
        case "uuid" | "date":
            return sql.SQL("'\"' || {} || '\"'").format(name)
        case "timestamp":
            return sql.SQL("'\"' || {} || '\"'").format(sql.SQL(MOMENT).format(name))
        case "json":
            # The type json keeps its line breaks; jsonb is one line.
            return sql.SQL("{}::jsonb::text").format(name)
        case _:
            return sql.SQL("to_json({})::text").format(name)
