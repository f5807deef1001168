"""Claims on questions to models: locks that end with a worker's transaction, so no clock guesses who still lives."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import connection

T = TypeVar("T")

# Row by row, and no further than the last one wanted: a lock more would keep its question from everybody.
_CLAIM = """
    SELECT place FROM unnest(%s::text[]) WITH ORDINALITY AS wanted(name, place)
     WHERE pg_try_advisory_xact_lock(%s, hashtext(name)) LIMIT %s"""


def claim(wanted: Iterable[T], *, space: int, most: int, name: Callable[[T], str] = str) -> list[T]:
    """Return the first ``most`` of what is wanted that no other worker has claimed. In a transaction, which holds them.

    ``space`` is the number of the locks' kind, ``name`` what one is called in it.
    """
    every = list(wanted)
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [[name(one) for one in every], space, most])
        return [every[place - 1] for (place,) in cursor]
