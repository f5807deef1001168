"""Work on a connection of its own, for tests of what happens while somebody else is at it."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from django.db import connection


def aside(pool: ThreadPoolExecutor, work: Callable[[], Any]) -> Future[Any]:
    """Begin ``work`` on a connection of its own; return once it is done or waits for an advisory lock."""

    def run() -> Any:
        try:
            return work()
        finally:
            connection.close()

    begun = pool.submit(run)
    while not begun.done() and not queued():
        time.sleep(0.01)
    return begun


def queued() -> bool:
    """Return whether somebody waits for an advisory lock of this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from pg_locks where locktype = 'advisory' and not granted and database ="
            " (select oid from pg_database where datname = current_database()))"
        )
        return bool(cursor.fetchone()[0])
