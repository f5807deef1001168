"""When a report is computed: now where it is quick, by a worker where it is not, and never twice for the same rows."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from elicitation.moral_graph.locks import lock_graph
from elicitation.moral_graph.report.models import ComputedReport
from elicitation.moral_graph.snapshots import code_version
from multivocal.studies.models import Study

AT_ONCE = 100
"""Above this many votes a page would make its reader wait for longer than a moment."""
KEPT = 20
LATE = timedelta(minutes=15)
CODE = 1  # raise it when the numbers change for the same rows
BUILDERS = {
    "moral_graph": "elicitation.moral_graph.report.build.build",
    "moral_graph_criteria": "elicitation.moral_graph.report.criteria.build.build",
}
Numbers = dict[str, Any]


def answer(*, name: str, study: Study, asked: Mapping[str, str]) -> Numbers | None:
    """Return a report for what was asked, or the last one there was (``stale``); None while the first is computed."""
    asked = {key: asked[key] for key in sorted(asked)}
    votes, mark = state_of(study, asked)
    stored = ComputedReport.objects.filter(study=study, name=name, mark=mark).first()
    if stored is not None and stored.content is not None:
        return {**stored.content, "seconds": stored.seconds}
    if stored is None:
        stored = _wanted(name, study, asked, mark)
    if votes <= AT_ONCE:
        return _compute(stored)
    ring(stored)
    done = ComputedReport.objects.filter(study=study, name=name, asked=asked, content__code=CODE)
    last = done.order_by("-finished_at").first()
    # While a study runs every look would wait anew: the last numbers stand meanwhile, and say of when they are.
    return None if last is None else {**(last.content or {}), "seconds": last.seconds, "stale": True}


def ring(stored: ComputedReport) -> None:
    """Ask a worker for a report once this transaction is through."""
    from elicitation.moral_graph.report.tasks import compute_report

    transaction.on_commit(lambda: compute_report.delay(stored.pk))


def compute(*, stored_id: int) -> None:
    """Compute one stored report; leaves quietly where it is there, or another worker is at it."""
    now = timezone.now()
    waiting = ComputedReport.objects.filter(pk=stored_id, finished_at=None).exclude(claimed_at__gt=now - LATE)
    if waiting.update(claimed_at=now) == 1:
        stored = ComputedReport.objects.select_related("study").get(pk=stored_id)
        _compute(stored)


@transaction.atomic
def _wanted(name: str, study: Study, asked: Mapping[str, str], mark: str) -> ComputedReport:
    """Return the row of a report that is to be computed; a withdrawal that is under way ends before."""
    lock_graph(study)
    row, _made = ComputedReport.objects.get_or_create(
        study=study, name=name, mark=mark, defaults={"asked": asked}
    )
    return row


def _compute(stored: ComputedReport) -> Numbers:
    """Return the numbers, and keep them where the row is still there: a withdrawal deletes it with the words in it."""
    build: Callable[[Study, Mapping[str, str]], Numbers] = import_string(BUILDERS[stored.name])
    started = time.monotonic()
    content = {**build(stored.study, stored.asked), "code": CODE}
    seconds = time.monotonic() - started
    mine = ComputedReport.objects.filter(pk=stored.pk)
    mine.update(content=content, seconds=seconds, finished_at=timezone.now())
    old = ComputedReport.objects.filter(study=stored.study, name=stored.name).order_by("-requested_at")
    ComputedReport.objects.filter(pk__in=list(old.values_list("pk", flat=True)[KEPT:])).delete()
    return {**content, "seconds": seconds}


_STATE = """
select (select count(*) from moral_graph_wisdomvote where study_id = %(study)s),
 (select json_build_array(max(created_at), max(superseded_at), max(id))::text
    from moral_graph_wisdomvote where study_id = %(study)s),
 (select json_build_array(count(*), max(withdrawn_at), count(*) filter (where status = 'complete'), max(finished_at),
    md5(string_agg(arm || traits::text, '|' order by id)))::text from studies_enrolment where study_id = %(study)s),
 (select json_build_array(count(*), max(accepted_at), max(withdrawn_at), count(accepted_version_id))::text
    from interviews_valuescard where study_id = %(study)s),
 (select json_build_array(count(*), max(m.id), max(m.ended_at))::text from moral_graph_membership m
    join moral_graph_partition p on p.id = m.partition_id where p.study_id = %(study)s),
 (select json_build_array(max(id) filter (where current), count(*))::text from moral_graph_partition
    where study_id = %(study)s),
 (select md5(string_agg(concat_ws(' ', number, title, questions::text, archived_at, merged_into_id), '|'
    order by number)) from moral_graph_canonicalvalue where study_id = %(study)s),
 (select md5(string_agg(concat_ws(' ', key, text::text, questions::text), '|' order by key))
    from moral_graph_context where study_id = %(study)s),
 (select json_build_array(count(*), max(created_at), max(archived_at), count(*) filter (where state = 'ready'))::text
    from moral_graph_upgrade where study_id = %(study)s),
 (select json_build_array(count(*), max(created_at))::text from moral_graph_snapshot where study_id = %(study)s),
 (select json_build_array(count(*), max(c.created_at), count(*) filter (where c.answer = 'yes'))::text
    from moral_graph_confirmation c join studies_enrolment e on e.id = c.enrolment_id where e.study_id = %(study)s),
 (select json_build_array(count(*), max(f.created_at))::text from moral_graph_fairness f
    join studies_enrolment e on e.id = f.enrolment_id where e.study_id = %(study)s),
 (select json_build_array(count(*), max(finished_at))::text from llm_call where account = %(study)s)
"""


def state_of(study: Study, asked: Mapping[str, str]) -> tuple[int, str]:
    """Return the number of votes and the hash of everything the reports depend on.

    Withdrawals, corrections and joined values change no count of rows, so their moments and ends are part of it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STATE, {"study": study.pk})
        votes, *stated = cursor.fetchone()
    versions = list(study.versions.order_by("number").values_list("number", "sha256"))
    state = [CODE, code_version(), dict(asked), votes, stated, versions]
    return votes, hashlib.sha256(json.dumps(state, default=str).encode()).hexdigest()
