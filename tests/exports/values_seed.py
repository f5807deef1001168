"""Interviews, cards, values and votes of the people of a seeded study, with words that must not become markup."""

import uuid
from collections.abc import Sequence

from django.utils import timezone

from elicitation.interviews.models import CardVersion, Interview, Message, ValuesCard
from elicitation.moral_graph.acts import record_act
from elicitation.moral_graph.canonical import current_partition, make_value, put_card
from elicitation.moral_graph.models import (
    Confirmation,
    Context,
    Fairness,
    Pick,
    Suggestion,
    Upgrade,
    VoteDraw,
    WisdomVote,
)
from elicitation.moral_graph.snapshots import take_snapshot
from multivocal.studies.models import Enrolment, Study

POLICIES = ["MOMENTS that ask for care", "SIGNS of haste", "CHANCES to ask"]


def tell_values(study: Study, people: Sequence[Enrolment], hostile: Sequence[str]) -> None:
    """Interview everybody, merge their cards into one value, and have them vote on a step from it."""
    partition = current_partition(study)
    first, second = (
        make_value(partition=partition, title=title, policies=POLICIES, questions=["care"])
        for title in ("Care", hostile[1])
    )
    context = Context.objects.create(study=study, key="asked", text={"en": "When asked"}, questions=["care"])
    step = Upgrade.objects.create(
        study=study, number=1, source=first, target=second, context=context, origin="model", state="ready",
        story=hostile[6], quality={"words": 70},
    )  # fmt: skip
    for n, person in enumerate(people):
        card = _card(study, person, hostile[n])
        put_card(card=card.pk, into=first, decided_by="model", motivation=hostile[2])
        Confirmation.objects.create(
            enrolment=person, card=card.pk, canonical=first, answer="yes", key=uuid.uuid4()
        )
        VoteDraw.objects.create(
            enrolment=person, stage="wiser", upgrade=step, position=1, probability=0.5, seed=n
        )
        WisdomVote.objects.create(
            study=study, enrolment=person, upgrade=step, answer="wiser", why=hostile[0], key=uuid.uuid4(),
            created_at=timezone.now(),
        )  # fmt: skip
        Fairness.objects.create(
            enrolment=person, stage="wiser", card=card.pk, card_version=1, canonical=first, answer="no",
            why=hostile[4], shown={"value": "Care", "others": 4}, key=uuid.uuid4(),
        )  # fmt: skip
        Pick.objects.create(
            enrolment=person, stage="wiser", canonical=second, position=1, seed=n, chosen=True,
            key=uuid.uuid4(), answered_at=timezone.now(),
        )  # fmt: skip
    record_act(study=study, user=None, verb="reword", values=[first.number], why=hostile[1])
    Suggestion.objects.create(
        study=study,
        kind="context",
        question="care",
        content={"text": hostile[3]},
        model="sim",
        prompt_sha256="0" * 64,
    )
    take_snapshot(study=study, rounds=20)


def _card(study: Study, person: Enrolment, words: str) -> ValuesCard:
    talk = Interview.objects.create(
        enrolment=person, stage="interview", question_key="care", state="accepted"
    )
    Message.objects.create(interview=talk, ordinal=1, role="person", text=words, key=uuid.uuid4())
    card = ValuesCard.objects.create(
        study=study, enrolment=person, interview=talk, question_key="care", language="en"
    )
    version = CardVersion.objects.create(
        card=card, number=1, title="Care", description=words or "I look.", policies=POLICIES, author="person"
    )
    card.accepted_version, card.accepted_at = version, timezone.now()
    card.save()
    return card
