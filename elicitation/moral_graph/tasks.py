"""Celery's part: cards are merged, steps are written and graphs are taken in the background; rows say what is due."""

import asyncio
import logging
from uuid import UUID

from celery import shared_task

from elicitation.moral_graph import work
from multivocal.studies.models import Study

logger = logging.getLogger("multivocal.moral_graph")


@shared_task(name="moral_graph.prepare")
def prepare(study_id: str) -> None:
    """Do what is due in one study; leaves quietly where nothing is, or another worker is at it."""
    study = Study.objects.filter(pk=study_id).first()
    if study is not None:
        asyncio.run(work.prepare_study(study))


@shared_task(name="moral_graph.sweep")
def sweep() -> None:
    """Ring for studies with people's cards to merge, or with work that was asked for and not done."""
    for study_id in work.studies_with_work():
        ring(study_id)


@shared_task(name="moral_graph.snapshots")
def snapshots() -> None:
    """Take a graph of every study whose people have voted since the last one."""
    work.take_due_snapshots()


def ring(study_id: UUID) -> None:
    """Tell a worker; if the broker is away, the sweep finds the row."""
    try:
        prepare.delay(str(study_id))
    except Exception:
        logger.warning("no broker for study %s; the sweep will find it", study_id, exc_info=True)
