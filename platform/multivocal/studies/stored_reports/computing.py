"""When a report is computed: now where it is quick, by a worker where it is not, and never twice for the same rows."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation
from django.utils.module_loading import import_string

from multivocal import bell
from multivocal.studies.locks import lock_study
from multivocal.studies.models import Enrolment, Study
from multivocal.studies.reports import Kept, Numbers, report
from multivocal.studies.stored_reports.models import StoredReport

KEPT = 20
"""So many states of one report on one study are kept; older ones go."""
LATE = timedelta(minutes=15)
"""A worker that has computed for longer than this is taken for dead."""


def answer(*, name: str, study: Study, asked: Mapping[str, str]) -> Numbers | None:
    """Return a report for what was asked, or the last one there was (``stale``); None while the first is computed.

    ``seconds`` in it is how long it took. A small study's is computed here, on the thread that serves the page.
    """
    kept = _kept(name)
    asked = {key: asked[key] for key in sorted(asked)}
    size, mark = _mark(kept, study, asked)
    mine = StoredReport.objects.filter(study=study, name=name)
    stored = mine.filter(mark=mark).first()
    if stored is not None and stored.content is not None:
        return {**stored.content, "seconds": stored.seconds}
    if stored is None:
        stored = want_report(name=name, study=study, asked=asked, mark=mark)
    if size <= kept.at_once:
        return compute_stored(stored)
    ring(stored)
    done = mine.filter(asked=asked, code=kept.code, finished_at__isnull=False)
    last = done.order_by("-finished_at").first()
    # While a study runs every look would wait anew: the last numbers stand meanwhile, and say of when they are.
    return None if last is None else {**(last.content or {}), "seconds": last.seconds, "stale": True}


def ring(stored: StoredReport) -> None:
    """Tell a worker that a report is wanted once this transaction is through; the next look at it rings again."""
    from multivocal.studies.stored_reports.tasks import compute_report

    transaction.on_commit(partial(bell.ring, compute_report, stored.pk))


def compute(*, stored_id: int) -> None:
    """Compute one stored report; leaves quietly where it is there, or another worker is at it."""
    now = timezone.now()
    waiting = StoredReport.objects.filter(pk=stored_id, finished_at=None).exclude(claimed_at__gt=now - LATE)
    if waiting.update(claimed_at=now) == 1:
        compute_stored(StoredReport.objects.select_related("study").get(pk=stored_id))


def forget_reports(*, enrolment: UUID) -> None:
    """Delete what is kept of the reports on this person's study: words of theirs stand in it. In a transaction."""
    study = Enrolment.objects.values_list("study", flat=True).get(pk=enrolment)
    lock_study(study, "reports")
    StoredReport.objects.filter(study=study).delete()


@transaction.atomic
def want_report(*, name: str, study: Study, asked: Mapping[str, str], mark: str) -> StoredReport:
    """Return the row of a report that is to be computed; a withdrawal that is under way ends before.

    Without the wait it could be computed from words that the withdrawal is about to delete, and outlive them.
    """
    lock_study(study.pk, "reports")
    row, _made = StoredReport.objects.get_or_create(
        study=study, name=name, mark=mark, defaults={"asked": asked, "code": _kept(name).code}
    )
    return row


def compute_stored(stored: StoredReport) -> Numbers:
    """Return the numbers, and keep them where the row is still there: a withdrawal deletes it with the words in it."""
    started = time.monotonic()
    build: Callable[[Study, Mapping[str, str]], Numbers] = import_string(_kept(stored.name).build)
    with translation.override("en"):  # the numbers are one document, whoever asked first
        content = build(stored.study, stored.asked)
    seconds = time.monotonic() - started
    mine = StoredReport.objects.filter(pk=stored.pk)
    mine.update(content=content, seconds=seconds, finished_at=timezone.now())
    old = StoredReport.objects.filter(study=stored.study, name=stored.name).order_by("-requested_at")
    StoredReport.objects.filter(pk__in=list(old.values_list("pk", flat=True)[KEPT:])).delete()
    return {**content, "seconds": seconds}


def _kept(name: str) -> Kept:
    kept = report(name).kept
    if kept is None:
        raise LookupError(f"the report {name} is not one that is kept")
    return kept


def _mark(kept: Kept, study: Study, asked: Mapping[str, str]) -> tuple[int, str]:
    size, state = kept.state(study)
    versions = list(study.versions.order_by("number").values_list("number", "sha256"))
    stated = json.dumps([kept.code, dict(asked), size, state, versions], default=str)
    return size, hashlib.sha256(stated.encode()).hexdigest()
