"""What must be ready before somebody votes: their card merged, and how long they are asked to wait for that."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from elicitation.moral_graph.cards import accepted
from elicitation.moral_graph.changed import outdated
from elicitation.moral_graph.models import Membership, Preparation
from multivocal.studies.models import StageVisit, Study
from multivocal.studies.stages import Visit

PATIENCE = timedelta(seconds=45)
"""Nobody waits longer for a model: they vote on what there is, and are asked about their value another time."""
BOTS_PATIENCE = timedelta(minutes=15)


def must_wait(visit: Visit) -> bool:
    """Return whether a person's card is still to be merged, and they have not waited long.

    Simulated people wait until all is ready: their graph is to be the same however busy the machine is.
    """
    enrolment = visit.enrolment
    if enrolment.preview:
        return False
    entered = StageVisit.objects.filter(enrolment=enrolment, stage=visit.stage.id).first()
    patience = BOTS_PATIENCE if enrolment.simulated else PATIENCE
    since = [] if entered is None else [entered.entered_at]
    # Whose card was changed meanwhile waits for that anew, and no longer.
    mine = accepted(enrolment.study).filter(enrolment=enrolment)
    since += [card.changed_at for card in mine if card.changed_at is not None]
    if since and timezone.now() - max(since) > patience:
        return False
    if enrolment.simulated and under_way(enrolment.study):
        return True
    if outdated().filter(enrolment=enrolment).exists():
        return True
    cards = accepted(enrolment.study).filter(enrolment=enrolment).values_list("pk", flat=True)
    merged = Membership.objects.filter(card__in=cards, ended_at=None, partition__current=True).count()
    return merged < len(cards)


def under_way(study: Study) -> bool:
    """Return whether work was asked for that is not done."""
    row = Preparation.objects.filter(study=study).first()
    return row is not None and (row.done_at is None or row.done_at < row.asked_at)


def ask_for_preparation(*, study: Study, waits: bool = False) -> None:
    """Say that a study's cards are to be merged and its stories written, and ring for a worker after the commit.

    What was asked for and is not begun is not asked for twice. What is asked for while a worker is at it is done anew
    when that one is through, unless it was asked by somebody who ``waits`` for that very worker.
    """
    from elicitation.moral_graph.tasks import ring

    now = timezone.now()
    Preparation.objects.get_or_create(study=study, defaults={"asked_at": now})
    settled = Q(done_at__gte=F("asked_at"))
    Preparation.objects.filter(settled if waits else settled | Q(begun_at__isnull=False), study=study).update(
        asked_at=now
    )
    transaction.on_commit(lambda: ring(study.pk))
