"""The rows behind what an interviewer owes: claimed by one process, completed once, given back when it fails."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from elicitation.interviews import prompts
from elicitation.interviews.asking import card_messages, reply_messages
from elicitation.interviews.carding import table_card
from elicitation.interviews.cards import add_version, card_of, latest_version
from elicitation.interviews.domain.cards import CardText
from elicitation.interviews.domain.course import CARD, next_stage
from elicitation.interviews.domain.fences import fence_code
from elicitation.interviews.domain.gate import Gate
from elicitation.interviews.models import CardVersion, Interview, Message
from elicitation.interviews.rows import said_in, stage_config, turns_used
from elicitation.interviews.speaker import speaker_of
from elicitation.interviews.talking import say_next, wait_for
from multivocal.domain.names import own_names
from multivocal.domain.shapes import say
from multivocal.llm.models import LanguageModel
from multivocal.llm.requests import Message as Told

SILENCE = timedelta(seconds=20)


@dataclass(frozen=True)
class Work:
    """What is due in one interview, held by ``holder`` until it is silent for too long."""

    interview: UUID
    holder: UUID
    what: str
    model: LanguageModel | None
    messages: tuple[Told, ...]
    language: str
    account: UUID
    person: UUID
    stage: int

    @property
    def names(self) -> frozenset[str]:
        """Return the ways to call the model that writes; none of them may be read by the person."""
        return own_names(self.model.name, self.model.model_id) if self.model else frozenset()

    @property
    def provenance(self) -> dict[str, Any]:
        """Return what every row this work makes keeps of how it was made; the call is added."""
        assert self.model is not None
        own = prompts.REPLY_PARAMETERS if self.what == "reply" else prompts.CARD_PARAMETERS
        sha = prompts.interviewer_hash() if self.what == "reply" else prompts.writer_hash()
        return {"prompt_sha256": sha, "parameters": {**self.model.parameters, **own}}


def claim_work(interview_id: str) -> Work | None:
    """Claim what is due in an interview; None where nothing is, or somebody alive is at it."""
    holder, now = uuid4(), timezone.now()
    free = Q(holder=None) | Q(held_at__lt=now - SILENCE)
    mine = Interview.objects.filter(free, ~Q(waiting=""), pk=interview_id)
    if mine.update(holder=holder, held_at=now) != 1:
        return None
    interview = Interview.objects.select_related("enrolment__version").get(pk=interview_id)
    enrolment, config = interview.enrolment, stage_config(interview)
    messages = said_in(interview)
    question = config.question(interview.question_key)
    asked = say(question.prompt, enrolment.language) if question else ""
    code = fence_code(settings.SECRET_KEY, str(interview.pk))
    if interview.waiting == "reply":
        told = reply_messages(
            messages, asked, code, enrolment.language, interview.stage_no, turns_used(messages), config.turns
        )
    else:
        card = card_of(interview)
        told = card_messages(
            messages, asked, code, enrolment.language, latest_version(card) if card else None
        )
    return Work(
        interview=interview.pk,
        holder=holder,
        what=interview.waiting,
        model=speaker_of(config, enrolment.version.shape),
        messages=told,
        language=enrolment.language,
        account=enrolment.study_id,
        person=enrolment.pk,
        stage=interview.stage_no,
    )


def is_waiting(interview_id: str) -> bool:
    """Return whether something is still due in an interview."""
    return Interview.objects.filter(~Q(waiting=""), pk=interview_id).exists()


def beat(work: Work) -> None:
    """Say that this work goes on."""
    Interview.objects.filter(pk=work.interview, holder=work.holder).update(held_at=timezone.now())


def release(work: Work) -> None:
    """Give back what was not finished."""
    Interview.objects.filter(pk=work.interview, holder=work.holder).update(holder=None)


def complete_reply(work: Work, gate: Gate, call: int | None, fallback: str) -> bool:
    """Store the interviewer's next message; True where the budget or the model moves on to the card instead.

    ``fallback`` is a question of our own, for words of which nothing could be shown.
    """
    with transaction.atomic(), override(work.language):
        interview = _locked(work)
        if interview is None:
            return False
        config = stage_config(interview)
        used = turns_used(said_in(interview))
        interview.stage_no = next_stage(interview.stage_no, used, config.turns, gate.wants_next)
        if interview.stage_no >= CARD:
            wait_for(interview=interview, what="card")
            return True
        assert work.model is not None
        shown = gate.shown if gate.asked else " ".join(filter(None, [gate.shown, fallback]))
        say_next(
            interview=interview,
            role=Message.Role.INTERVIEWER,
            text=shown,
            call=call,
            model=work.model.name,
            **work.provenance,
        )
        interview.waiting, interview.holder, interview.failures = "", None, 0
        interview.save(update_fields=["stage_no", "waiting", "holder", "failures"])
    return False


def goes_to_card(work: Work) -> bool:
    """Return whether the person's last turn is used, so that no further question is due. Called before any call."""
    with transaction.atomic():
        interview = _locked(work)
        if interview is None:
            return False
        config = stage_config(interview)
        if turns_used(said_in(interview)) < config.turns:
            return False
        interview.stage_no = CARD
        wait_for(interview=interview, what="card")
    return True


def complete_card(work: Work, text: CardText, call: int) -> None:
    """Store a card the model wrote and put it on the table."""
    with transaction.atomic(), override(work.language):
        interview = _locked(work)
        if interview is None:
            return
        assert work.model is not None
        question = stage_config(interview).question(interview.question_key)
        again = card_of(interview) is not None
        last = said_in(interview)[-1]
        add_version(
            interview=interview,
            contexts=question.contexts if question else (),
            text=text,
            author=CardVersion.Author.INTERVIEWER,
            request=last.text if again and last.role == Message.Role.PERSON else "",
            source={
                "call": call,
                "model_version": f"{work.model.name}: {work.model.model_id}",
                **work.provenance,
            },
        )
        words = (
            _("I changed the card. Read it once more.")
            if again
            else _("I wrote a card from what you said. Read every line: does it say what you look for?")
        )
        table_card(interview=interview, words=words)


def fail_work(work: Work) -> None:
    """Note that nothing came; what the person said is kept, and they may try again or write by hand."""
    with transaction.atomic():
        interview = _locked(work)
        if interview is not None:
            interview.waiting, interview.holder = "", None
            interview.failures += 1
            interview.save(update_fields=["waiting", "holder", "failures"])


def overdue(before: datetime) -> list[str]:
    """Return the interviews in which something is due since ``before`` and nobody alive is at it."""
    dead = Q(holder=None) | Q(held_at__lt=timezone.now() - SILENCE)
    rows = Interview.objects.filter(~Q(waiting=""), dead, waiting_since__lt=before)
    return [str(pk) for pk in rows.values_list("pk", flat=True)[:500]]


def _locked(work: Work) -> Interview | None:
    """Return the interview where this work is still wanted: the person may have stopped it, or others finished it."""
    return (
        Interview.objects.select_for_update(of=("self",))
        .select_related("enrolment__version")
        .filter(pk=work.interview, holder=work.holder, waiting=work.what)
        .first()
    )
