"""Opening a turn: one atomic, idempotent step from a prompt to drawn candidates that wait for their answers."""

import random
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from annotation.conversations.draws import Drawn, draw_later, draw_opening, model_pool
from annotation.conversations.models import Candidate, Conversation, Turn
from annotation.conversations.shapes import ConversationConfig, Say
from annotation.protocols.models import Item, Presentation, Stimulus
from annotation.protocols.registry import store_protocol
from multivocal.errors import Conflict, TooLarge, Unprocessable
from multivocal.studies.stages import Visit


def dialogue(turns: Sequence[Turn]) -> list[dict[str, str]]:
    """Return the judged turns as chat messages: each prompt and the answer that was chosen."""
    messages = []
    for turn in turns:
        if turn.chosen is not None:
            messages.append({"role": "user", "content": turn.prompt})
            messages.append({"role": "assistant", "content": turn.chosen.text})
    return messages


def open_turn(*, visit: Visit, conversation: Conversation, action: Say) -> Turn:
    """Open the next turn of a conversation whose row is locked; the same key returns the same turn.

    Refuses an empty or overlong prompt, and a prompt while the turn before waits for answers or a judgement.
    """
    config: ConversationConfig = visit.stage  # type: ignore[assignment]
    turns = list(conversation.turns.select_related("chosen").order_by("ordinal"))
    for turn in turns:
        if turn.key == action.key:
            return turn
    text = _checked(action.text, config)
    if turns and turns[-1].state != Turn.State.JUDGED:
        raise Conflict(_("The answers before this message still wait for your judgement."), code="turn_open")
    if len(turns) >= config.max_turns:
        raise Conflict(_("This conversation has reached its last turn."), code="no_turns_left")
    rng = random.Random(f"{conversation.seed}:{len(turns)}")
    pool = model_pool(visit.definition)
    drawn = (draw_later if turns else draw_opening)(conversation, config, pool, rng)
    item = Item(
        study_id=visit.enrolment.study_id, source=Item.Source.LIVE, prompt=text, context=dialogue(turns)
    )
    stimuli = [Stimulus(item=item, model=one.model) for one in drawn]
    presentation = Presentation(
        item=item,
        enrolment=visit.enrolment,
        protocol=store_protocol(config.protocol),
        stage=visit.stage.id,
        slots=[slot_entry(one, stimulus) for one, stimulus in zip(drawn, stimuli, strict=True)],
        pool=[model.name for model in pool],
        seed=conversation.seed,
    )
    turn = Turn(
        conversation=conversation,
        ordinal=len(turns),
        key=action.key,
        prompt=text,
        presentation=presentation,
        paradata=action.paradata.model_dump(exclude_unset=True),
    )
    item.save(force_insert=True)
    Stimulus.objects.bulk_create(stimuli)
    presentation.save(force_insert=True)
    turn.save(force_insert=True)
    Candidate.objects.bulk_create(
        Candidate(
            stimulus=stimulus,
            turn=turn,
            slot=one.slot,
            model=one.model,
            probability=one.probability,
            inclusion=one.inclusion,
        )
        for one, stimulus in zip(drawn, stimuli, strict=True)
    )
    Conversation.objects.filter(pk=conversation.pk).update(draft="")
    return turn


def slot_entry(drawn: Drawn, stimulus: Stimulus, replaces: UUID | None = None) -> dict[str, Any]:
    """Return what a presentation keeps of one slot: which stimulus, and with which probability it was drawn."""
    return {
        "slot": drawn.slot,
        "stimulus": str(stimulus.pk),
        "probability": drawn.probability,
        "inclusion": drawn.inclusion,
        "replaces": str(replaces) if replaces else None,
    }


def _checked(text: str, config: ConversationConfig) -> str:
    text = text.strip()
    if not text:
        raise Unprocessable(_("Write a message first."), fields={"text": _("this is empty")})
    if len(text) > config.max_prompt_chars:
        raise TooLarge(
            _("This message has {length} characters; at most {most} fit.").format(
                length=len(text), most=config.max_prompt_chars
            ),
            fields={"text": _("shorten the message")},
        )
    return text
