"""Celery's part: a worker asks for some seconds and hands on; the sweep finds work whose worker is gone."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from annotation.protocols.annotators.models import Asking
from annotation.protocols.annotators.running import run_asking
from annotation.protocols.models import AiAnnotator
from multivocal import bell

# Participants' turns wait in the same queue: a model that judges steps back behind them again and again.
TURN_S = 10.0
# A batch may wait for slow models; only then is its worker taken for dead.
SILENCE = timedelta(minutes=5)


@shared_task(name="annotators.ask")
def ask_model(annotator_id: str) -> None:
    """Ask one annotator's model for a while; leaves quietly when it is not to be asked."""
    annotator = (
        AiAnnotator.objects.select_related("model", "protocol", "study").filter(pk=annotator_id).first()
    )
    if annotator is None or not Asking.objects.filter(annotator=annotator, state="running").exists():
        return
    ran = run_asking(annotator=annotator, seconds=TURN_S)
    if ran.state == Asking.State.RUNNING and ran.counts.total():
        ring(annotator.pk)


@shared_task(name="annotators.sweep")
def sweep_asking() -> None:
    """Ring for annotators at work of whom nothing was seen for a while."""
    silent = Q(seen_at=None) | Q(seen_at__lt=timezone.now() - SILENCE)
    for pk in Asking.objects.filter(silent, state=Asking.State.RUNNING).values_list("annotator", flat=True):
        ring(pk)


def ring(annotator_id: UUID) -> None:
    """Tell a worker that an annotator's model is to be asked; the sweep finds it, too."""
    bell.ring(ask_model, str(annotator_id))
