"""Asking a model about one screen: once, whatever dies in between, and every outcome a row."""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils import timezone

from annotation.protocols.annotators.prompts import messages_for
from annotation.protocols.annotators.replies import Unparsed, read_reply
from annotation.protocols.annotators.shapes import AskParams, Rubric
from annotation.protocols.models import AiAnnotator, Judgement, Presentation, Stimulus
from annotation.protocols.registry import NoAnswer, ProtocolConfig, Shown, answer_schema
from multivocal.domain.shapes import Shape
from multivocal.llm.gateway import ChatRequest, Gateway, ModelFailed, in_db
from multivocal.llm.models import Call, LanguageModel
from multivocal.llm.pauses import rest

PURPOSE = "annotate"
TRIES = 3
# Nothing about the screen: the next one would fail the same way. The money or the key has to be seen to first.
STOPS = frozenset({"budget", "no_key"})
# Calls that brought a text to read, though the gateway may have wanted another.
READABLE = (
    Q(state="done") | Q(error="garbage", finish_reason="stop") | Q(error="truncated", finish_reason="length")
) & ~Q(text="")
_SPEAKERS = {"user": "Person", "assistant": "Model"}


class StoppedError(Exception):
    """The annotator cannot go on; ``kind`` says why. Nothing was stored for the screen."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True)
class Task:
    """Everything about asking that is the same for all screens of an annotator."""

    annotator: AiAnnotator
    rubric: Rubric
    config: ProtocolConfig
    params: AskParams


@dataclass(frozen=True)
class Heard:
    """What the ledger has of a screen already: a text (None where no answer ever came), its call, tries made."""

    text: str | None
    call: int | None
    tries: int
    ms: int | None = None


async def ask_once(task: Task, presentation: Presentation, gateway: Gateway) -> str:
    """Ask about one claimed screen, store the judgement, and return its state (ok, unparsed or failed).

    A reply that was paid for and not stored (its worker died) is read from the ledger, not asked for again.
    Raises StoppedError where asking on makes no sense.
    """
    shown = await in_db(shown_for, presentation)
    begun = timezone.now()
    heard, failed = await hear(task, presentation, shown, gateway)
    answer: Shape | Unparsed | None = None
    if heard.text is not None:
        answer = read_reply(task.config, heard.text, shown)
    return await in_db(_store, task, presentation, answer, heard, failed, begun)


async def hear(
    task: Task,
    presentation: Presentation,
    shown: Shown,
    gateway: Gateway,
    *,
    purpose: str = PURPOSE,
    subject: str = "",
) -> tuple[Heard, str]:
    """Return what a model says of what is shown, and the kind of failure where it says nothing.

    What the ledger has for this purpose and subject (the presentation, unless another is given) is not asked again.
    Raises StoppedError.
    """
    subject = subject or str(presentation.pk)
    heard = await in_db(_heard, presentation, purpose, subject)
    if heard.text is not None:
        return heard, ""
    tries = heard.tries
    model, params = task.annotator.model, task.params
    asked = asked_with(model, params)
    if params.seeded:
        asked["seed"] = presentation.order_seed
    schema = answer_schema(task.config, shown) if params.structured else None
    for attempt in range(1, TRIES + 1):
        request = ChatRequest(
            model=model,
            messages=messages_for(task.rubric, task.config, params, shown),
            purpose=purpose,
            account=task.annotator.study_id,
            subject=subject,
            attempt=tries + attempt,
            json_schema=schema,
            parameters=asked,
        )
        try:
            reply = await gateway.chat(request)
        except ModelFailed as failure:
            if failure.kind in STOPS:
                raise StoppedError(failure.kind) from failure
            # The gateway wants bare, whole JSON. What stands in a fence or between sentences is read here; what ran
            # into the limit of tokens would run into it again, and is stored as it is.
            if text := await in_db(_text_of, failure.call_id):
                return Heard(text, failure.call_id, tries + attempt), ""
            if not failure.another_try or attempt == TRIES:
                return Heard(None, failure.call_id, tries + attempt), failure.kind
            await rest(attempt)
        else:
            return Heard(reply.text, reply.call_id, tries + attempt, reply.total_ms), ""
    raise AssertionError("unreachable")


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


def shown_for(presentation: Presentation) -> Shown:
    """Return what a presentation shows, with its texts; the dialogue before the prompt stands in the prompt."""
    item = presentation.item
    ids = {entry["slot"]: UUID(entry["stimulus"]) for entry in presentation.slots}
    stimuli = Stimulus.objects.in_bulk(list(ids.values()))
    before = [f"{_SPEAKERS.get(m['role'], m['role'])}: {m['content']}" for m in item.context or []]
    if before and item.prompt:
        before.append(f"Person: {item.prompt}")
    return Shown(
        slots=tuple(ids),
        texts={slot: stimuli[pk].text for slot, pk in ids.items()},
        prompt="\n\n".join(before) or item.prompt,
        roles={slot: stimuli[pk].role for slot, pk in ids.items() if stimuli[pk].role != "system"},
        reference=item.reference,
        units=tuple(item.units or ()),
        seed=presentation.seed,
    )


def _text_of(call: int | None) -> str:
    if call is None:
        return ""
    return Call.objects.filter(READABLE, pk=call).values_list("text", flat=True).first() or ""


def _heard(presentation: Presentation, purpose: str, subject: str) -> Heard:
    calls = Call.objects.filter(subject=subject, purpose=purpose, account=presentation.item.study_id)
    tries = calls.aggregate(n=Max("attempt"))["n"] or 0
    # Answers to a judgement that was taken back are not used again.
    spent = Judgement.objects.filter(presentation=presentation, call__isnull=False).values("call")
    paid = calls.filter(READABLE).exclude(pk__in=spent).order_by("-id").first()
    return Heard(paid.text, paid.pk, tries, paid.total_ms) if paid else Heard(None, None, tries)


def _store(task: Task, presentation: Presentation, answer: Any, heard: Heard, failed: str, begun: Any) -> str:
    state = Judgement.State.OK
    reason = {}
    if answer is None:
        state, reason = Judgement.State.FAILED, {"error": failed}
    elif isinstance(answer, Unparsed):
        state, reason = Judgement.State.UNPARSED, {"unparsed": answer.reason}
    ok = state == Judgement.State.OK
    annotator = task.annotator
    now = timezone.now()
    tries = Judgement.objects.filter(presentation=presentation).count()
    judgement = Judgement(
        presentation=presentation,
        annotator=annotator,
        key=uuid5(presentation.pk, str(tries)),
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
