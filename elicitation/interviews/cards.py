"""Values cards: a version is added, and the person accepts one."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from elicitation.interviews.domain.cards import CardText
from elicitation.interviews.models import CardVersion, Interview, ValuesCard


def card_of(interview: Interview) -> ValuesCard | None:
    """Return the card of an interview, None before there is one."""
    return ValuesCard.objects.filter(interview=interview).first()


def latest_version(card: ValuesCard) -> CardVersion:
    """Return a card's newest words."""
    return card.versions.latest("number")


def add_version(
    *,
    interview: Interview,
    contexts: tuple[str, ...],
    text: CardText,
    author: str,
    key: UUID | None = None,
    request: str = "",
    source: Mapping[str, Any] | None = None,
) -> CardVersion:
    """Add a version to the card of a locked interview, making the card where there is none.

    ``source`` has call, prompt_sha256, model_version and parameters where a model wrote it. Called inside a
    transaction; the same key returns the same version.
    """
    enrolment = interview.enrolment
    card, _made = ValuesCard.objects.get_or_create(
        interview=interview,
        defaults={
            "study_id": enrolment.study_id,
            "enrolment": enrolment,
            "question_key": interview.question_key,
            "contexts": list(contexts),
            "language": enrolment.language,
            "origin": ValuesCard.Origin.SIMULATED if enrolment.simulated else ValuesCard.Origin.PERSON,
        },
    )
    if key is not None and (before := card.versions.filter(key=key).first()):
        return before
    newest = card.versions.aggregate(newest=Max("number"))["newest"] or 0
    return CardVersion.objects.create(
        card=card,
        number=newest + 1,
        title=text.title,
        description=text.description,
        policies=list(text.policies),
        author=author,
        key=key,
        request=request,
        **(source or {}),
    )


def was_accepted(interview: Interview) -> bool:
    """Return whether the card of an interview was accepted before, so that it counts in those words."""
    return ValuesCard.objects.filter(interview=interview, accepted_version__isnull=False).exists()


def accept_version(*, card: ValuesCard, version: CardVersion) -> None:
    """Make ``version`` what the card says; from now on the card counts. Called inside a transaction.

    Where other words counted before, ``changed_at`` tells that what was made of them is out of date.
    """
    now = timezone.now()
    if card.accepted_version_id is not None and card.accepted_version_id != version.pk:
        card.changed_at = now
    card.accepted_version, card.accepted_at = version, card.accepted_at or now
    card.save(update_fields=["accepted_version", "accepted_at", "changed_at"])
