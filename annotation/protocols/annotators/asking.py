"""Asking a model about one screen: once, whatever dies in between, and every outcome a row."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.utils import timezone

from annotation.protocols.annotators.hearing import NOTHING, Heard, hear, heard_before
from annotation.protocols.annotators.prompts import messages_for
from annotation.protocols.annotators.replies import Unparsed, read_reply
from annotation.protocols.annotators.shapes import AskParams, Rubric
from annotation.protocols.models import AiAnnotator, Judgement, Presentation, Stimulus
from annotation.protocols.registry import NoAnswer, ProtocolConfig, Shown, answer_schema
from multivocal.domain.shapes import Shape
from multivocal.llm.gateway import ChatRequest, Gateway, in_db
from multivocal.llm.models import LanguageModel

PURPOSE = "annotate"
_SPEAKERS = {"user": "Person", "assistant": "Model"}


@dataclass(frozen=True)
class Task:
    """Everything about asking that is the same for all screens of an annotator."""

    annotator: AiAnnotator
    rubric: Rubric
    config: ProtocolConfig
    params: AskParams


@dataclass(frozen=True)
class Question:
    """One screen to ask about and all the database has for it: read for many at once.

    ``subject`` is its name in the ledger, ``heard`` what that has of it, ``judged`` how many judgements were made of it
    and taken back since.
    """

    presentation: Presentation
    shown: Shown
    subject: str
    heard: Heard = NOTHING
    judged: int = 0


def questions_for(presentations: Iterable[Presentation]) -> list[Question]:
    """Return the questions of one annotator's screens (of one study, their items fetched with them)."""
    screens = list(presentations)
    if not screens:
        return []
    names = [str(one.pk) for one in screens]
    judged: Counter[UUID] = Counter()
    used = []
    before = Judgement.objects.filter(presentation__in=[one.pk for one in screens])
    for screen, call in before.values_list("presentation", "call"):
        judged[screen] += 1
        used += [call] if call is not None else []
    # Answers to a judgement that was taken back are not used again.
    heard = heard_before(account=screens[0].item.study_id, purpose=PURPOSE, subjects=names, used=used)
    return [
        Question(one, shown, name, heard.get(name, NOTHING), judged[one.pk])
        for one, shown, name in zip(screens, shown_for(screens), names, strict=True)
    ]


async def ask_once(task: Task, question: Question, gateway: Gateway) -> str:
    """Ask about one claimed screen, store the judgement, and return its state (ok, unparsed or failed).

    A reply that was paid for and not stored (its worker died) is read from the ledger, not asked for again.
    Raises StoppedError where asking on makes no sense.
    """
    begun = timezone.now()
    heard = await hear(gateway, request_for(task, question), question.heard)
    answer: Shape | Unparsed | None = None
    if heard.text is not None:
        answer = read_reply(task.config, heard.text, question.shown)
    return await in_db(_store, task, question, answer, heard, begun)


def request_for(task: Task, question: Question, purpose: str = PURPOSE) -> ChatRequest:
    """Return what a model is asked about a screen."""
    model, params = task.annotator.model, task.params
    asked = asked_with(model, params)
    if params.seeded:
        asked["seed"] = question.presentation.order_seed
    return ChatRequest(
        model=model,
        messages=messages_for(task.rubric, task.config, params, question.shown),
        purpose=purpose,
        account=task.annotator.study_id,
        subject=question.subject,
        json_schema=answer_schema(task.config, question.shown) if params.structured else None,
        parameters=asked,
    )


def asked_with(model: LanguageModel, params: AskParams) -> dict[str, Any]:
    """Return the parameters of a request that an annotator sets over the model's own."""
    # Newer models take their limit under another name, and refuse a request with both.
    limit = "max_completion_tokens" if "max_completion_tokens" in model.parameters else "max_tokens"
    asked: dict[str, Any] = {limit: params.max_tokens}
    if params.temperature is not None:
        asked["temperature"] = params.temperature
    return asked


def model_sha256(model: LanguageModel, params: AskParams) -> str:
    """Return the hash of which model answers with which parameters: a model's row may be changed later."""
    content = {
        "base_url": model.base_url,
        "model_id": model.model_id,
        "parameters": {**model.parameters, **asked_with(model, params)},
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def shown_for(screens: Sequence[Presentation]) -> list[Shown]:
    """Return what presentations show, with their texts; the dialogue before a prompt stands in the prompt."""
    wanted = {entry["stimulus"] for one in screens for entry in one.slots}
    stimuli = {str(pk): one for pk, one in Stimulus.objects.in_bulk(list(wanted)).items()}
    return [_shown(one, stimuli) for one in screens]


def _shown(presentation: Presentation, stimuli: Mapping[str, Stimulus]) -> Shown:
    item = presentation.item
    slots = {entry["slot"]: stimuli[entry["stimulus"]] for entry in presentation.slots}
    before = [f"{_SPEAKERS.get(m['role'], m['role'])}: {m['content']}" for m in item.context or []]
    if before and item.prompt:
        before.append(f"Person: {item.prompt}")
    return Shown(
        slots=tuple(slots),
        texts={slot: one.text for slot, one in slots.items()},
        prompt="\n\n".join(before) or item.prompt,
        roles={slot: one.role for slot, one in slots.items() if one.role != "system"},
        reference=item.reference,
        units=tuple(item.units or ()),
        seed=presentation.seed,
    )


def _store(task: Task, question: Question, answer: Any, heard: Heard, begun: datetime) -> str:
    presentation = question.presentation
    state = Judgement.State.OK
    reason = {}
    if answer is None:
        state, reason = Judgement.State.FAILED, {"error": heard.failed}
    elif isinstance(answer, Unparsed):
        state, reason = Judgement.State.UNPARSED, {"unparsed": answer.reason}
    ok = state == Judgement.State.OK
    annotator = task.annotator
    now = timezone.now()
    judgement = Judgement(
        presentation=presentation,
        annotator=annotator,
        key=uuid5(presentation.pk, str(question.judged)),
        payload=answer.model_dump(mode="json") if ok else {},
        no_answer=answer.no_answer if isinstance(answer, NoAnswer) else "",
        state=state,
        call=heard.call,
        shown_at=now - timedelta(milliseconds=heard.ms) if heard.ms is not None else begun,
        duration_ms=heard.ms,
        paradata={
            "prompt_sha256": annotator.prompt_sha256,
            "rubric": task.rubric.version,
            "model": annotator.model.name,
            "model_id": annotator.model.model_id,
            "model_sha256": model_sha256(annotator.model, task.params),
            "parameters": {**annotator.model.parameters, **asked_with(annotator.model, task.params)},
            "order": presentation.order_row,
            "sample": presentation.sample,
            "tries": heard.tries,
            **reason,
        },
    )
    try:
        with transaction.atomic():
            judgement.save(force_insert=True)
    except IntegrityError:
        # Somebody else has judged it meanwhile and theirs stands; or a person took the words back it is about.
        return "judged"
    return str(state)
