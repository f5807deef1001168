"""Judging a turn: the judgement is stored once, the best answer continues, ties are asked or broken by the seed."""

import random

from django.utils import timezone

from annotation.conversations.fast_rows import insert_judgement, turn_of, whole_answers
from annotation.conversations.models import Candidate, Conversation, Turn
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
    turn = _own_turn(conversation, action.turn)
    if turn.state in (Turn.State.JUDGED, Turn.State.TIE):
        if Judgement.objects.filter(enrolment=visit.enrolment, key=action.key).exists():
            return
        raise Conflict("These answers are judged already.", code="judged_already")
    if turn.state != Turn.State.JUDGING:
        raise Conflict("These answers are not all there yet.", code="not_answered")
    shown = _shown(turn)
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
    turn = _own_turn(conversation, action.turn)
    if turn.state == Turn.State.JUDGED:
        return
    if turn.state != Turn.State.TIE:
        raise Conflict("There is no tie to break here.", code="no_tie")
    judgement = Judgement.objects.get(presentation_id=turn.presentation_id, superseded_at=None)
    shown = _shown(turn)
    slots = sorted(shown)
    if action.slot not in tied_slots(config, judgement, slots):
        raise Unprocessable("Choose one of the answers you put first.", fields={"slot": "not among the best"})
    Judgement.objects.filter(pk=judgement.pk).update(chosen=action.slot, tie_broken_by="person")
    _choose(conversation, turn, shown[action.slot], timezone.now())


def tied_slots(config: ConversationConfig, judgement: Judgement, slots: list[str]) -> list[str]:
    """Return the slots a stored judgement puts first together."""
    return leaders(config.protocol, parse_response(config.protocol, judgement.payload, slots), slots)


def _own_turn(conversation: Conversation, turn_id: object) -> Turn:
    turn = turn_of(conversation, turn_id)
    if turn is None:
        raise NotFound("This conversation has no such turn.", code="no_such_turn")
    return turn


def _shown(turn: Turn) -> dict[str, Candidate]:
    return {row.slot: row for row in whole_answers(turn)}


def _choose(conversation: Conversation, turn: Turn, chosen: Candidate, now: object) -> None:
    Turn.objects.filter(pk=turn.pk).update(state=Turn.State.JUDGED, chosen_id=chosen.pk, judged_at=now)
    if conversation.model_id != chosen.model_id:
        Conversation.objects.filter(pk=conversation.pk).update(model_id=chosen.model_id)


def _duration(turn: Turn, action: Judge) -> int | None:
    if action.paradata.ms is not None:
        return action.paradata.ms
    if turn.answered_at is None:
        return None
    return int((timezone.now() - turn.answered_at).total_seconds() * 1000)
