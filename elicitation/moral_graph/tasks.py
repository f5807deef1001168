"""Celery's part: cards are merged, steps are written and graphs are taken in the background; rows say what is due."""

import asyncio
from uuid import UUID

from celery import shared_task

from elicitation.moral_graph import erasure, partitions, suggestions_asking, work
from elicitation.moral_graph.models import Partition
from elicitation.moral_graph.preparing import under_way
from multivocal import bell
from multivocal.studies.models import Study


@shared_task(name="moral_graph.prepare")
def prepare(study_id: str) -> None:
    """Do what is due in one study, and what was asked for meanwhile; leaves quietly where another worker is at it."""
    study = Study.objects.filter(pk=study_id).first()
    if study is not None and asyncio.run(work.prepare_study(study)) and under_way(study):
        ring(study.pk)


@shared_task(name="moral_graph.sweep")
def sweep() -> None:
    """Ring for studies with cards to merge or work that was asked for; values drop the words of who withdrew."""
    erasure.drop_words_of_withdrawn()
    for study_id in work.studies_with_work():
        ring(study_id)
    for partition in partitions.due_partitions():
        ring_partition(partition)
    for request in suggestions_asking.due_requests():
        ring_suggestions(request)


@shared_task(name="moral_graph.suggestions")
def suggestions(request_id: int) -> None:
    """Ask a model for what a designer asked for."""
    suggestions_asking.answer_request(request_id=request_id)


@shared_task(name="moral_graph.partition")
def partition(partition_id: int) -> None:
    """Make one proposed partition; leaves quietly where another worker is at it."""
    row = Partition.objects.filter(pk=partition_id).select_related("study").first()
    if row is not None:
        partitions.make_now(row)


@shared_task(name="moral_graph.snapshots")
def snapshots() -> None:
    """Take a graph of every study whose people have voted since the last one."""
    work.take_due_snapshots()


def ring(study_id: UUID) -> None:
    """Tell a worker that a study has work waiting; the sweep finds it, too."""
    bell.ring(prepare, str(study_id))


def ring_partition(partition_id: int) -> None:
    """Tell a worker of a proposed partition; the sweep finds it, too."""
    bell.ring(partition, partition_id)


def ring_suggestions(request_id: int) -> None:
    """Tell a worker that a model is to be asked; the sweep finds it, too."""
    bell.ring(suggestions, request_id)
