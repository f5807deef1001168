"""Judging a turn: the judgement is stored once, the best answer continues, ties are asked or broken by the seed."""

import random
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.conversations.fast_rows import Whole, insert_judgement, turn_of
from annotation.conversations.models import Conversation, Turn
from annotation.conversations.shapes import BreakTie, ConversationConfig, Judge
from annotation.protocols.models import Judgement, Stimulus
from annotation.protocols.registry import NoAnswer, ProtocolConfig, Shown, leaders, parse_response, protocols
from multivocal.errors import Conflict, NotFound, Unprocessable
from multivocal.studies.stages import Visit

# Kinds the browser paints by itself, while answers still come; the others are the protocol's own form.
BARE = ("vas", "choice", "ranking")


def is_bare(protocol: ProtocolConfig) -> bool:
    """Return whether the browser paints the judgement by itself; only the form can say “I am not sure”."""
    return protocol.kind in BARE and not protocol.allow


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
    seen = shown_of(turn, [(slot, shown[slot].pk) for slot in sorted(shown)], conversation, config)
    response = parse_response(config.protocol, _payload(config, action, seen), seen)
    # Who does not judge has no favourite: the conversation can go on with any answer.
    best = leaders(config.protocol, response, seen) or list(seen.slots)
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
        no_answer=response.no_answer if isinstance(response, NoAnswer) else "",
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
    seen = shown_of(turn, [(slot, shown[slot].pk) for slot in sorted(shown)], conversation, config)
    if action.slot not in tied_slots(config, judgement, seen):
        raise Unprocessable(
            _("Choose one of the answers you put first."), fields={"slot": _("not among the best")}
        )
    Judgement.objects.filter(pk=judgement.pk).update(chosen=action.slot, tie_broken_by="person")
    _choose(conversation, turn, shown[action.slot], timezone.now())


def tied_slots(config: ConversationConfig, judgement: Judgement, shown: Shown) -> list[str]:
    """Return the slots a stored judgement puts first together: all of them where nothing was judged."""
    response = parse_response(config.protocol, judgement.payload, shown)
    return leaders(config.protocol, response, shown) or list(shown.slots)


def shown_of(
    turn: Turn, answers: Sequence[tuple[str, UUID]], conversation: Conversation, config: ConversationConfig
) -> Shown:
    """Return what a turn showed, from (slot, stimulus) of its whole answers; texts only where the kind reads them."""
    if is_bare(config.protocol):
        return Shown(tuple(slot for slot, _pk in answers))
    texts = dict(Stimulus.objects.filter(pk__in=[pk for _slot, pk in answers]).values_list("pk", "text"))
    return turn_shown(turn, {slot: texts[pk] for slot, pk in answers}, conversation)


def turn_shown(turn: Turn, texts: Mapping[str, str], conversation: Conversation) -> Shown:
    """Return what a turn showed; its seed decides what a form balances, the same when painted and when read."""
    return Shown(tuple(texts), texts=texts, prompt=turn.prompt, seed=conversation.seed + turn.ordinal)


def _payload(config: ConversationConfig, action: Judge, shown: Shown) -> Any:
    if action.form is None:
        return action.payload
    form = QueryDict(mutable=True)
    for name, values in action.form.items():
        form.setlist(name, list(values))
    return protocols()[config.protocol.kind].read(config.protocol, form, shown)


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
