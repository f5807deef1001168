"""Asking judges about canary pairs again: each question once a check, within the run's budget, and always to an end."""

import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from annotation.protocols.annotators.asking import Question, Task, request_for, shown_for
from annotation.protocols.annotators.claims import claim
from annotation.protocols.annotators.hearing import NOTHING, StoppedError, hear, heard_before
from annotation.protocols.annotators.making import settings_of
from annotation.protocols.annotators.replies import Unparsed, read_reply
from annotation.protocols.annotators.running import BREAKER, WORKERS
from annotation.protocols.models import AiAnnotator
from annotation.routing.check_results import finish_check
from annotation.routing.labels import Reader
from annotation.routing.models import CanaryAnswer, Check, Run
from annotation.routing.screens import Ground, ground_of
from annotation.routing.spending import CANARY
from multivocal.errors import Refused
from multivocal.llm.gateway import Gateway, in_db
from multivocal.llm.lines import Line, open_line

_LOCK_SPACE = 1919907191  # of advisory locks: canaries that are being asked about
_State = CanaryAnswer.State


def run_check(*, check: Check, seconds: float | None = None) -> int:
    """Ask until everything has an answer or a reason why not, for about ``seconds``; return how many were asked.

    Several workers may run it: a question is claimed by a lock that ends with its worker's connection, and a reply that
    was paid for and not stored is read from the ledger. A judge that fails again and again, or for which the money
    ends, is asked no more in this check. Without ``seconds`` the check is done when this returns.
    """
    run = Run.objects.select_related("policy", "study").get(pk=check.run_id)
    end = time.monotonic() + seconds if seconds is not None else None
    try:
        ground = ground_of(run)
    except Refused:
        # The study has changed: nothing that is said now could be compared.
        Check.objects.filter(pk=check.pk, done_at=None).update(done_at=timezone.now(), acted=True)
        return 0
    with open_line() as line:
        number = _work(check, ground, line, end)
    finish_check(check=check, ground=ground)
    return number


def _work(check: Check, ground: Ground, line: Line, end: float | None) -> int:
    reader, in_a_row, number = Reader(ground), Counter[UUID](), 0
    waiting = CanaryAnswer.objects.filter(check_of=check, state=_State.WAITING)
    while annotators := list(dict.fromkeys(waiting.values_list("presentation__annotator", flat=True))):
        Check.objects.filter(pk=check.pk).update(seen_at=timezone.now())
        if not Run.objects.filter(pk=check.run_id, state__in=Run.LIVING).exists():
            waiting.update(state=_State.FAILED, reason="ended")
            return number
        asked = 0
        for pk in annotators:
            annotator = AiAnnotator.objects.select_related("model", "protocol", "study").get(pk=pk)
            task = Task(annotator, *settings_of(annotator))
            outcomes = _claim_and_ask(check, task, reader, line)
            asked += len(outcomes)
            for outcome in outcomes:
                in_a_row[pk] = in_a_row[pk] + 1 if outcome == _State.FAILED else 0
            stops = [one.removeprefix("stop:") for one in outcomes if one.startswith("stop:")]
            if stops or in_a_row[pk] >= BREAKER:
                why = stops[0] if stops else "failures"
                waiting.filter(presentation__annotator=pk).update(state=_State.FAILED, reason=why)
        number += asked
        if end is not None and (not asked or time.monotonic() > end):
            return number
        if not asked:
            time.sleep(0.2)  # another worker is at the rest
    return number


def _claim_and_ask(check: Check, task: Task, reader: Reader, line: Line) -> list[str]:
    mine = CanaryAnswer.objects.filter(
        check_of=check, presentation__annotator=task.annotator, state=_State.WAITING
    ).order_by("pk")
    # The transaction holds the claims while the model thinks: no clock has to guess whether its worker lives.
    with transaction.atomic():
        most = task.params.at_once
        claimed = claim(mine.values_list("pk", flat=True)[: most * WORKERS], space=_LOCK_SPACE, most=most)
        # What was answered between the look and the lock is not asked again.
        found = list(mine.filter(pk__in=claimed).select_related("presentation__item", "check_of"))
        if not found:
            return ["known"] * len(claimed)
        return line.ask(_questions(found), partial(_again, task, reader), at_once=most)


def _questions(answers: Sequence[CanaryAnswer]) -> list[tuple[CanaryAnswer, Question]]:
    screens = [one.presentation for one in answers]
    names = [one.subject for one in answers]
    heard = heard_before(account=screens[0].item.study_id, purpose=CANARY, subjects=names)
    questions = (
        Question(screen, shown, name, heard.get(name, NOTHING))
        for screen, shown, name in zip(screens, shown_for(screens), names, strict=True)
    )
    return list(zip(answers, questions, strict=True))


async def _again(task: Task, reader: Reader, asked: tuple[CanaryAnswer, Question], gateway: Gateway) -> str:
    answer, question = asked
    try:
        heard = await hear(gateway, request_for(task, question, CANARY), question.heard)
    except StoppedError as stop:
        return f"stop:{stop.kind}"
    state, label, reason = _State.FAILED, None, heard.failed
    if heard.text is not None:
        said = read_reply(task.config, heard.text, question.shown)
        state, reason = (_State.UNPARSED, "unparsed") if isinstance(said, Unparsed) else (_State.OK, "")
        if not isinstance(said, Unparsed):
            screen = question.presentation
            label = reader.label((screen.item_id, screen.unit), screen.slots, said.model_dump(mode="json"))
            reason = "" if label else "no_answer"
    stored = CanaryAnswer.objects.filter(pk=answer.pk, state=_State.WAITING)
    await in_db(partial(stored.update, state=state, label=label, reason=reason[:20], call=heard.call))
    return str(state)
