"""Judging a turn: the judgement is stored once, the best answer continues, ties are asked or broken by the seed."""

import random
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.conversations.fast_rows import Whole, insert_judgement, turn_of
from annotation.conversations.models import Conversation, Turn
from annotation.conversations.shapes import BreakTie, ConversationConfig, Judge
from annotation.protocols.models import Judgement
from annotation.protocols.registry import leaders, parse_response
from multivocal.errors import Conflict, NotFound, Unprocessable
from multivocal.studies.stages import Visit


def judge_turn(*, visit: Visit, conversation: Conversation, action: Judge) -> None:
    """Store the judgement of a turn of a locked conversation; the same key, or a judged turn, changes nothing.

    Refuses an incomplete payload, slots that were not shown, and turns that are not the person's own.
    """
    config: ConversationConfig = visit.stage  # type: ignore[assignment]
    turn, shown = _own_turn(conversation, action.turn)
    if turn.state in (Turn.State.JUDGED, Turn.State.TIE):
        if Judgement.objects.filter(enrolment=visit.enrolment, key=action.key).exists():
            return
        raise Conflict(_("These answers are judged already."), code="judged_already")
    if turn.state != Turn.State.JUDGING:
        raise Conflict(_("These answers are not all there yet."), code="not_answered")
    slots = sorted(shown)
    response = parse_response(config.protocol, action.payload, slots)
    best = leaders(config.protocol, response, slots)
    broken_by = ""
    if len(best) > 1 and config.ties == "random":
        best = [random.Random(f"{conversation.seed}:tie:{turn.ordinal}").choice(best)]
        broken_by = "seed"
    chosen = best[0] if len(best) == 1 else ""
    now = timezone.now()
    judgement = Judgement(
        presentation_id=turn.presentation_id,
        enrolment=visit.enrolment,
        key=action.key,
        payload=response.model_dump(mode="json"),
        chosen=chosen,
        tie_broken_by=broken_by,
        paradata=action.paradata.model_dump(exclude_unset=True, exclude={"ms"}),
        shown_at=turn.answered_at,
        given_at=now,
        duration_ms=_duration(turn, action),
    )
    insert_judgement(judgement, turn, shown[chosen] if chosen else None, conversation)


def break_tie(*, visit: Visit, conversation: Conversation, action: BreakTie) -> None:
    """Store which of the tied answers continues; a tie that is broken already stays as it is."""
    config: ConversationConfig = visit.stage  # type: ignore[assignment]
    turn, shown = _own_turn(conversation, action.turn)
    if turn.state == Turn.State.JUDGED:
        return
    if turn.state != Turn.State.TIE:
        raise Conflict(_("There is no tie to break here."), code="no_tie")
    judgement = Judgement.objects.get(presentation_id=turn.presentation_id, superseded_at=None)
    slots = sorted(shown)
    if action.slot not in tied_slots(config, judgement, slots):
        raise Unprocessable(
            _("Choose one of the answers you put first."), fields={"slot": _("not among the best")}
        )
    Judgement.objects.filter(pk=judgement.pk).update(chosen=action.slot, tie_broken_by="person")
    _choose(conversation, turn, shown[action.slot], timezone.now())


def tied_slots(config: ConversationConfig, judgement: Judgement, slots: list[str]) -> list[str]:
    """Return the slots a stored judgement puts first together."""
    return leaders(config.protocol, parse_response(config.protocol, judgement.payload, slots), slots)


def _own_turn(conversation: Conversation, turn_id: UUID) -> tuple[Turn, dict[str, Whole]]:
    found = turn_of(conversation, turn_id)
    if found is None:
        raise NotFound(_("This conversation has no such turn."), code="no_such_turn")
    return found


def _choose(conversation: Conversation, turn: Turn, chosen: Whole, now: object) -> None:
    Turn.objects.filter(pk=turn.pk).update(state=Turn.State.JUDGED, chosen_id=chosen.pk, judged_at=now)
    if conversation.model_id != chosen.model_id:
        Conversation.objects.filter(pk=conversation.pk).update(model_id=chosen.model_id)


def _duration(turn: Turn, action: Judge) -> int | None:
    if action.paradata.ms is not None:
        return action.paradata.ms
    if turn.answered_at is None:
        return None
    return int((timezone.now() - turn.answered_at).total_seconds() * 1000)
