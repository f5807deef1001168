"""A connection that sees one moment: what is read through it is one cut, however long it takes."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection as django_connection
from psycopg.pq import TransactionStatus

# Rows leave as they are found, along indexes in the order of the dataset: a join by hashing or merging reads whole
# tables of every study before its first row, and compiling costs more than it saves. Measured on 1,000,000 rows.
_SETTINGS = """
set local enable_hashjoin = off; set local enable_mergejoin = off; set local jit = off;
set local client_encoding = 'UTF8';
set local timezone = 'UTC'; set local datestyle = 'ISO'; set local work_mem = '16MB';
set local statement_timeout = 0; set local client_connection_check_interval = '5s';
set local idle_in_transaction_session_timeout = 0;
"""


@dataclass(frozen=True)
class Snapshot:
    """One moment of the database: its connection and when it was."""

    connection: "psycopg.Connection[tuple[Any, ...]]"
    at: datetime

    def export(self) -> str:
        """Return a name by which another transaction may look at the same moment."""
        row = self.connection.execute("select pg_export_snapshot()").fetchone()
        assert row is not None
        return str(row[0])


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """Open a moment, read only; leaving early (an exception, a client that went away) ends the query."""
    connection = _connect()
    try:
        connection.execute("begin isolation level repeatable read read only")
        connection.execute(_SETTINGS)
        row = connection.execute("select clock_timestamp()").fetchone()
        assert row is not None
        yield Snapshot(connection, row[0])
    finally:
        if connection.pgconn.transaction_status == TransactionStatus.ACTIVE:
            with suppress(psycopg.Error):
                connection.cancel_safe(timeout=5)
        connection.close()


@contextmanager
def held(lock: int) -> Iterator[bool]:
    """Hold an advisory lock; say whether it was to be had. It ends with this process, however that ends."""
    connection = _connect()
    try:
        row = connection.execute("select pg_try_advisory_lock(%s)", [lock]).fetchone()
        yield bool(row and row[0])
    finally:
        connection.close()


def _connect() -> "psycopg.Connection[tuple[Any, ...]]":
    parameters = django_connection.get_connection_params()
    allowed = ("dbname", "user", "password", "host", "port", "sslmode", "sslrootcert", "connect_timeout")
    chosen = {key: value for key, value in parameters.items() if key in allowed}
    return psycopg.connect(**chosen, application_name="multivocal export", autocommit=True)
