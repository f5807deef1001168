"""Does the value your card was merged into still speak for you? A no gives the card a value of its own again."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from elicitation.interviews.models import ValuesCard
from elicitation.moral_graph.canonical import split_card, value_of
from elicitation.moral_graph.cards import cards_of
from elicitation.moral_graph.changed import outdated
from elicitation.moral_graph.models import CanonicalValue, Confirmation, Membership
from multivocal.studies.models import Enrolment
from multivocal.studies.stages import Again, Visit


@dataclass(frozen=True)
class Due:
    """A card and the value it went into, about which its person was not asked yet."""

    card: ValuesCard
    value: CanonicalValue


def due(enrolment: Enrolment, *, changed: bool = False) -> Due | None:
    """Return the next card whose value says it in other words, and of which the person has not said anything.

    ``changed``: only a card that was changed, and merged anew since; its new words are asked about as well.
    """
    for card in cards_of(enrolment):
        value, version = value_of(card.pk), card.accepted_version
        if value is None or version is None or _same_words(card, value):
            continue
        if changed and (card.changed_at is None or outdated().filter(pk=card.pk).exists()):
            continue
        told = Confirmation.objects.filter(card=card.pk, canonical=value, card_version=version.number)
        if not told.exists():
            return Due(card, value)
    return None


def take_answer(*, visit: Visit, due: Due, form: QueryDict, key: UUID) -> Again | None:
    """Store what a person says of their card's value; a no splits. Called inside the submit's transaction."""
    answer = form.get("answer", "")
    if answer not in Confirmation.Answer.values:
        return Again(_choose())
    version = due.card.accepted_version
    assert version is not None
    Confirmation.objects.create(
        enrolment=visit.enrolment, card=due.card.pk, card_version=version.number, canonical=due.value,
        answer=answer, key=key,
    )  # fmt: skip
    if answer == Confirmation.Answer.NO:
        split_card(
            card=due.card.pk, title=version.title, description=version.description, policies=version.policies,
            decided_by=Membership.By.PERSON, why="The person said that the merged value does not speak for them.",
        )  # fmt: skip
    return None


def _same_words(card: ValuesCard, value: CanonicalValue) -> bool:
    version = card.accepted_version
    return version is not None and (version.title, version.description, version.policies) == (
        value.title,
        value.description,
        value.policies,
    )


def _choose() -> Mapping[str, str]:
    return {"answer": _("Choose one of the answers.")}
