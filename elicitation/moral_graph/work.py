"""What is due in a study, claimed by one worker: merge cards, then write stories for steps that have none."""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from elicitation.interviews.models import ValuesCard
from elicitation.moral_graph.cards import unmerged
from elicitation.moral_graph.changed import free_changed, outdated
from elicitation.moral_graph.merging import merge_cards
from elicitation.moral_graph.models import Membership, Partition, Preparation, Upgrade, WisdomVote
from elicitation.moral_graph.planting import plant
from elicitation.moral_graph.shapes import WisdomConfig
from elicitation.moral_graph.snapshots import ESTIMATORS, latest, take_snapshot
from elicitation.moral_graph.upgrades import write_steps
from multivocal.llm.gateway import Gateway, in_db
from multivocal.studies.enrolment import newest_version
from multivocal.studies.models import Study

LEASE = timedelta(minutes=10)
"""A worker that has not been heard of for this long is taken for dead; what it did is in the rows."""
BEAT_S = 30.0
NO_GRAPH = "The graph could not be kept: "
logger = logging.getLogger("multivocal.moral_graph")


def wisdom_stage(study: Study) -> tuple[WisdomConfig, Partition] | None:
    """Return the first wisdom stage of a study's newest version, with its contexts and seeds planted; None if none."""
    version = newest_version(study)
    stages = version.shape.stages if version else ()
    config = next((stage for stage in stages if isinstance(stage, WisdomConfig)), None)
    if config is None or version is None:
        return None
    return config, plant(study=study, definition=version.shape, config=config)


async def prepare_study(study: Study) -> bool:
    """Merge the cards and write the steps that are due; return whether this worker did it.

    Simulated people's cards are merged only where a page asked for it: then all of them are there, and the order in
    which they were given leaves no trace.
    """
    claimed = await in_db(_claim, study)
    if claimed is None:
        return False
    asked, begun = claimed
    problem, rests = "", False
    alive = asyncio.create_task(stay_alive(Preparation.objects.filter(study=study, begun_at__isnull=False)))
    try:
        stage = await in_db(wisdom_stage, study)
        if stage is not None:
            config, partition = stage
            async with Gateway() as gateway:
                await in_db(free_changed, partition)
                cards = await in_db(lambda: unmerged(partition, simulated=asked))
                left = await merge_cards(gateway, partition=partition, config=config, cards=cards)
                await write_steps(gateway, study=study, config=config)
            problem = f"{left} cards could not be merged" if left else ""
    except Exception as error:
        problem, rests = f"{type(error).__name__}: {error}", True
        raise
    finally:
        alive.cancel()
        await in_db(_finish, study, begun, problem, rests)
    return True


async def stay_alive(mine: QuerySet[Any]) -> None:
    """Say again and again that claimed work goes on: models may take hours, and two workers would pay them twice."""
    while True:
        await asyncio.sleep(BEAT_S)
        await in_db(lambda: mine.update(begun_at=timezone.now()))


def _claim(study: Study) -> tuple[bool, datetime] | None:
    """Take the study's work; return whether a page asked for it, and when; None where another worker has it."""
    now = timezone.now()
    Preparation.objects.get_or_create(study=study, defaults={"asked_at": now, "done_at": now})
    free = Q(begun_at=None) | Q(begun_at__lt=now - LEASE)
    row = Preparation.objects.filter(study=study).filter(free)
    if row.update(begun_at=now) != 1:
        return None
    found = Preparation.objects.get(study=study)
    return found.done_at is None or found.done_at < found.asked_at, now


def _finish(study: Study, begun: datetime, problem: str, rests: bool) -> None:
    """Note what was done: all that was asked for before it began; what came later is due.

    After a mistake of ours the claim stays, so that the sweep does not make it every minute.
    """
    row = Preparation.objects.filter(study=study)
    row.update(done_at=begun, problem=problem[:500])
    if not rests:
        row.update(begun_at=None)


def studies_with_work() -> list[UUID]:
    """Return the studies where real people's cards or stories wait, or where work was asked for and not done."""
    asked = Preparation.objects.filter(Q(done_at=None) | Q(done_at__lt=F("asked_at"))).values_list(
        "study", flat=True
    )
    merged = Membership.objects.filter(partition__current=True, ended_at=None).values("card")
    waiting = (
        ValuesCard.objects.filter(accepted_at__isnull=False, withdrawn_at=None, enrolment__simulated=False)
        .filter(enrolment__preview=False)
        .exclude(pk__in=merged)
        .values_list("study", flat=True)
    )
    changed = outdated().filter(enrolment__simulated=False, enrolment__preview=False)
    told = Upgrade.objects.filter(state=Upgrade.State.DRAFT, origin=Upgrade.Origin.PERSON, archived_at=None)
    told = told.exclude(story="").filter(proposed_by__simulated=False, proposed_by__preview=False)
    return sorted(
        {*asked, *waiting, *changed.values_list("study", flat=True), *told.values_list("study", flat=True)}
    )


def take_due_snapshots() -> None:
    """Keep a graph by either estimator for every study in which people voted since its newest one.

    A study whose graph cannot be made says so on its page, and the others get theirs.
    """
    voted = WisdomVote.objects.filter(enrolment__simulated=False, enrolment__preview=False)
    for study in Study.objects.filter(pk__in=voted.values("study")):
        newest = latest(study)
        if newest is not None and not voted.filter(study=study, created_at__gt=newest.until).exists():
            continue
        problem = ""
        try:
            for estimator in ESTIMATORS:
                take_snapshot(study=study, estimator=estimator)
        except Exception as error:
            logger.exception("no graph of study %s", study.slug)
            problem = f"{NO_GRAPH}{type(error).__name__}: {error}"[:500]
        _tell_problem(study, problem)


def _tell_problem(study: Study, problem: str) -> None:
    """Say on the study's page why no graph is kept, or no longer; another problem that stands there stays."""
    now = timezone.now()
    Preparation.objects.get_or_create(study=study, defaults={"asked_at": now, "done_at": now})
    ours = Preparation.objects.filter(study=study).filter(Q(problem="") | Q(problem__startswith=NO_GRAPH))
    ours.update(problem=problem)
