"""What a person may do in a conversation: each action is one transaction, and its key makes it happen once."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import ValidationError

from annotation.conversations import judging, shapes
from annotation.conversations.fast_rows import unfinished_of
from annotation.conversations.models import Candidate, Conversation, Turn
from annotation.conversations.shapes import ACTION, Action, ConversationConfig
from annotation.conversations.turns import open_turn
from multivocal.domain.shapes import problems
from multivocal.errors import Conflict, Invalid, NotFound
from multivocal.studies.models import Enrolment
from multivocal.studies.stages import Visit


def parse_action(data: Any) -> Action:
    """Return what a browser sent as a closed shape, or refuse with the places."""
    try:
        return ACTION.validate_python(data)
    except ValidationError as error:
        raise Invalid(_("This request does not have the expected form."), fields=problems(error)) from None


def act(visit: Visit, action: Action) -> None:
    """Carry out one action in one transaction; the same key again changes nothing."""
    with transaction.atomic():
        carry_out(visit, action)


def carry_out(visit: Visit, action: Action, conversation: Conversation | None = None) -> None:
    """Carry out one action inside the caller's transaction, which a refusal must undo.

    ``conversation`` is the one under way where the caller has locked it already.
    """
    if isinstance(action, shapes.Ping):
        return
    if isinstance(action, shapes.Begin):
        begin_conversation(visit=visit, action=action)
        return
    conversation = conversation or _locked(visit)
    _DO[type(action)](visit=visit, conversation=conversation, action=action)


def begin_conversation(*, visit: Visit, action: shapes.Begin) -> Conversation:
    """Begin a conversation of a type that is still wanted; a running one is returned instead."""
    config: ConversationConfig = visit.stage  # type: ignore[assignment]
    Enrolment.objects.select_for_update().get(pk=visit.enrolment.pk)
    rows = list(Conversation.objects.filter(enrolment=visit.enrolment, stage=visit.stage.id))
    for row in rows:
        if row.state != Conversation.State.COMPLETE or row.key == action.key:
            return row
    kind = config.type(action.type)
    if kind is None:
        raise NotFound(
            _("There is no such kind of conversation here."), fields={"type": _("not one of the choices")}
        )
    if sum(row.type == kind.key for row in rows) >= kind.wanted:
        raise Conflict(
            _("You have done all conversations of this kind. Please choose another."), code="type_done"
        )
    return Conversation.objects.create(
        enrolment=visit.enrolment,
        stage=visit.stage.id,
        ordinal=len(rows),
        key=action.key,
        type=kind.key,
        system_kind=visit.levels.get(config.system_factor or "", config.system),
    )


def _locked(visit: Visit) -> Conversation:
    row = unfinished_of(visit.enrolment, visit.stage.id, lock=True)
    if row is None:
        raise Conflict(_("There is no conversation under way. Please choose one."), code="no_conversation")
    return row


def _say(*, visit: Visit, conversation: Conversation, action: shapes.Say) -> None:
    _must_be_open(conversation)
    open_turn(visit=visit, conversation=conversation, action=action)


def _judge(*, visit: Visit, conversation: Conversation, action: shapes.Judge) -> None:
    judging.judge_turn(visit=visit, conversation=conversation, action=action)


def _break_tie(*, visit: Visit, conversation: Conversation, action: shapes.BreakTie) -> None:
    judging.break_tie(visit=visit, conversation=conversation, action=action)


def _finish(*, visit: Visit, conversation: Conversation, action: shapes.Finish) -> None:
    config: ConversationConfig = visit.stage  # type: ignore[assignment]
    if conversation.state != Conversation.State.OPEN:
        return
    states = list(conversation.turns.values_list("state", flat=True))
    if any(state != Turn.State.JUDGED for state in states):
        raise Conflict(_("The last answers still wait for your judgement."), code="turn_open")
    if len(states) < config.min_turns:
        raise Conflict(
            _("A conversation has at least {n} turns.").format(n=config.min_turns), code="too_short"
        )
    _end(conversation, config, Conversation.Ending.FINISHED)


def _retry(*, visit: Visit, conversation: Conversation, action: shapes.Retry) -> None:
    """Put the failed candidates of the last turn back in the queue, with the same models."""
    turn = conversation.turns.select_for_update().filter(pk=action.turn).first()
    if turn is None:
        raise NotFound(_("This conversation has no such turn."), code="no_such_turn")
    if turn.state != Turn.State.FAILED:
        return
    newest: dict[str, Candidate] = {}
    for row in turn.candidates.order_by("replacement", "created_at"):
        newest[row.slot] = row
    failed = [row.pk for row in newest.values() if row.state == Candidate.State.FAILED]
    Candidate.objects.filter(pk__in=failed).update(state=Candidate.State.WAITING, failure="", holder=None)
    Turn.objects.filter(pk=turn.pk).update(state=Turn.State.ANSWERING)


def _give_up(*, visit: Visit, conversation: Conversation, action: shapes.GiveUp) -> None:
    """End a conversation whose answers do not come; it counts, and nobody is stranded."""
    config: ConversationConfig = visit.stage  # type: ignore[assignment]
    if conversation.state != Conversation.State.OPEN:
        return
    if not conversation.turns.filter(state=Turn.State.FAILED).exists():
        raise Conflict(_("This conversation can go on."), code="not_failed")
    _end(conversation, config, Conversation.Ending.GAVE_UP)


def _draft(*, visit: Visit, conversation: Conversation, action: shapes.KeepDraft) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(draft=action.text)


def _must_be_open(conversation: Conversation) -> None:
    if conversation.state != Conversation.State.OPEN:
        raise Conflict(_("This conversation is finished."), code="finished")


def _end(conversation: Conversation, config: ConversationConfig, ending: str) -> None:
    """Close the chat; without anything to give feedback on, or no questions, the conversation is complete."""
    now = timezone.now()
    judged = conversation.turns.filter(state=Turn.State.JUDGED).exists()
    to_feedback = bool(config.feedback) and judged
    Conversation.objects.filter(pk=conversation.pk).update(
        state=Conversation.State.FEEDBACK if to_feedback else Conversation.State.COMPLETE,
        ending=ending,
        ended_at=now,
        completed_at=None if to_feedback else now,
    )


_DO: dict[type, Callable[..., None]] = {
    shapes.Say: _say,
    shapes.Judge: _judge,
    shapes.BreakTie: _break_tie,
    shapes.Finish: _finish,
    shapes.Retry: _retry,
    shapes.GiveUp: _give_up,
    shapes.KeepDraft: _draft,
}
