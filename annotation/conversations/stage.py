"""The conversation stage: choose a type, talk, give feedback, until every wanted conversation is held."""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.conversations import actions, shapes
from annotation.conversations.fast_rows import unfinished_of
from annotation.conversations.judging import BARE
from annotation.conversations.live import LiveConversation
from annotation.conversations.models import Candidate, Conversation, Turn
from annotation.conversations.plain import parse_plain
from annotation.conversations.shapes import ConversationConfig
from annotation.conversations.state import conversation_state, unfinished
from annotation.profiles import questionnaires
from annotation.profiles.checks import check_pages
from annotation.protocols.registry import protocols
from multivocal import bell
from multivocal.errors import TooLarge, Unprocessable
from multivocal.studies.definition import StudyDefinition
from multivocal.studies.stages import Again, Done, More, Outcome, Page, StageKind, Visit


class ConversationKind(StageKind):
    """Live conversations with blinded models."""

    config = ConversationConfig
    live = LiveConversation()

    def page(self, visit: Visit, problems: Mapping[str, str], posted: QueryDict | None) -> Page:
        """Paint the choice of a type, the chat, or the feedback questions, as the rows say."""
        config: ConversationConfig = visit.stage  # type: ignore[assignment]
        done, total = self.steps(visit)
        conversation = unfinished(visit)
        if conversation is None:
            context = {"types": _types(visit), "intro": visit.say(config.intro), "all_done": done >= total}
            return Page("conversations/types.html", context, done, total, step=f"type-{done}")
        if conversation.state == Conversation.State.FEEDBACK:
            number, page = _feedback_page(visit, conversation)
            step = f"feedback-{conversation.pk}-{page.id}"
            context = questionnaires.page_context(
                visit, page, str(conversation.pk), problems, posted, step=step
            )
            context |= {"recap": _recap(conversation), "of": len(config.feedback), "nr": number + 1}
            return Page(
                "conversations/feedback.html",
                context,
                done,
                total,
                step=step,
            )
        state = conversation_state(visit, posted, problems)
        context = {
            "state": state,
            "talk": state["conversation"],
            "intro": visit.say(config.intro),
            "inspiration": visit.say(config.inspiration),
            "longest": config.max_prompt_chars,
        }
        return Page("conversations/chat.html", context, done, total, step=f"chat-{conversation.pk}")

    def submit(self, visit: Visit, form: QueryDict, key: UUID) -> Outcome:
        """Take a plain form: a type, feedback, or — without JavaScript — any action of the chat."""
        conversation = unfinished_of(visit.enrolment, visit.stage.id, lock=True)
        if conversation is not None and conversation.state == Conversation.State.FEEDBACK:
            wrong = _save_feedback(visit, conversation, form, key)
            if wrong:
                return Again(wrong)
        elif conversation is not None or not _all_held(visit):
            if conversation is None and not form.get("type"):
                return Again({"type": _("Choose what kind of conversation you want to have.")})
            action = parse_plain(form, key)
            try:
                actions.carry_out(visit, action, conversation)
            except (Unprocessable, TooLarge) as refusal:
                return Again(refusal.fields or {"text": refusal.message})
            if isinstance(action, shapes.Say | shapes.Retry):
                _answer_after_commit(visit)
            if not isinstance(action, shapes.Finish | shapes.GiveUp):
                return More()  # only the end of a conversation can be the end of the stage
        return Done() if _all_held(visit) else More()

    def steps(self, visit: Visit) -> tuple[int, int]:
        """Return how many of the wanted conversations are complete."""
        config: ConversationConfig = visit.stage  # type: ignore[assignment]
        held = Conversation.objects.filter(
            enrolment=visit.enrolment, stage=visit.stage.id, state=Conversation.State.COMPLETE
        ).count()
        return held, sum(kind.wanted for kind in config.types)

    def check(self, stage: ConversationConfig, definition: StudyDefinition) -> Iterator[str]:
        """Yield what keeps the stage from working: factors, traits and money that are not there."""
        yield from check_pages(stage.feedback, definition, stage)
        if stage.system_factor and stage.system_factor not in definition.factors:
            yield f"system_factor: there is no factor “{stage.system_factor}”"
        for level in definition.factors.get(stage.system_factor or "", ()):
            if level not in ("header", "constitution", "none"):
                yield f"system_factor: the level “{level}” is not header, constitution or none"
        least, most = protocols()[stage.protocol.kind].responses
        for name, k in (("opening", stage.opening.k), ("later", stage.later.k)):
            if not least <= k <= most and stage.protocol.kind not in BARE:
                told = str(least) if least == most else f"{least} to {most}"
                yield f"{name}.k: the protocol {stage.protocol.kind} judges {told} answers at once, not {k}"
        if definition.budget.usd == 0:
            yield "the budget is 0, so models that cost money will not answer"


def _types(visit: Visit) -> list[dict[str, Any]]:
    config: ConversationConfig = visit.stage  # type: ignore[assignment]
    rows = Conversation.objects.filter(enrolment=visit.enrolment, stage=visit.stage.id)
    held = Counter(rows.values_list("type", flat=True))
    return [
        {
            "key": kind.key,
            "title": visit.say(kind.title),
            "text": visit.say(kind.text),
            "done": held[kind.key],
            "wanted": kind.wanted,
            "left": max(kind.wanted - held[kind.key], 0),
        }
        for kind in config.types
        if kind.wanted
    ]


def _all_held(visit: Visit) -> bool:
    return unfinished(visit) is None and not any(kind["left"] for kind in _types(visit))


def _feedback_page(visit: Visit, conversation: Conversation) -> tuple[int, Any]:
    config: ConversationConfig = visit.stage  # type: ignore[assignment]
    saved = questionnaires.saved_pages(visit.enrolment, visit.stage.id, str(conversation.pk))
    return next((n, page) for n, page in enumerate(config.feedback) if page.id not in saved)


def _save_feedback(visit: Visit, conversation: Conversation, form: QueryDict, key: UUID) -> Mapping[str, str]:
    config: ConversationConfig = visit.stage  # type: ignore[assignment]
    scope = str(conversation.pk)
    number, page = _feedback_page(visit, conversation)
    wrong = questionnaires.save_page(visit, page, scope, form, key)
    if not wrong and number + 1 == len(config.feedback):
        Conversation.objects.filter(pk=conversation.pk).update(
            state=Conversation.State.COMPLETE, completed_at=timezone.now()
        )
    return wrong


def _recap(conversation: Conversation) -> dict[str, Any] | None:
    """Return the first message and its answers, the chosen one marked, for the feedback page."""
    turn = conversation.turns.filter(ordinal=0).first()
    if turn is None:
        return None
    rows = turn.candidates.filter(state=Candidate.State.COMPLETE).select_related("stimulus", "model")
    return {
        "prompt": turn.prompt,
        "answers": [
            {
                "slot": row.slot,
                "text": row.stimulus.text,
                "chosen": row.pk == turn.chosen_id,
                "simulated": row.model.simulated,
            }
            for row in rows.order_by("slot")
        ],
    }


def _answer_after_commit(visit: Visit) -> None:
    from annotation.conversations.tasks import answer_waiting_turn

    turns = Turn.objects.filter(
        conversation__enrolment=visit.enrolment,
        conversation__stage=visit.stage.id,
        state=Turn.State.ANSWERING,
    )
    for pk in turns.values_list("pk", flat=True):
        transaction.on_commit(partial(bell.ring, answer_waiting_turn, str(pk)))
