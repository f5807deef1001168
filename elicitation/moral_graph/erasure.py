"""Taking votes and cards back: what somebody said is deleted, and values that were theirs alone lose their words."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from elicitation.interviews.models import ValuesCard
from elicitation.moral_graph.canonical import archive_steps
from elicitation.moral_graph.locks import lock_graph
from elicitation.moral_graph.models import (
    CanonicalValue,
    CardVector,
    Confirmation,
    CurationAct,
    Fairness,
    Membership,
    Passed,
    Pick,
    Snapshot,
    Upgrade,
    VoteDraw,
    WisdomVote,
)
from multivocal.studies.models import Enrolment, Study

_EMPTY = {"title": "", "description": "", "policies": []}


def erase_votes(*, enrolment: UUID) -> None:
    """Delete one person's votes, draws, answers and stories, and what their cards became. Inside a transaction.

    A value that speaks in their words takes the words of another of its cards; one of theirs alone is archived and
    emptied, also in the graphs that were kept of it. A story of theirs loses its words; others' votes on it stay
    others'. Called before the cards themselves are deleted.
    """
    study = Study.objects.get(enrolments=enrolment)
    # A worker that puts a card into a value just now would do so after everything was looked through.
    lock_graph(study)
    WisdomVote.objects.filter(enrolment=enrolment).delete()
    VoteDraw.objects.filter(enrolment=enrolment).delete()
    Confirmation.objects.filter(enrolment=enrolment).delete()
    for said in (Fairness, Pick, Passed):
        said.objects.filter(enrolment=enrolment).delete()
    _erase_stories(enrolment)
    cards = set(ValuesCard.objects.filter(enrolment=enrolment).values_list("pk", flat=True))
    values = set(
        CanonicalValue.objects.filter(
            Q(memberships__card__in=cards) | Q(representative__in=cards), origin=CanonicalValue.Origin.CARDS
        ).values_list("pk", flat=True)
    )
    Membership.objects.filter(card__in=cards).delete()
    CardVector.objects.filter(card__in=cards).delete()
    gone = [value.number for value in CanonicalValue.objects.filter(pk__in=values) if _reword(value, cards)]
    _forget(study.pk, gone)


def drop_words_of_withdrawn() -> int:
    """Let values no longer speak in the words of people who withdrew and had nothing erased; return how many did."""
    away = ValuesCard.objects.filter(enrolment__status=Enrolment.Status.WITHDRAWN)
    rows = CanonicalValue.objects.filter(
        representative__in=away.values("pk"), origin=CanonicalValue.Origin.CARDS
    )
    return sum(_drop_words(study, rows) for study in Study.objects.filter(pk__in=rows.values("study")))


@transaction.atomic
def _drop_words(study: Study, rows: QuerySet[CanonicalValue]) -> int:
    lock_graph(study)
    found = rows.filter(study=study)
    gone = [row.number for row in found if row.representative and _reword(row, {row.representative})]
    _forget(study.pk, gone)
    return len(gone)


def _erase_stories(enrolment: UUID) -> None:
    mine = Upgrade.objects.filter(proposed_by=enrolment)
    mine.filter(votes=None, draws=None).delete()
    Upgrade.objects.filter(proposed_by=enrolment).update(
        story="",
        made={},
        quality={},
        state=Upgrade.State.REJECTED,
        archived_at=timezone.now(),
        proposed_by=None,
    )


def _reword(value: CanonicalValue, cards: set[UUID]) -> bool:
    """Take the words of ``cards`` out of a value; return whether words of its own are gone for good."""
    others = value.memberships.filter(ended_at=None).order_by("pk").values_list("card", flat=True)
    left = ValuesCard.objects.filter(pk__in=others, withdrawn_at=None).select_related("accepted_version")
    card = left.exclude(enrolment__status=Enrolment.Status.WITHDRAWN).order_by("accepted_at", "pk").first()
    spoke = value.representative in cards
    if card is None or card.accepted_version is None:
        value.title, value.description, value.policies = f"Value {value.number}", "", []
        value.archived_at, value.representative = value.archived_at or timezone.now(), None
        archive_steps(of=value)
    elif spoke:
        version = card.accepted_version
        value.title, value.description, value.policies = version.title, version.description, version.policies
        value.representative = card.pk
    else:
        return False
    value.vector, value.reworded_at = None, timezone.now()
    value.save()
    return True


def _forget(study: UUID, numbers: list[int]) -> None:
    """Drop the kept graphs and the designers' notes in which the words that are gone stand."""
    if not numbers:
        return
    names = [str(number) for number in numbers]
    Snapshot.objects.filter(study=study, result__names__has_any_keys=names).delete()
    for number in numbers:
        for act in CurationAct.objects.filter(study=study, verb="reword", values__contains=[number]):
            act.detail = {"value": act.detail["value"], "before": _EMPTY, "after": _EMPTY}
            act.why = ""
            act.save(update_fields=["detail", "why"])
