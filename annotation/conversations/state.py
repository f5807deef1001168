"""The state of a conversation as the browser may see it: slots and words, never a model."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import override

from annotation.conversations.fast_rows import shown_answers, turns_of, unfinished_of
from annotation.conversations.judging import is_bare, tied_slots, turn_shown
from annotation.conversations.models import Candidate, Conversation, Turn
from annotation.conversations.shapes import ConversationConfig
from annotation.protocols.models import Judgement
from annotation.protocols.painting import paint_judging, told
from annotation.protocols.registry import Shown, protocols
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


def conversation_state(
    visit: Visit, posted: QueryDict | None = None, problems: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the whole state of the chat; the page and the socket are painted from this alone.

    ``posted`` and ``problems``: a judgement's form that was refused, to be shown again as it was.
    """
    conversation = unfinished(visit)
    return {
        "stage": visit.stage.id,
        "language": visit.language,
        "conversation": _conversation(visit, conversation, posted, problems) if conversation else None,
    }


def _conversation(
    visit: Visit, conversation: Conversation, posted: QueryDict | None, problems: Mapping[str, str] | None
) -> dict[str, Any]:
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
    shown = [_turn(visit, conversation, turn, answers[turn.pk], posted, problems) for turn in turns]
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
        "turns": shown,
    }


def _turn(
    visit: Visit,
    conversation: Conversation,
    turn: Turn,
    rows: list[_Shown],
    posted: QueryDict | None,
    problems: Mapping[str, str] | None,
) -> dict[str, Any]:
    config: ConversationConfig = visit.stage  # type: ignore[assignment]
    whole = {row.slot: row.text for row in rows if row.state == Candidate.State.COMPLETE}
    shown = turn_shown(turn, whole, conversation)
    tied: list[str] = []
    if turn.state == Turn.State.TIE:
        judgement = Judgement.objects.get(presentation_id=turn.presentation_id, superseded_at=None)
        tied = tied_slots(config, judgement, shown)
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
        "protocol": told(config.protocol, visit.say),
        "fragment": _fragment(visit, turn, shown, posted, problems),
    }


def _fragment(
    visit: Visit,
    turn: Turn,
    shown: Shown,
    posted: QueryDict | None,
    problems: Mapping[str, str] | None,
) -> str:
    """Return the protocol's own form where the browser does not paint it, once all answers are whole."""
    protocol = visit.stage.protocol  # type: ignore[attr-defined]
    if turn.state != Turn.State.JUDGING or is_bare(protocol):
        return ""
    given = protocols()[protocol.kind].read(protocol, posted, shown) if posted else None
    with override(visit.language):
        return paint_judging(protocol, shown, visit.say, given=given, problems=problems)


def _answer(turn: Turn, row: _Shown) -> dict[str, Any]:
    return {
        "slot": row.slot,
        "state": row.state,
        "text": row.text,
        "simulated": row.simulated,
        "chosen": turn.chosen_id == row.stimulus_id if turn.chosen_id else False,
        "score": None,
    }
