"""Reading an interview: which one is under way, what was said, and how many turns are used."""

import random
from collections.abc import Sequence

from elicitation.interviews.domain.course import CARD
from elicitation.interviews.models import Interview, Message
from elicitation.interviews.shapes import InterviewConfig, Question
from multivocal.participants.models import RecruitmentIdentity
from multivocal.studies.models import Enrolment
from multivocal.studies.stages import Visit

UNDER_WAY = (Interview.State.OPEN, Interview.State.CARDED)


def config_of(visit: Visit) -> InterviewConfig:
    """Return the stage's configuration as what it is."""
    stage = visit.stage
    assert isinstance(stage, InterviewConfig)
    return stage


def stage_config(interview: Interview) -> InterviewConfig:
    """Return the stage of the version this person is on."""
    stages = interview.enrolment.version.shape.stages
    found = next(stage for stage in stages if stage.id == interview.stage)
    assert isinstance(found, InterviewConfig)
    return found


def under_way(visit: Visit, *, lock: bool = False) -> Interview | None:
    """Return the interview this person is in, None between two of them."""
    rows = Interview.objects.filter(
        enrolment=visit.enrolment, stage=visit.stage.id, state__in=UNDER_WAY
    ).select_related("enrolment")
    return (rows.select_for_update(of=("self",)) if lock else rows).first()


def said_in(interview: Interview) -> list[Message]:
    """Return everything that was said, in order."""
    return list(interview.messages.order_by("ordinal"))


def turns_used(messages: Sequence[Message]) -> int:
    """Return how many messages of the person count: those answered by the help text, or about the card, do not."""
    used = 0
    for n, message in enumerate(messages):
        helped = n + 1 < len(messages) and messages[n + 1].role == Message.Role.HELP
        used += message.role == Message.Role.PERSON and message.stage_no < CARD and not helped
    return used


def changes_asked(messages: Sequence[Message]) -> int:
    """Return how many changes of the card the person has asked for in words."""
    return sum(m.role == Message.Role.PERSON and m.stage_no == CARD for m in messages)


def drawn_question(visit: Visit, had: Sequence[str]) -> Question:
    """Return the next question by the person's stored seed; questions they have not had come first."""
    config = config_of(visit)
    order = list(config.questions)
    random.Random(f"{_seed(visit.enrolment)}:{visit.stage.id}").shuffle(order)
    return min(order, key=lambda question: had.count(question.key))


def _seed(enrolment: Enrolment) -> str:
    # Two simulations with one seed must draw alike; a real person's draw depends on nothing about them.
    if enrolment.simulated:
        identity = RecruitmentIdentity.objects.filter(participant_id=enrolment.participant_id).first()
        if identity is not None:
            return identity.external_id.rpartition("-")[2]
    return str(enrolment.seed)
