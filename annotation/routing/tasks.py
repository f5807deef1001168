"""Celery's part: one step of a run, and a sweep that finds runs at work whose bell was lost."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from annotation.protocols.annotators.tasks import TURN_S
from annotation.routing.models import Check, Run, Tagging
from multivocal import bell

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


@shared_task(name="routing.check")
def ask_again(check_id: int) -> None:
    """Ask judges about canaries for a while, and hand on; leaves quietly where the check is done."""
    from annotation.routing.asking_again import run_check

    check = Check.objects.filter(pk=check_id, done_at=None).first()
    if check is None:
        return
    asked = run_check(check=check, seconds=TURN_S)
    if not Check.objects.filter(pk=check_id, done_at=None).exists():
        ring(check.run_id)
    elif asked:
        ring_for_check(check_id)


@shared_task(name="routing.sweep")
def sweep_runs() -> None:
    """Ring for every run at work that nobody has looked at for a moment."""
    silent = Q(seen_at=None) | Q(seen_at__lt=timezone.now() - LOOK)
    for pk in Run.objects.filter(silent, state__in=Run.WORKING).values_list("pk", flat=True):
        ring(pk)
    # Also those of runs that are paused.
    for check in Check.objects.filter(silent, done_at=None):
        ring_for_check(check.pk)


def ring(run_id: UUID) -> None:
    """Tell a worker that a run has something to do; the sweep finds it, too."""
    bell.ring(advance_run, str(run_id))


def ring_for_tags(run_id: UUID) -> None:
    """Tell a worker to ask a run's tagger; the run's next step does it again."""
    bell.ring(tag_prompts, str(run_id))


def ring_for_check(check_id: int) -> None:
    """Tell a worker to ask canaries; the sweep finds the check, too."""
    bell.ring(ask_again, check_id)
