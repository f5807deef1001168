"""Keeping a model at work: claims screens, asks about several at once, stops when told to or when it must."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from annotation.protocols.annotators.asking import StoppedError, Task, ask_once
from annotation.protocols.annotators.claims import claim
from annotation.protocols.annotators.making import settings_of
from annotation.protocols.annotators.models import Asking
from annotation.protocols.models import AiAnnotator, Item, Judgement, Presentation
from multivocal.errors import Conflict
from multivocal.llm.gateway import Gateway
from multivocal.studies.audit import record_event

# So many failures in a row are not the screens' doing.
BREAKER = 5
# So many workers may be at one annotator without one of them finding nothing free.
WORKERS = 16
Ask = Callable[[Task, Sequence[Presentation]], list[str]]
_LOCK_SPACE = 1634625906  # of advisory locks: this app's own


@dataclass
class Ran:
    """What one run did: judgements by state, and the asking's state and reason at its end."""

    counts: Counter[str] = field(default_factory=Counter)
    state: str = ""
    reason: str = ""


def due(annotator: AiAnnotator) -> QuerySet[Presentation]:
    """Return the screens without a current judgement, in their order; none of a talk that was taken back since."""
    judged = Judgement.objects.filter(presentation=OuterRef("pk"), superseded_at=None)
    taken_back = Presentation.objects.filter(
        item=OuterRef("item"), item__source=Item.Source.LIVE, enrolment__withdrawn_at__isnull=False
    )
    screens = Presentation.objects.filter(~Exists(judged), ~Exists(taken_back), annotator=annotator)
    return screens.order_by("position", "pk")


def pause_asking(*, annotator: AiAnnotator, user: Any = None) -> None:
    """Let the model rest; requests on their way are finished and stored."""
    with transaction.atomic():
        running = Asking.objects.filter(annotator=annotator, state=Asking.State.RUNNING)
        if not running.update(state=Asking.State.PAUSED):
            raise Conflict("This model is not being asked just now.")
        record_event(
            study=annotator.study, user=user, verb="model paused", detail={"name": annotator.name}
        )  # fmt: skip


def resume_asking(
    *, annotator: AiAnnotator, user: Any = None, again: bool = False, ring: bool = True
) -> None:
    """Begin, or go on where it stopped; ``again`` asks once more about what failed (not what could not be read)."""
    with transaction.atomic():
        if again:
            Judgement.objects.filter(
                annotator=annotator, state=Judgement.State.FAILED, superseded_at=None
            ).update(superseded_at=timezone.now())
        Asking.objects.update_or_create(
            annotator=annotator, defaults={"state": Asking.State.RUNNING, "reason": "", "seen_at": None}
        )
        record_event(
            study=annotator.study, user=user, verb="model asked on", detail={"name": annotator.name}
        )  # fmt: skip
        if ring:
            transaction.on_commit(lambda: call_worker(annotator))


def remove_annotator(*, annotator: AiAnnotator, user: Any = None) -> None:
    """Delete an annotator with what it was to be asked; Conflict where it has judged anything already."""
    with transaction.atomic():
        row = AiAnnotator.objects.select_for_update().get(pk=annotator.pk)
        if Judgement.objects.filter(annotator=row).exists() or _running(row):
            raise Conflict("This model has judged already. What was judged stays; pause it instead.")
        record_event(study=row.study, user=user, verb="model annotator removed", detail={"name": row.name})
        row.delete()


def _running(annotator: AiAnnotator) -> bool:
    return Asking.objects.filter(annotator=annotator, state=Asking.State.RUNNING).exists()


def asking_of(annotator: AiAnnotator) -> Asking | None:
    """Return the annotator's order to work; None before its first."""
    return Asking.objects.filter(annotator=annotator).first()


def call_worker(annotator: AiAnnotator) -> None:
    """Tell a worker; if the broker is away, the sweep finds the row."""
    from annotation.protocols.annotators.tasks import ring

    ring(annotator.pk)


def run_asking(
    *, annotator: AiAnnotator, seconds: float | None = None, tell: Callable[[Ran], None] = lambda ran: None
) -> Ran:
    """Ask about what is due until nothing is, for about ``seconds``, or until it is paused or must stop.

    Several workers may run it for one annotator: each screen is claimed under a lock that ends with its worker's
    connection, so a killed worker's screens are free at once.
    """
    # With all that the asking needs: nothing is fetched while an event loop runs, and a model's row may have changed.
    annotator = AiAnnotator.objects.select_related("model", "protocol", "study").get(pk=annotator.pk)
    task = Task(annotator, *settings_of(annotator))
    with _line() as ask:
        ran = _run(task, ask, seconds, tell)
    asking = Asking.objects.get(annotator=annotator)
    ran.state, ran.reason = asking.state, asking.reason
    return ran


@contextmanager
def _line() -> Iterator[Ask]:
    """Keep one event loop and its connections to models for a whole run: opening them costs more than a question."""
    with asyncio.Runner() as runner:
        gateway = Gateway()
        runner.run(gateway.__aenter__())
        try:
            yield lambda task, screens: runner.run(_ask_all(task, screens, gateway))
        finally:
            runner.run(gateway.__aexit__(None, None, None))


def _run(task: Task, ask: Ask, seconds: float | None, tell: Callable[[Ran], None]) -> Ran:
    annotator, ran = task.annotator, Ran()
    in_a_row = 0
    end = time.monotonic() + seconds if seconds is not None else None
    while True:
        Asking.objects.filter(annotator=annotator).update(seen_at=timezone.now())
        state = Asking.objects.values_list("state", flat=True).get(annotator=annotator)
        if state != Asking.State.RUNNING:
            break
        try:
            outcomes = _claim_and_ask(task, ask)
        except Exception:
            # The same screen would bring down every worker that comes after this one.
            _end(annotator, Asking.State.STOPPED, "error")
            raise
        for outcome in outcomes:
            if not outcome.startswith("stop:"):
                ran.counts[outcome] += 1
            in_a_row = in_a_row + 1 if outcome == Judgement.State.FAILED else 0
        tell(ran)
        stops = [one.removeprefix("stop:") for one in outcomes if one.startswith("stop:")]
        if stops or in_a_row >= BREAKER:
            _end(annotator, Asking.State.STOPPED, stops[0] if stops else "failures")
            break
        if not outcomes:
            # Nothing was free: all is done, or another worker has the rest.
            if not due(annotator).exists():
                _end(annotator, Asking.State.DONE, "")
            break
        if end is not None and time.monotonic() > end:
            break
    return ran


def _claim_and_ask(task: Task, ask: Ask) -> list[str]:
    # The transaction holds the claims. It is open while the model thinks, on purpose: no clock has to guess whether
    # its worker still lives. No row is locked by it, so whoever takes their words back need not wait for a model.
    with transaction.atomic():
        most = task.params.at_once
        wanted = due(task.annotator).values_list("pk", flat=True)[: most * WORKERS]
        claimed = claim(wanted, space=_LOCK_SPACE, most=most)
        # What was judged between the look and the lock is not asked again.
        mine = list(due(task.annotator).filter(pk__in=claimed).select_related("item"))
        if not mine:
            return ["judged"] * len(claimed)
        return ask(task, mine)


async def _ask_all(task: Task, screens: Sequence[Presentation], gateway: Gateway) -> list[str]:
    # All of them to their end: what is paid for is stored, also beside one that goes wrong.
    outcomes = await asyncio.gather(
        *(_outcome(task, one, gateway) for one in screens), return_exceptions=True
    )
    return [_checked(outcome) for outcome in outcomes]


def _checked(outcome: str | BaseException) -> str:
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome


async def _outcome(task: Task, presentation: Presentation, gateway: Gateway) -> str:
    try:
        return await ask_once(task, presentation, gateway)
    except StoppedError as stop:
        return f"stop:{stop.kind}"


def _end(annotator: AiAnnotator, state: str, reason: str) -> None:
    Asking.objects.filter(annotator=annotator, state=Asking.State.RUNNING).update(state=state, reason=reason)
