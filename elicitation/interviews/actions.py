"""What a person may do in an interview: each action is one transaction, and its key makes it happen once."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import ValidationError

from elicitation.interviews import shapes
from elicitation.interviews.carding import accept_card, ask_change, write_card
from elicitation.interviews.cards import was_accepted
from elicitation.interviews.domain.course import CARD
from elicitation.interviews.models import Interview, Message
from elicitation.interviews.rows import config_of, drawn_question, said_in, turns_used, under_way
from elicitation.interviews.shapes import ACTION, Action
from elicitation.interviews.talking import checked_text, failed_in, hear, say_next, wait_for
from multivocal.domain.shapes import problems
from multivocal.errors import Conflict, Invalid, NotFound, Unprocessable
from multivocal.studies.models import Enrolment
from multivocal.studies.stages import Visit


def parse_action(data: Any) -> Action:
    """Return what a browser sent as a closed shape, or refuse with the places."""
    try:
        return ACTION.validate_python(data)
    except ValidationError as error:
        raise Invalid(_("This request does not have the expected form."), fields=problems(error)) from None


def carry_out(visit: Visit, action: Action) -> None:
    """Carry out one action inside the caller's transaction, which a refusal must undo."""
    if isinstance(action, shapes.Ping):
        return
    if isinstance(action, shapes.Begin):
        begin_interview(visit=visit, action=action)
        return
    if isinstance(action, shapes.Reopen):
        reopen_interview(visit=visit, action=action)
        return
    interview = under_way(visit, lock=True)
    if interview is None:
        if _may_be_late(visit, action):
            return
        raise Conflict(_("There is no talk under way. Load this page again."), code="no_interview")
    _DO[type(action)](visit=visit, interview=interview, action=action)


def begin_interview(*, visit: Visit, action: shapes.Begin) -> Interview:
    """Begin an interview with the question as its first words; one that is under way is returned instead."""
    config = config_of(visit)
    Enrolment.objects.select_for_update().get(pk=visit.enrolment.pk)
    rows = list(Interview.objects.filter(enrolment=visit.enrolment, stage=visit.stage.id).order_by("ordinal"))
    for row in rows:
        if row.state in (Interview.State.OPEN, Interview.State.CARDED) or row.key == action.key:
            return row
    if sum(row.state == Interview.State.ACCEPTED for row in rows) >= config.most:
        raise Conflict(_("You have given all the values this part asks for."), code="enough")
    if config.ask == "chosen" and len(config.questions) > 1:
        if not action.question:
            raise Unprocessable(
                _("Choose a question first."), fields={"question": _("Choose one of the questions.")}
            )
        question = config.question(action.question)
        if question is None:
            raise NotFound(_("There is no such question here."))
    else:
        question = drawn_question(visit, [row.question_key for row in rows])
    interview = Interview.objects.create(
        enrolment=visit.enrolment,
        stage=visit.stage.id,
        ordinal=len(rows),
        key=action.key,
        question_key=question.key,
        experience=action.experience or "" if config.experience else "",
    )
    say_next(interview=interview, role=Message.Role.INTERVIEWER, text=visit.say(question.prompt))
    return interview


def reopen_interview(*, visit: Visit, action: shapes.Reopen) -> None:
    """Put an accepted card back on the table; what was accepted counts until other words are. Twice is once."""
    Enrolment.objects.select_for_update().get(pk=visit.enrolment.pk)
    if under_way(visit) is not None:
        return
    mine = Interview.objects.filter(enrolment=visit.enrolment, stage=visit.stage.id)
    changed = mine.filter(pk=action.interview, state=Interview.State.ACCEPTED).update(
        state=Interview.State.CARDED, ended_because="", ended_at=None
    )
    if not changed:
        raise NotFound(_("There is no such card of yours."), code="no_card")


def _say(*, visit: Visit, interview: Interview, action: shapes.Say) -> None:
    if interview.messages.filter(key=action.key).exists():
        return
    if interview.state != Interview.State.OPEN or interview.stage_no >= CARD:
        raise Conflict(_("The talk has come to the card. Say there what you want changed."), code="carded")
    _must_be_free(interview)
    text = checked_text(action.text, config_of(visit).max_chars)
    if not hear(visit=visit, interview=interview, text=text, key=action.key):
        wait_for(interview=interview, what="reply")


def _propose(*, visit: Visit, interview: Interview, action: shapes.Propose) -> None:
    if interview.state != Interview.State.OPEN or interview.waiting == "card":
        return
    _must_be_free(interview)
    if turns_used(said_in(interview)) < config_of(visit).least:
        raise Conflict(
            _("Say a little more first, so that there is something to put on a card."), code="too_early"
        )
    interview.stage_no = CARD
    wait_for(interview=interview, what="card")


def _change(*, visit: Visit, interview: Interview, action: shapes.Change) -> None:
    if interview.messages.filter(key=action.key).exists():
        return
    _must_be_free(interview)
    ask_change(visit=visit, interview=interview, action=action)


def _write(*, visit: Visit, interview: Interview, action: shapes.Write) -> None:
    _must_be_free(interview)
    write_card(visit=visit, interview=interview, action=action)


def _accept(*, visit: Visit, interview: Interview, action: shapes.Accept) -> None:
    _must_be_free(interview)
    accept_card(interview=interview, action=action)


def _retry(*, visit: Visit, interview: Interview, action: shapes.Retry) -> None:
    if interview.waiting:
        return
    what = failed_in(interview, said_in(interview))
    if what:
        wait_for(interview=interview, what=what)


def _stop(*, visit: Visit, interview: Interview, action: shapes.Stop) -> None:
    if was_accepted(interview):
        Interview.objects.filter(pk=interview.pk).update(
            state=Interview.State.ACCEPTED,
            ended_because="accepted",
            ended_at=timezone.now(),
            waiting="",
            draft="",
        )
        return
    if not config_of(visit).may_skip:
        raise Conflict(_("This part ends with a card. You can write it yourself."), code="not_to_skip")
    Interview.objects.filter(pk=interview.pk).update(
        state=Interview.State.ENDED, ended_because="declined", ended_at=timezone.now(), waiting="", draft=""
    )


def _draft(*, visit: Visit, interview: Interview, action: shapes.KeepDraft) -> None:
    Interview.objects.filter(pk=interview.pk).update(draft=action.text)


def _must_be_free(interview: Interview) -> None:
    if interview.waiting:
        raise Conflict(_("The interviewer is still writing. Wait a moment."), code="writing")


def _may_be_late(visit: Visit, action: Action) -> bool:
    """Return whether an action may be one that was carried out before the talk ended: a repetition changes nothing.

    Words that are not among what was said are new, and their person must hear that nobody takes them any more.
    """
    ended = Interview.objects.filter(enrolment=visit.enrolment, stage=visit.stage.id)
    if isinstance(action, shapes.Say | shapes.Change):
        return ended.filter(messages__key=action.key).exists()
    if isinstance(action, shapes.Write):
        return ended.filter(card__versions__key=action.key).exists()
    return not isinstance(action, shapes.KeepDraft) and ended.exists()


_DO: dict[type, Callable[..., None]] = {
    shapes.Say: _say,
    shapes.Propose: _propose,
    shapes.Change: _change,
    shapes.Write: _write,
    shapes.Accept: _accept,
    shapes.Retry: _retry,
    shapes.Stop: _stop,
    shapes.KeepDraft: _draft,
}
