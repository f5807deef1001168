"""One at a time: what hands out numbers, draws or claims work in a study queues here until its transaction ends."""

from django.db import connection

from multivocal.studies.models import Study


def lock_graph(study: Study) -> None:
    """Wait for, and hold until the transaction ends, the lock of one study's graph."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended('moral_graph ' || %s, 0))", [str(study.pk)]
        )
