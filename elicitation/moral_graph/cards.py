"""Cards as the graph needs them: accepted, not taken back, in the words their person accepted."""

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from elicitation.interviews.models import ValuesCard
from elicitation.moral_graph.models import Membership, Partition
from multivocal.studies.models import Enrolment, Study


def accepted(study: Study) -> QuerySet[ValuesCard]:
    """Return a study's accepted cards with their accepted versions; previews and withdrawn people's are no cards."""
    return (
        ValuesCard.objects.filter(study=study, accepted_at__isnull=False, withdrawn_at=None)
        .exclude(enrolment__status=Enrolment.Status.WITHDRAWN)
        .exclude(enrolment__preview=True)
        .select_related("accepted_version", "enrolment")
    )


def cards_of(enrolment: Enrolment) -> list[ValuesCard]:
    """Return the accepted cards of one person, in order; previews see their own too."""
    return list(
        ValuesCard.objects.filter(enrolment=enrolment, accepted_at__isnull=False, withdrawn_at=None)
        .select_related("accepted_version")
        .order_by("accepted_at", "pk")
    )


def with_cards(study: Study, *, simulated: bool) -> set[UUID]:
    """Return the values of the current partition that people's cards (or also simulated people's) stand behind."""
    cards = accepted(study).exclude(origin=ValuesCard.Origin.SEED)
    if not simulated:
        cards = cards.exclude(enrolment__simulated=True)
    there = Membership.objects.filter(partition__study=study, partition__current=True, ended_at=None)
    return set(there.filter(card__in=cards.values("pk")).values_list("canonical", flat=True))


def unmerged(partition: Partition, *, simulated: bool) -> list[ValuesCard]:
    """Return the cards that belong to no value of ``partition`` yet, in an order that a second run repeats.

    Simulated people's come last, by their words alone: who of them was quicker leaves no trace.
    """
    there = Membership.objects.filter(partition=partition, card=OuterRef("pk"), ended_at=None)
    found = accepted(partition.study).filter(~Exists(there))
    if not simulated:
        found = found.exclude(enrolment__simulated=True)
    return sorted(found, key=_order)


def _order(card: ValuesCard) -> tuple[bool, str, str]:
    assert card.accepted_at is not None
    person = card.enrolment
    if person is not None and person.simulated:
        return True, card.question_key, words_of(card)
    return False, card.accepted_at.isoformat(), str(card.pk)


def words_of(card: ValuesCard) -> str:
    """Return everything a card says, as one text."""
    version = card.accepted_version
    assert version is not None
    return "\n".join([version.title, version.description, *version.policies])
