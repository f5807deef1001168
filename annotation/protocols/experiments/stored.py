"""When a report is computed: now where it is quick, by a worker where it is not, and never twice for the same rows."""

import hashlib
import json
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from annotation.protocols.experiments.models import StoredReport
from multivocal.studies.models import Study

# Above this many judgements a page would make its reader wait for longer than a moment.
AT_ONCE = 10_000
KEPT = 20
CODE = 3  # raise it when the numbers change for the same rows
NAME = "comparison"
VIEWS = frozenset({"exclusions", "judges"})


def answer(*, study: Study, asked: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the report for what was asked, or the last one there was (``stale``); None while the first is computed.

    Small studies are computed here, on the thread that serves the page (never on the server's loop).
    """
    from annotation.protocols.experiments.build import build

    # Every view of who counts is in every report: the one that stands first is the reader's, not the rows'.
    shown, asked = dict(asked), {key: asked[key] for key in sorted(asked) if key not in VIEWS}
    size, mark = _mark(study, asked)
    stored = StoredReport.objects.filter(study=study, name=NAME, mark=mark).first()
    if stored is not None and stored.content is not None:
        return {**stored.content, "asked": shown, "seconds": stored.seconds}
    if size <= AT_ONCE:
        started = time.monotonic()
        content = build(study, asked)
        seconds = time.monotonic() - started
        keep_report(study=study, asked=asked, mark=mark, content=content, seconds=seconds)
        return {**content, "asked": shown, "seconds": seconds}
    if stored is None:
        stored, _made = StoredReport.objects.get_or_create(
            study=study, name=NAME, mark=mark, defaults={"asked": asked}
        )
    ring(stored)
    last = (
        StoredReport.objects.filter(study=study, name=NAME, asked=asked, content__code=CODE)
        .order_by("-finished_at")
        .first()
    )
    # While a study runs every look would wait anew: the last numbers stand meanwhile, and say of when they are.
    return (
        None
        if last is None
        else {**(last.content or {}), "asked": shown, "seconds": last.seconds, "stale": True}
    )


def keep_report(
    *, study: Study, asked: Mapping[str, str], mark: str, content: Mapping[str, Any], seconds: float
) -> None:
    """Store a computed report and let the oldest of the study go."""
    now = timezone.now()
    StoredReport.objects.update_or_create(
        study=study,
        name=NAME,
        mark=mark,
        defaults={
            "asked": dict(asked),
            "content": {**content, "code": CODE},
            "seconds": seconds,
            "finished_at": now,
        },
    )
    old = (
        StoredReport.objects.filter(study=study).order_by("-requested_at").values_list("pk", flat=True)[KEPT:]
    )
    StoredReport.objects.filter(pk__in=list(old)).delete()


def ring(stored: StoredReport) -> None:
    """Ask a worker for a report once this transaction is through."""
    from annotation.protocols.experiments.tasks import compute_report

    transaction.on_commit(lambda: compute_report.delay(stored.pk))


def compute(*, stored_id: int) -> None:
    """Compute one stored report; leaves quietly where it is there, or another worker is at it."""
    from annotation.protocols.experiments.build import build

    now = timezone.now()
    late = now - timedelta(minutes=15)
    waiting = StoredReport.objects.filter(pk=stored_id, finished_at=None).exclude(claimed_at__gt=late)
    if waiting.update(claimed_at=now) != 1:
        return
    stored = StoredReport.objects.select_related("study").get(pk=stored_id)
    started = time.monotonic()
    content = build(stored.study, stored.asked)
    keep_report(
        study=stored.study,
        asked=stored.asked,
        mark=stored.mark,
        content=content,
        seconds=time.monotonic() - started,
    )


def _mark(study: Study, asked: Mapping[str, str]) -> tuple[int, str]:
    """Return the number of judgements and the hash of everything the report depends on.

    Withdrawals and corrections change no count of rows, so their moments are part of it; so is what the report states
    about the study: its state, who is done, when items were imported, and what was drawn for whom.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*), max(j.given_at), max(j.superseded_at) FROM protocols_judgement j
            JOIN protocols_presentation p ON p.id = j.presentation_id
            JOIN protocols_item i ON i.id = p.item_id WHERE i.study_id = %s AND i.item_set_id IS NOT NULL""",
            [study.pk],
        )
        size, newest, corrected = cursor.fetchone()
        cursor.execute(
            """SELECT count(*), max(e.withdrawn_at), count(e.arm) FILTER (WHERE e.arm <> ''),
                   count(*) FILTER (WHERE e.status = 'complete'), count(*) FILTER (WHERE e.status = 'active')
            FROM studies_enrolment e WHERE e.study_id = %s""",
            [study.pk],
        )
        people = cursor.fetchone()
        cursor.execute(
            """SELECT (SELECT state FROM studies_study WHERE id = %(study)s),
                   (SELECT json_agg(json_build_array(s.name, s.updated_at, s.sha256) ORDER BY s.name)::text
                      FROM protocols_itemset s WHERE s.study_id = %(study)s),
                   (SELECT json_build_array(count(*), max(l.created_at))::text FROM protocols_plan l
                      JOIN studies_enrolment e ON e.id = l.enrolment_id WHERE e.study_id = %(study)s),
                   (SELECT json_build_array(count(*), max(p.created_at))::text FROM protocols_presentation p
                      JOIN protocols_item i ON i.id = p.item_id WHERE i.study_id = %(study)s)""",
            {"study": study.pk},
        )
        stated = cursor.fetchone()
    versions = list(study.versions.order_by("number").values_list("number", "sha256"))
    state = [CODE, dict(asked), size, newest, corrected, people, stated, versions]
    return size, hashlib.sha256(json.dumps(state, default=str).encode()).hexdigest()
