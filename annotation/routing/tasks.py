"""Celery's part: one step of a run, and a sweep that finds runs at work whose bell was lost."""

import logging
from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from annotation.routing.models import Run

logger = logging.getLogger("multivocal.routing")
# People's answers come without a bell: every run at work is looked at this often.
LOOK = timedelta(seconds=8)


@shared_task(name="routing.advance")
def advance_run(run_id: str) -> None:
    """Do one step of a run; leaves quietly where it is not at work, or another worker is at it."""
    from annotation.routing.running import advance

    run = Run.objects.filter(pk=run_id, state__in=Run.WORKING).first()
    if run is not None:
        advance(run)


@shared_task(name="routing.sweep")
def sweep_runs() -> None:
    """Ring for every run at work that nobody has looked at for a moment."""
    silent = Q(seen_at=None) | Q(seen_at__lt=timezone.now() - LOOK)
    for pk in Run.objects.filter(silent, state__in=Run.WORKING).values_list("pk", flat=True):
        ring(pk)


def ring(run_id: UUID) -> None:
    """Tell a worker; if the broker is away, the sweep finds the row."""
    try:
        advance_run.delay(str(run_id))
    except Exception:
        logger.warning("no broker for run %s; the sweep will find it", run_id, exc_info=True)
