"""What a dataset is: a key, its columns (its codebook) and where its rows come from, in order."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

ColumnType = Literal["string", "text", "integer", "number", "boolean", "timestamp", "date", "uuid", "json"]


Derive = Callable[[Any, Mapping[str, Any]], Iterator[tuple[Any, ...]]]
TYPES: Mapping[ColumnType, str] = {
    "string": "text",
    "text": "text",
    "integer": "bigint",
    "number": "float8",
    "boolean": "boolean",
    "timestamp": "timestamptz",
    "date": "date",
    "uuid": "uuid",
    "json": "jsonb",
}
"""What a column is in PostgreSQL where its rows are derived."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its type, meaning and unit, when it is null, and whether it could identify a person."""

    name: str
    type: ColumnType
    description: str
    unit: str = ""
    null: str = ""
    identifying: bool = False


@dataclass(frozen=True, slots=True)
class Dataset:
    """Rows to take away.

    ``sql`` is one SELECT giving exactly ``columns`` in order. Its psycopg named parameters: ``study`` (uuid),
    and, each null where not asked for, ``since`` (timestamptz), ``annotator`` (pseudonym), ``version`` (int).
    It leaves out previews and people who withdrew.

    Where rows follow from others by code (``derive(connection, parameters)`` yields them in the order of the
    columns), ``sql`` stays empty; ``statement`` is then that of no rows, with the names and types.
    """

    key: str
    title: str
    description: str
    columns: tuple[Column, ...]
    sql: str = ""
    derive: Derive | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def statement(self) -> str:
        """Return the SELECT of the dataset's rows; of none where they are derived."""
        if self.derive is None:
            return self.sql
        return "SELECT * FROM " + self.recordset("'[]'")

    def recordset(self, rows: str) -> str:
        """Return the SQL that reads ``rows``, a JSON text of objects, as typed columns."""
        # Column names are code, never anybody's words.
        typed = ", ".join(f'"{column.name}" {TYPES[column.type]}' for column in self.columns)
        return f"jsonb_to_recordset({rows}::jsonb) AS derived({typed})"
