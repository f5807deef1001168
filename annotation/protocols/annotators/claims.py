"""Claims on questions to models: locks that end with a worker's transaction, so no clock guesses who still lives."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def claim(wanted: Iterable[T], *, space: int, most: int, name: Callable[[T], str] = str) -> list[T]:
    """Return the first ``most`` of what is wanted that no other worker has claimed. In a transaction, which holds them.

    ``space`` is the number of the locks' kind, ``name`` what one is called in it.
    """
    found: list[T] = []
    with connection.cursor() as cursor:
        for one in wanted:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [space, name(one)])
            found += [one] * cursor.fetchone()[0]
            if len(found) == most:
                break
    return found
