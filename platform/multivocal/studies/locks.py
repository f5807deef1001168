"""One at a time: work on one study that must not overlap queues here until its transaction ends."""

from uuid import UUID

from django.db import connection


def lock_study(study: UUID, what: str) -> None:
    """Wait for, and hold until the transaction ends, one study's lock of the name ``what``."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{what} {study}"])
