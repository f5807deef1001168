"""Asking a model for the tags of every prompt: each once, within the run's budget, and never in anybody's way."""

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from annotation.protocols.annotators.claims import claim
from annotation.protocols.annotators.hearing import NOTHING, STOPS, Heard, StoppedError, hear, heard_before
from annotation.protocols.annotators.running import BREAKER, WORKERS
from annotation.protocols.models import Item
from annotation.routing.domain import tags as words
from annotation.routing.models import ItemTags, Run, Tagging
from annotation.routing.policies import config_of
from annotation.routing.rules import rule_for_pair
from annotation.routing.screens import ground_of
from annotation.routing.shapes import Tagger
from annotation.routing.spending import TAGGING
from annotation.routing.tags import prompt_of
from multivocal.llm.gateway import ChatRequest, Gateway, Message, in_db
from multivocal.llm.lines import Line, open_line
from multivocal.llm.models import LanguageModel

_LOCK_SPACE = 1919907190  # of advisory locks: prompts whose tags are being asked for


@dataclass(frozen=True)
class Task:
    """What is the same for all prompts of a run."""

    run: Run
    tagger: Tagger
    model: LanguageModel


@dataclass(frozen=True)
class Prompt:
    """A text, its mark, and the items that have it."""

    text: str
    mark: str
    items: tuple[UUID, ...]


def run_tagging(*, run: Run, seconds: float | None = None) -> int:
    """Ask for the tags of prompts until all are known, for about ``seconds``; return how many were asked about.

    Several workers may run it for one run: a prompt is claimed by a lock that ends with its worker's connection, and a
    reply that was paid for and not stored is read from the ledger.
    """
    run = Run.objects.select_related("policy", "study").get(pk=run.pk)
    config = config_of(run.policy)
    model = (
        LanguageModel.objects.filter(name=config.tagger.model, active=True).first() if config.tagger else None
    )
    if config.tagger is None:
        return 0
    if model is None:
        _end(run, Tagging.State.GIVEN_UP, "no_model")
        return 0
    # What another rule keeps for people needs no tags.
    pairs = [pair for pair in ground_of(run).pairs if pair.tags or not rule_for_pair(config, pair)]
    todo = list(dict.fromkeys(pair.item for pair in pairs))
    task = Task(run, config.tagger, model)
    end = time.monotonic() + seconds if seconds is not None else None
    with open_line() as line:
        return _work(task, todo, line, end)


def _work(task: Task, todo: list[UUID], line: Line, end: float | None) -> int:
    run, asked, in_a_row = task.run, 0, 0
    while todo:
        if not Run.objects.filter(pk=run.pk, state__in=Run.WORKING, tagging__state="running").exists():
            return asked
        Tagging.objects.filter(run=run).update(seen_at=timezone.now())
        window = todo[: task.tagger.at_once * WORKERS]
        known = set(ItemTags.objects.filter(run=run, item__in=window).values_list("item", flat=True))
        todo[: len(window)] = [item for item in window if item not in known]
        if len(known) == len(window):
            continue
        outcomes = _claim_and_ask(task, [item for item in window if item not in known], line)
        if not outcomes:
            return asked  # another worker has the rest
        asked += len(outcomes)
        for outcome in outcomes:
            in_a_row = in_a_row + 1 if outcome == "failed" else 0
        if any(outcome in ("ok", "unparsed") for outcome in outcomes):
            Tagging.objects.filter(run=run).update(silent_since=None, rests_until=None)
        if stops := [one for one in outcomes if one in STOPS]:
            _end(run, Tagging.State.GIVEN_UP, stops[0])
            return asked
        if in_a_row >= BREAKER:
            _end(run, Tagging.State.RESTING, "failures")
            return asked
        if end is not None and time.monotonic() > end:
            return asked
    _end(run, Tagging.State.DONE, "")
    return asked


def _end(run: Run, state: str, reason: str) -> None:
    Tagging.objects.filter(run=run, state=Tagging.State.RUNNING).update(state=state, reason=reason)


def _claim_and_ask(task: Task, items: Sequence[UUID], line: Line) -> list[str]:
    # The transaction holds the claims while the model thinks: no clock has to guess whether its worker lives.
    with transaction.atomic():
        claimed = _claim(task, items)
        found = {
            row.mark: row
            for row in ItemTags.objects.filter(
                mark__in=[prompt.mark for prompt in claimed], run__study=task.run.study_id
            ).exclude(state=ItemTags.State.FAILED)
        }
        outcomes = []
        for prompt in claimed:
            if same := found.get(prompt.mark):
                _write(task, prompt, same.tags, same.state, same.call)
                outcomes.append("known")
        unknown = [prompt for prompt in claimed if prompt.mark not in found]
        return outcomes + line.ask(
            _questions(task, unknown), partial(_tag, task), at_once=task.tagger.at_once
        )


def _claim(task: Task, items: Sequence[UUID]) -> list[Prompt]:
    same: dict[str, list[UUID]] = {}
    texts = {}
    for pk, context, prompt in Item.objects.filter(pk__in=items).values_list("pk", "context", "prompt"):
        text = prompt_of(context, prompt)
        mark = mark_of(task, text)
        texts[mark] = text
        same.setdefault(mark, []).append(pk)
    wanted = [Prompt(texts[mark], mark, tuple(mine)) for mark, mine in same.items()]
    study = task.run.study_id
    claimed = claim(
        wanted, space=_LOCK_SPACE, most=task.tagger.at_once, name=lambda prompt: f"{study} {prompt.mark}"
    )
    # What was stored between the look and the lock is not asked again.
    known = set(ItemTags.objects.filter(run=task.run, item__in=items).values_list("item", flat=True))
    return [one for one in claimed if not known.intersection(one.items)]


def mark_of(task: Task, text: str) -> str:
    """Return the hash of everything an answer depends on."""
    content = [task.model.base_url, task.model.model_id, words.VERSION, _asked_with(task), text]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode("utf-8", "replace")).hexdigest()


def _asked_with(task: Task) -> dict[str, Any]:
    newer = "max_completion_tokens" in task.model.parameters
    limit = "max_completion_tokens" if newer else "max_tokens"
    return {limit: task.tagger.max_tokens, "temperature": 0}


def _questions(task: Task, prompts: Sequence[Prompt]) -> list[tuple[Prompt, Heard]]:
    names = {prompt.mark: subject_of(task.run, prompt.mark) for prompt in prompts}
    heard = heard_before(account=task.run.study_id, purpose=TAGGING, subjects=names.values())
    return [(prompt, heard.get(names[prompt.mark], NOTHING)) for prompt in prompts]


async def _tag(task: Task, question: tuple[Prompt, Heard], gateway: Gateway) -> str:
    prompt, before = question
    try:
        heard = await hear(gateway, _request(task, prompt), before)
    except StoppedError as stop:
        return stop.kind
    if heard.text is None:
        found = words.Tags(words.read_tags("").values, {}, f"no answer: {heard.failed}")
        state = ItemTags.State.FAILED
    else:
        found = words.read_tags(heard.text)
        state = ItemTags.State.UNPARSED if found.problem else ItemTags.State.OK
    await in_db(_write, task, prompt, found.to_json(), state, heard.call)
    return str(state)


def _request(task: Task, prompt: Prompt) -> ChatRequest:
    return ChatRequest(
        model=task.model,
        messages=tuple(Message(one["role"], one["content"]) for one in words.prompt(prompt.text)),  # type: ignore[arg-type]
        purpose=TAGGING,
        account=task.run.study_id,
        subject=subject_of(task.run, prompt.mark),
        json_schema=words.schema() if task.tagger.structured else None,
        parameters=_asked_with(task),
    )


def subject_of(run: Run, mark: str) -> str:
    """Return what the ledger calls a prompt of a run."""
    return f"{run.pk}:{mark[:32]}"


def _write(task: Task, prompt: Prompt, found: dict[str, Any], state: str, call: int | None) -> None:
    rows = [
        ItemTags(
            run=task.run, item_id=item, tags=found, state=state, source=task.model.name, mark=prompt.mark,
            call=call,
        )
        for item in prompt.items
    ]  # fmt: skip
    ItemTags.objects.bulk_create(rows, ignore_conflicts=True)
