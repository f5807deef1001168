"""The talk's rows: a message heard, the help text where somebody seems in danger, and what is waited for."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from elicitation.interviews.domain.course import CARD
from elicitation.interviews.domain.crisis import in_crisis
from elicitation.interviews.models import Interview, Message
from elicitation.interviews.rows import config_of
from multivocal.errors import TooLarge, Unprocessable
from multivocal.studies.stages import Visit


def checked_text(text: str, longest: int) -> str:
    """Return the trimmed text of a message, or refuse one that is empty or too long."""
    text = text.strip()
    if not text:
        raise Unprocessable(_("Write a message first."), fields={"text": _("this is empty")})
    if len(text) > longest:
        raise TooLarge(
            _("This message has {length} characters; at most {most} fit.").format(
                length=len(text), most=longest
            ),
            fields={"text": _("shorten the message")},
        )
    return text


def say_next(
    *, interview: Interview, role: str, text: str, key: UUID | None = None, **source: Any
) -> Message:
    """Add a message to a locked interview; ``source`` has call, prompt_sha256, model and parameters."""
    newest = interview.messages.aggregate(newest=Max("ordinal"))["newest"]
    return Message.objects.create(
        interview=interview,
        ordinal=0 if newest is None else newest + 1,
        role=role,
        text=text,
        stage_no=interview.stage_no,
        key=key,
        completed_at=timezone.now(),
        **source,
    )


def hear(*, visit: Visit, interview: Interview, text: str, key: UUID) -> bool:
    """Store what the person said; True where it brought the help text, which no model has a part in."""
    config = config_of(visit)
    say_next(interview=interview, role=Message.Role.PERSON, text=text, key=key)
    Interview.objects.filter(pk=interview.pk).update(draft="")
    words = [word for words in config.crisis_words.values() for word in words]
    if not in_crisis(text, words):
        return False
    say_next(interview=interview, role=Message.Role.HELP, text=visit.say(config.crisis) or default_help())
    return True


def default_help() -> str:
    """Return the help text of studies that have none of their own."""
    return _(
        "What you wrote sounds hard, and a program is no help in danger. If you or somebody else may be hurt, call the "
        "emergency number of your country now, or go to somebody you trust. You can stop here at any time; "
        "if you want to go on, just write on."
    )


def wait_for(*, interview: Interview, what: str) -> None:
    """Note that a reply or a card is due; whoever runs the work claims it."""
    interview.waiting, interview.holder, interview.held_at = what, None, None
    interview.waiting_since = timezone.now()
    interview.save(update_fields=["waiting", "waiting_since", "holder", "held_at", "stage_no"])


def failed_in(interview: Interview, messages: Sequence[Message]) -> str:
    """Return what was due and did not come ("reply", "card"), or an empty string."""
    if interview.waiting or not interview.failures or not messages:
        return ""
    if interview.stage_no >= CARD:
        unanswered = messages[-1].role == Message.Role.PERSON
        return "card" if interview.state == Interview.State.OPEN or unanswered else ""
    return "reply" if messages[-1].role == Message.Role.PERSON else ""
