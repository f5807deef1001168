"""Taking votes and cards back: what somebody said is deleted, and values that were theirs alone lose their words."""

from uuid import UUID

from django.utils import timezone

from elicitation.interviews.models import ValuesCard
from elicitation.moral_graph.canonical import archive_steps
from elicitation.moral_graph.models import (
    CanonicalValue,
    CardVector,
    Confirmation,
    Membership,
    Upgrade,
    VoteDraw,
    WisdomVote,
)


def erase_votes(*, enrolment: UUID) -> None:
    """Delete one person's votes, draws, answers and proposals, and what their cards became. Inside a transaction.

    A value with other people's cards behind it takes the words of one of those; a value of theirs alone is archived
    and emptied. Called before the cards themselves are deleted.
    """
    WisdomVote.objects.filter(enrolment=enrolment).delete()
    VoteDraw.objects.filter(enrolment=enrolment).delete()
    Confirmation.objects.filter(enrolment=enrolment).delete()
    Upgrade.objects.filter(proposed_by=enrolment).delete()
    cards = set(ValuesCard.objects.filter(enrolment=enrolment).values_list("pk", flat=True))
    values = set(
        CanonicalValue.objects.filter(
            memberships__card__in=cards, origin=CanonicalValue.Origin.CARDS
        ).values_list("pk", flat=True)
    )
    Membership.objects.filter(card__in=cards).delete()
    CardVector.objects.filter(card__in=cards).delete()
    for value in CanonicalValue.objects.filter(pk__in=values):
        _reword(value)


def _reword(value: CanonicalValue) -> None:
    others = value.memberships.filter(ended_at=None).order_by("pk").values_list("card", flat=True)
    left = ValuesCard.objects.filter(pk__in=others, withdrawn_at=None).select_related("accepted_version")
    card = left.order_by("accepted_at", "pk").first()
    if card is None or card.accepted_version is None:
        value.title, value.description, value.policies = f"Value {value.number}", "", []
        value.archived_at, value.vector = value.archived_at or timezone.now(), None
        archive_steps(of=value)
    else:
        version = card.accepted_version
        value.title, value.description, value.policies = version.title, version.description, version.policies
        value.vector = None
    value.save()
