"""Keeping a model at work: claims screens, asks about several at once, stops when told to or when it must."""

import math
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from annotation.protocols.annotators.asking import Question, Task, ask_once, questions_for
from annotation.protocols.annotators.claims import claim
from annotation.protocols.annotators.hearing import StoppedError
from annotation.protocols.annotators.making import settings_of
from annotation.protocols.annotators.models import Asking
from annotation.protocols.models import AiAnnotator, Item, Judgement, Presentation
from multivocal.errors import Conflict
from multivocal.llm.gateway import Gateway, in_db
from multivocal.llm.lines import Line, open_line
from multivocal.studies.audit import record_event

# So many failures in a row are not the screens' doing.
BREAKER = 5
# So many workers may be at one annotator without one of them finding nothing free.
WORKERS = 16
# So many screens are claimed for each that is asked about at a time: a claim costs more than one look.
ROUNDS = 4
# How soon a pause is seen, in seconds.
LOOK_S = 0.5
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
    turn = _Turn(Task(annotator, *settings_of(annotator)), seconds, tell)
    with open_line() as line:
        turn.run(line)
    asking = Asking.objects.get(annotator=annotator)
    turn.ran.state, turn.ran.reason = asking.state, asking.reason
    return turn.ran


class _Turn:
    """One worker's turn at an annotator: what came of it so far, and whether to go on."""

    def __init__(self, task: Task, seconds: float | None, tell: Callable[[Ran], None]) -> None:
        self.task, self.tell, self.ran = task, tell, Ran()
        self.end = time.monotonic() + seconds if seconds is not None else math.inf
        self.failures = 0  # in a row
        self.looked_at = -math.inf

    def run(self, line: Line) -> None:
        """Ask on until nothing is free, the time is over, or it is to stop."""
        while self._may_go_on():
            try:
                outcomes = self._claim_and_ask(line)
            except Exception:
                # The same screen would bring down every worker that comes after this one.
                self._end(Asking.State.STOPPED, "error")
                raise
            if not outcomes:
                # Nothing was free: all is done, or another worker has the rest.
                if not due(self.task.annotator).exists():
                    self._end(Asking.State.DONE, "")
                return
            if time.monotonic() > self.end:
                return

    def _claim_and_ask(self, line: Line) -> list[str]:
        annotator, at_once = self.task.annotator, self.task.params.at_once
        most = at_once * ROUNDS
        # The transaction holds the claims. It is open while the model thinks, on purpose: no clock has to guess
        # whether its worker lives. No row is locked by it, so whoever takes their words back waits for no model.
        with transaction.atomic():
            wanted = due(annotator).values_list("pk", flat=True)[: most * WORKERS]
            claimed = claim(wanted, space=_LOCK_SPACE, most=most)
            # What was judged between the look and the lock is not asked again.
            mine = questions_for(due(annotator).filter(pk__in=claimed).select_related("item"))
            if not mine:
                return ["judged"] * len(claimed)
            return line.ask(mine, self._ask, at_once=at_once, goes_on=self._goes_on)

    async def _ask(self, question: Question, gateway: Gateway) -> str:
        # People may take their words back while they wait here for their turn.
        if question.presentation.item.source == Item.Source.LIVE:
            still = due(self.task.annotator).filter(pk=question.presentation.pk)
            if not await in_db(still.exists):
                return "judged"
        try:
            return await ask_once(self.task, question, gateway)
        except StoppedError as stop:
            return f"stop:{stop.kind}"

    async def _goes_on(self, outcome: str) -> bool:
        kind, _colon, why = outcome.partition(":")
        if kind != "stop":
            self.ran.counts[outcome] += 1
        self.tell(self.ran)
        self.failures = self.failures + 1 if outcome == Judgement.State.FAILED else 0
        if kind == "stop" or self.failures >= BREAKER:
            await in_db(self._end, Asking.State.STOPPED, why or "failures")
            return False
        return time.monotonic() <= self.end and await in_db(self._may_go_on)

    def _may_go_on(self) -> bool:
        """Say that it is at work and look whether it is to be, again and again but not for every screen."""
        if time.monotonic() - self.looked_at < LOOK_S:
            return True
        self.looked_at = time.monotonic()
        running = Asking.objects.filter(annotator=self.task.annotator, state=Asking.State.RUNNING)
        if running.update(seen_at=timezone.now()):
            return True
        self.looked_at = -math.inf
        return False

    def _end(self, state: str, reason: str) -> None:
        self.looked_at = -math.inf
        running = Asking.objects.filter(annotator=self.task.annotator, state=Asking.State.RUNNING)
        running.update(state=state, reason=reason)
