"""The rows behind an answering turn: claimed by one process, completed once, replaced when a model fails."""

import random
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from annotation.conversations.draws import draw_replacement, model_pool
from annotation.conversations.judging import BARE
from annotation.conversations.models import Answerer, Candidate, Conversation, Turn
from annotation.conversations.shapes import ConversationConfig
from annotation.conversations.turns import slot_entry
from annotation.protocols.models import Presentation, Stimulus
from annotation.protocols.registry import protocols
from multivocal.domain.shapes import clean_text
from multivocal.errors import Unavailable
from multivocal.llm.models import LanguageModel
from multivocal.llm.requests import Message

ME = uuid.uuid4()  # this process; a new one after every restart
SILENCE = timedelta(seconds=10)
LONGEST_ANSWER = 20_000
HEARTBEAT_S = 2.0

_last_beat = 0.0


@dataclass(frozen=True)
class Claim:
    """A candidate this process may answer."""

    stimulus: UUID
    slot: str
    model: LanguageModel

    @property
    def ids(self) -> tuple[str, ...]:
        """What the model may call itself; a label only where it looks like a name ("Brook 7B")."""
        label = self.model.label if any(map(str.isdigit, self.model.label)) else ""
        return self.model.name, self.model.model_id, label


@dataclass(frozen=True)
class Work:
    """What is to be answered in a turn, and how patiently."""

    claims: list[Claim]
    dialogue: list[dict[str, Any]]
    system: str | None
    account: UUID
    person: UUID
    attempts: int
    replacements: int
    timeout_s: float | None
    joint: str | None

    def messages(self, claim: Claim, addition: str = "") -> tuple[Message, ...]:
        """Return the chat messages for a claim; ``system`` None stands for the model's own header.

        ``addition`` follows the system prompt, in the same message.
        """
        system = claim.model.header if self.system is None else self.system
        system = "\n\n".join(filter(None, [system, addition]))
        head = [Message("system", system)] if system else []
        return (*head, *(Message(m["role"], m["content"]) for m in self.dialogue))


def beat() -> None:
    """Say that this process is alive; its claims hold as long as it does so. Most calls find it said already."""
    global _last_beat
    now = time.monotonic()
    if now - _last_beat < HEARTBEAT_S:
        return
    _last_beat = now
    if not Answerer.objects.filter(pk=ME).update(seen_at=timezone.now()):
        Answerer.objects.get_or_create(pk=ME)


def claim_work(turn_id: str) -> Work | None:
    """Claim the free candidates of a turn; None when the turn needs no answers (any more).

    A candidate is free when nobody holds it or its holder has been silent: the conditional update decides
    between processes, so a provider is never paid twice for one answer.
    """
    turn = (
        Turn.objects.select_related("conversation__enrolment__version", "presentation__item")
        .filter(pk=turn_id, state=Turn.State.ANSWERING)
        .first()
    )
    if turn is None:
        return None
    beat()
    with transaction.atomic():
        alive = Answerer.objects.filter(seen_at__gt=timezone.now() - SILENCE).values("pk")
        free = Candidate.objects.filter(turn=turn, state=Candidate.State.WAITING).filter(
            Q(holder=None) | (~Q(holder__in=alive) & ~Q(holder=ME))
        )
        ids = list(free.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True))
        Candidate.objects.filter(pk__in=ids).update(holder=ME)
    rows = Candidate.objects.filter(pk__in=ids).select_related("model").order_by("slot")
    return _work(turn, [Claim(row.pk, row.slot, row.model) for row in rows])


def _work(turn: Turn, claims: list[Claim]) -> Work:
    enrolment = turn.conversation.enrolment
    config = stage_config(turn.conversation)
    wanted = config.later if turn.ordinal else config.opening
    return Work(
        claims=claims,
        dialogue=[*turn.presentation.item.context, {"role": "user", "content": turn.prompt}],
        system=_system(turn.conversation, config, enrolment.traits),
        account=enrolment.study_id,
        person=enrolment.pk,
        attempts=config.patience.attempts,
        replacements=config.patience.replacements,
        timeout_s=config.patience.timeout_s,
        joint=config.joint_instruction.replace("{k}", str(len(claims))) if wanted.mode == "joint" else None,
    )


def stage_config(conversation: Conversation) -> ConversationConfig:
    """Return the stage of the version this person is on."""
    stages = conversation.enrolment.version.shape.stages
    return next(stage for stage in stages if stage.id == conversation.stage)  # type: ignore[return-value]


def _system(conversation: Conversation, config: ConversationConfig, traits: Mapping[str, Any]) -> str | None:
    if conversation.system_kind == "constitution":
        return str(traits.get(config.constitution, "")) or None
    return "" if conversation.system_kind == "none" else None


def shown_text(text: str) -> str:
    """Return a model's words as people see them: clean, trimmed, not endless."""
    return clean_text(text).strip()[:LONGEST_ANSWER]


def complete_candidate(claim: Claim, text: str) -> bool:
    """Store a whole answer as it is shown; False when it was completed or given away meanwhile."""
    with transaction.atomic():
        mine = Candidate.objects.filter(pk=claim.stimulus, state=Candidate.State.WAITING, holder=ME)
        if mine.update(state=Candidate.State.COMPLETE, holder=None) != 1:
            return False
        Stimulus.objects.filter(pk=claim.stimulus, completed_at=None).update(
            text=text, completed_at=timezone.now()
        )
    return True


def fail_candidate(claim: Claim, failure: str, may_replace: bool) -> Claim | None:
    """Mark a candidate as failed and, where allowed, draw another model for its slot; None when there is none.

    The presentation keeps both: what was meant to be shown, and what replaced it.
    """
    with transaction.atomic():
        row = Candidate.objects.select_for_update(of=("self",)).select_related("turn").get(pk=claim.stimulus)
        if row.state != Candidate.State.WAITING or row.holder != ME:
            return None
        Candidate.objects.filter(pk=row.pk).update(state=Candidate.State.FAILED, failure=failure, holder=None)
        if not may_replace:
            return None
        turn = Turn.objects.select_related("conversation__enrolment__version").get(pk=row.turn_id)
        used = set(turn.candidates.values_list("model_id", flat=True))
        rng = random.Random(f"{turn.conversation.seed}:{turn.ordinal}:{row.slot}:{row.replacement + 1}")
        try:
            pool = model_pool(turn.conversation.enrolment.version.shape)
        except Unavailable:
            return None
        drawn = draw_replacement(row, pool, used, rng)
        if drawn is None:
            return None
        presentation = Presentation.objects.select_for_update().get(pk=turn.presentation_id)
        stimulus = Stimulus.objects.create(item_id=presentation.item_id, model=drawn.model)
        Candidate.objects.create(
            stimulus=stimulus,
            turn=turn,
            slot=row.slot,
            model=drawn.model,
            replacement=row.replacement + 1,
            probability=drawn.probability,
            holder=ME,
        )
        presentation.slots.append(slot_entry(drawn, stimulus, replaces=row.pk))
        presentation.save(update_fields=["slots"])
    return Claim(stimulus.pk, row.slot, drawn.model)


def settle_turn(turn_id: str) -> str:
    """Move a turn on when none of its candidates waits any more; return its state now."""
    with transaction.atomic():
        turn = Turn.objects.select_for_update().get(pk=turn_id)
        if turn.state == Turn.State.ANSWERING:
            states = set(turn.candidates.values_list("state", flat=True))
            if Candidate.State.WAITING not in states:
                turn.state = Turn.State.JUDGING if _can_be_judged(turn) else Turn.State.FAILED
                turn.answered_at = timezone.now()
                turn.save(update_fields=["state", "answered_at"])
        return str(turn.state)


def _can_be_judged(turn: Turn) -> bool:
    """Say whether enough answers came: one will do, but where a protocol compares it needs what it compares."""
    whole = turn.candidates.filter(state=Candidate.State.COMPLETE).count()
    kind = turn.presentation.protocol.kind
    return whole >= (1 if kind in BARE else protocols()[kind].responses[0])


def release_claims(turn_id: str) -> None:
    """Give back what this process holds of a turn and did not finish."""
    Candidate.objects.filter(turn_id=turn_id, holder=ME, state=Candidate.State.WAITING).update(holder=None)


def same_model(claims: list[Claim]) -> list[Claim]:
    """Give all claims the first one's model, in the rows too: one joint call has one model."""
    model = claims[0].model
    ids = [claim.stimulus for claim in claims]
    with transaction.atomic():
        Candidate.objects.filter(pk__in=ids).update(model=model)
        Stimulus.objects.filter(pk__in=ids).update(model=model)
    return [Claim(claim.stimulus, claim.slot, model) for claim in claims]
