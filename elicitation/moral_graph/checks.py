"""The system check that the database can compare vectors, which merging cards needs."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, connections

EXTENSION = "vector"


@register(Tags.database)
def vectors_can_be_compared(databases: Any = None, **_options: Any) -> list[CheckMessage]:
    """Say what is missing where PostgreSQL has no pgvector; ``migrate`` asks before it changes anything."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        try:
            with connections[alias].cursor() as cursor:
                cursor.execute("select 1 from pg_available_extensions where name = %s", [EXTENSION])
                there = cursor.fetchone() is not None
        except DatabaseError:
            continue  # a database that cannot be reached is another check's to name
        if not there:
            found.append(
                Error(
                    "This PostgreSQL has no pgvector; cards cannot be merged into values without it.",
                    hint="Install it on the database's server (Debian: apt install postgresql-17-pgvector, "
                    "with your version's number), then migrate again. The embedded database brings it.",
                    id="moral_graph.E001",
                )
            )
    return found
