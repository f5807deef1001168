"""The state of a conversation as the browser may see it: slots and words, never a model."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from annotation.conversations.fast_rows import shown_answers, turns_of, unfinished_of
from annotation.conversations.judging import tied_slots
from annotation.conversations.models import Candidate, Conversation, Turn
from annotation.conversations.shapes import ConversationConfig
from annotation.protocols.models import Judgement
from multivocal.studies.stages import Visit

_PHASES = {
    Turn.State.ANSWERING: "answering",
    Turn.State.JUDGING: "judging",
    Turn.State.TIE: "tie",
    Turn.State.FAILED: "failed",
    Turn.State.JUDGED: "continuing",
}


class _Shown(NamedTuple):
    """An answer as rows tell it; whose words they are is not among it."""

    turn_id: UUID
    slot: str
    state: str
    stimulus_id: UUID
    text: str
    simulated: bool


def unfinished(visit: Visit) -> Conversation | None:
    """Return the conversation this person is in, or None between two conversations."""
    return unfinished_of(visit.enrolment, visit.stage.id)


def conversation_state(visit: Visit) -> dict[str, Any]:
    """Return the whole state of the chat; the page and the socket are painted from this alone."""
    conversation = unfinished(visit)
    return {
        "stage": visit.stage.id,
        "language": visit.language,
        "conversation": _conversation(visit, conversation) if conversation else None,
    }


def _conversation(visit: Visit, conversation: Conversation) -> dict[str, Any]:
    config: ConversationConfig = visit.stage  # type: ignore[assignment]
    turns = turns_of(conversation)
    answers = defaultdict(list)
    for row in map(_Shown._make, shown_answers(conversation)):
        answers[row.turn_id].append(row)
    last = turns[-1] if turns else None
    judged = [turn for turn in turns if turn.state == Turn.State.JUDGED]
    kind = config.type(conversation.type)
    may_say = conversation.state == Conversation.State.OPEN and (
        last is None or (last.state == Turn.State.JUDGED and len(turns) < config.max_turns)
    )
    phase = "opening" if last is None else _PHASES[Turn.State(last.state)]
    return {
        "id": str(conversation.pk),
        "type": conversation.type,
        "type_title": visit.say(kind.title) if kind else conversation.type,
        "phase": phase if conversation.state == Conversation.State.OPEN else "finished",
        "min_turns": config.min_turns,
        "max_turns": config.max_turns,
        "may_finish": conversation.state == Conversation.State.OPEN
        and len(judged) == len(turns) >= config.min_turns,
        "may_say": may_say,
        "draft": conversation.draft,
        "turns": [_turn(visit, config, turn, answers[turn.pk]) for turn in turns],
    }


def _turn(visit: Visit, config: ConversationConfig, turn: Turn, rows: list[_Shown]) -> dict[str, Any]:
    tied: list[str] = []
    if turn.state == Turn.State.TIE:
        judgement = Judgement.objects.get(presentation_id=turn.presentation_id, superseded_at=None)
        tied = tied_slots(
            config, judgement, [row.slot for row in rows if row.state == Candidate.State.COMPLETE]
        )
    if turn.state != Turn.State.ANSWERING:
        rows = [row for row in rows if row.state == Candidate.State.COMPLETE]
    return {
        "id": str(turn.pk),
        "ordinal": turn.ordinal,
        "prompt": turn.prompt,
        "sent_at": turn.opened_at.isoformat(),
        "state": turn.state,
        "answers": [_answer(turn, row) for row in rows],
        "tied": tied,
        "protocol": _protocol(visit, config),
    }


def _answer(turn: Turn, row: _Shown) -> dict[str, Any]:
    return {
        "slot": row.slot,
        "state": row.state,
        "text": row.text,
        "simulated": row.simulated,
        "chosen": turn.chosen_id == row.stimulus_id if turn.chosen_id else False,
        "score": None,
    }


def _protocol(visit: Visit, config: ConversationConfig) -> Mapping[str, Any]:
    told = config.protocol.model_dump(mode="json")
    return {
        key: visit.say(value) if key in ("instruction", "low", "high") else value
        for key, value in told.items()
    }
