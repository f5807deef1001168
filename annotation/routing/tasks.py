"""Celery's part: one step of a run, and a sweep that finds runs at work whose bell was lost."""

import logging
from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from annotation.protocols.annotators.tasks import TURN_S
from annotation.routing.models import Run, Tagging

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


@shared_task(name="routing.tag")
def tag_prompts(run_id: str) -> None:
    """Ask a run's tagger for a while, and hand on; leaves quietly where it is not at work."""
    from annotation.routing.tagging import run_tagging

    run = Run.objects.filter(pk=run_id, state__in=Run.WORKING, tagging__state="running").first()
    if run is None:
        return
    asked = run_tagging(run=run, seconds=TURN_S)
    if Tagging.objects.filter(run=run, state=Tagging.State.RUNNING).exists():
        if asked:
            ring_for_tags(run.pk)
    else:
        ring(run.pk)


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


def ring_for_tags(run_id: UUID) -> None:
    """Tell a worker to ask a run's tagger; if the broker is away, the run's next step does it again."""
    try:
        tag_prompts.delay(str(run_id))
    except Exception:
        logger.warning("no broker for the tags of run %s; its next step rings again", run_id, exc_info=True)
