"""Where rows come from: a dataset's SELECT, wrapped so that each column reads the same in every format."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from select import POLLIN, poll
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql
from psycopg.pq import ExecStatus

from multivocal.domain.datasets import Column, Dataset
from multivocal.exports.cut import Cut

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

_FIRST, _NEXT = 4_096, 131_072
_DERIVED = 5_000  # derived rows that go through PostgreSQL at a time
_HEADER, _TRAILER = 19, b"\xff\xff"  # what stands around the rows of a binary COPY
MOMENT = """to_char({} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


@dataclass
class Source:
    """A dataset, a cut of it, and the connection to read through; ``rows`` counts what went out."""

    connection: "psycopg.Connection[tuple[object, ...]]"
    dataset: Dataset
    cut: Cut
    safe: bool = False
    rows: int = field(default=0)

    def copy(self, select: sql.Composable, options: str) -> Iterator[memoryview]:
        """Yield the rows of ``select`` over the dataset, as COPY writes them, one at a time.

        This asks libpq itself: psycopg's own loop costs more per row than PostgreSQL's work on it.
        """
        if self.dataset.derive is None:
            yield from self._copied(select, options, self.dataset.sql, self.cut.parameters())
            return
        # PostgreSQL writes them down like all others, some thousands at a time.
        derived = iter(self.dataset.derive(self.connection, self.cut.parameters()))
        statement = f"select * from {self.dataset.recordset('%(rows)s')}"
        names = self.dataset.names
        while some := [dict(zip(names, row, strict=True)) for row in islice(derived, _DERIVED)]:
            yield from self._copied(select, options, statement, {"rows": json.dumps(some)})

    def _copied(
        self, select: sql.Composable, options: str, rows: str, parameters: dict[str, Any]
    ) -> Iterator[memoryview]:
        names = sql.SQL(", ").join(map(sql.Identifier, self.dataset.names))
        statement = sql.SQL(
            "copy (select {} from ({}\n) as row_({})) to stdout ({}, encoding 'UTF8')"
        ).format(select, sql.SQL(rows), names, sql.SQL(options))  # type: ignore[arg-type]
        query = psycopg.ClientCursor(self.connection).mogrify(statement, parameters)
        pgconn = self.connection.pgconn
        _expect(pgconn.exec_(query.encode()), ExecStatus.COPY_OUT)
        ready = poll()
        ready.register(pgconn.socket, POLLIN)
        start = _HEADER if "binary" in options else 0  # the header comes with the first row
        while True:
            size, row = pgconn.get_copy_data(1)
            if size > 0:
                row, start = row[start:] if start else row, 0
                if row != _TRAILER:
                    self.rows += 1
                    yield row
            elif size == 0:
                ready.poll()
                pgconn.consume_input()
            else:
                break
        while result := pgconn.get_result():
            _expect(result, ExecStatus.COMMAND_OK)

    def cells(self) -> sql.Composable:
        """Return the select list for CSV: every column as it is to be read."""
        return sql.SQL(", ").join(
            sql.SQL("{} as {}").format(self._cell(column), sql.Identifier(column.name))
            for column in self.dataset.columns
        )

    def _cell(self, column: Column) -> sql.Composable:
        name = sql.SQL("row_.{}").format(sql.Identifier(column.name))
        if column.type == "timestamp":
            return sql.SQL(MOMENT).format(name)
        if column.type in ("boolean", "json"):
            name = sql.SQL("{}::text").format(name)
        if self.safe and column.type in ("string", "text", "json"):
            return sql.SQL(
                "case when {0}::text ~ '^[-=+@\\t\\r\\n＝＋－＠]' then '''' || {0} else {0} end"
            ).format(name)
        return name


def gathered(rows: Iterable[bytes | memoryview]) -> Iterator[bytes]:
    """Yield ``rows`` joined into larger pieces; the first piece is small, so that it leaves at once."""
    held: list[bytes | memoryview] = []
    size, enough = 0, _FIRST
    for row in rows:
        held.append(row)
        size += len(row)
        if size >= enough:
            yield b"".join(held)
            held, size, enough = [], 0, _NEXT
    if held:
        yield b"".join(held)


def _expect(result: "PGresult", wanted: ExecStatus) -> None:
    if result.status != wanted:
        raise psycopg.errors.error_from_result(result)


__all__ = ["MOMENT", "Source", "gathered"]
