"""What a designer watches: every figure is a query over rows, asked anew each time."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from multivocal.domain.shapes import say
from multivocal.llm.budgets import spent
from multivocal.llm.models import Account, Call
from multivocal.studies.definition import StudyBase
from multivocal.studies.models import Enrolment, QuotaClaim, StageVisit, Study
from multivocal.studies.stages import kind_of
from multivocal.studies.versions import newest_version

SILENT = timedelta(minutes=15)
DAY = timedelta(hours=24)
LISTED = 20
Status = Enrolment.Status


def figures(study: Study, now: datetime | None = None) -> dict[str, Any]:
    """Return everything the monitor shows, as plain data; times are ISO, money is US dollars, latencies are ms."""
    now = now or timezone.now()
    newest = newest_version(study)
    definition = newest.shape if newest else None
    return {
        "at": now.isoformat(),
        "state": study.state,
        "version": newest.number if newest else None,
        "opened_at": study.opened_at.isoformat() if study.opened_at else None,
        "people": _people(study, now),
        "wanted": definition.participants if definition else None,
        "money": _money(study),
        "calls": _calls(study, now),
        "arms": _arms(study, definition),
        "cells": _cells(study, definition),
        "funnel": _funnel(study, definition),
        "watched": _watched(study, definition),
        "latency": _latency(study, now),
        "stuck": [_where(enrolment, now) for enrolment in stuck(study, now)[:LISTED]],
        "failures": [_failure(call) for call in failures(study, now)[:LISTED]],
    }


def people(study: Study) -> QuerySet[Enrolment]:
    """Return everybody who really started: previews are nobody."""
    return Enrolment.objects.filter(study=study, preview=False)


def stuck(study: Study, now: datetime) -> QuerySet[Enrolment]:
    """Return people under way who have been silent for more than 15 minutes, the latest first."""
    silent = people(study).filter(status=Status.ACTIVE, last_seen_at__lt=now - SILENT)
    return silent.select_related("version").order_by("-last_seen_at")


def failures(study: Study, now: datetime) -> QuerySet[Call]:
    """Return the failed calls to models of the last 24 hours, the latest first."""
    return (
        recent_calls(study, now)
        .filter(state="failed")
        .select_related("model")
        .defer("request")
        .order_by("-id")
    )


def recent_calls(study: Study, now: datetime) -> QuerySet[Call]:
    """Return the calls of the last 24 hours."""
    return Call.objects.filter(account=study.pk, started_at__gte=now - DAY)


def _people(study: Study, now: datetime) -> dict[str, int]:
    by_status = dict(people(study).order_by().values_list("status").annotate(n=Count("pk")))
    active = Q(status=Status.ACTIVE)
    moments = people(study).aggregate(
        active_now=Count("pk", filter=active & Q(last_seen_at__gte=now - SILENT)),
        stuck=Count("pk", filter=active & Q(last_seen_at__lt=now - SILENT)),
    )
    return {
        "started": sum(by_status.values()),
        **{s.value: by_status.get(s.value, 0) for s in Status},
        **moments,
    }


def _money(study: Study) -> dict[str, float | None]:
    account = Account.objects.filter(pk=study.pk).first()
    limit = account.limit_usd if account else None
    return {"spent": float(spent(study.pk)), "limit": float(limit) if limit is not None else None}


def _calls(study: Study, now: datetime) -> dict[str, Any]:
    # Answered from the money index alone, also for hundreds of thousands of calls.
    states = dict(
        Call.objects.filter(account=study.pk).order_by().values_list("state").annotate(n=Count("state"))
    )
    kinds = failures(study, now).order_by().values_list("error").annotate(n=Count("error"))
    return {
        "total": sum(states.values()),
        "failed": states.get("failed", 0),
        "failed_day": [{"kind": kind, "n": n} for kind, n in sorted(kinds, key=lambda pair: -pair[1])],
    }


def _arms(study: Study, definition: StudyBase | None) -> list[dict[str, Any]]:
    counts: dict[str, dict[str, int]] = {}
    for arm, status, n in people(study).order_by().values_list("arm", "status").annotate(n=Count("pk")):
        counts.setdefault(arm, {})[status] = n
    keys = [arm.key for arm in definition.arms] if definition else []
    weights = {arm.key: arm.weight for arm in definition.arms} if definition else {}
    whole = sum(weights.values())
    rows = []
    for key in [*keys, *(arm for arm in counts if arm and arm not in keys)]:
        target = (
            round(definition.participants * weights.get(key, 0) / whole)
            if definition and definition.participants
            else None
        )
        rows.append({"arm": key, "target": target, **_counted(counts.get(key, {}))})
    if "" in counts:
        rows.append({"arm": "", "target": None, **_counted(counts[""])})
    return rows


def _counted(counts: dict[str, int]) -> dict[str, int]:
    left = sum(n for status, n in counts.items() if status not in (Status.ACTIVE, Status.COMPLETE))
    return {"active": counts.get(Status.ACTIVE, 0), "complete": counts.get(Status.COMPLETE, 0), "left": left}


def _cells(study: Study, definition: StudyBase | None) -> list[dict[str, Any]]:
    if definition is None or definition.quotas is None:
        return []
    held = dict(
        QuotaClaim.objects.filter(study=study, released_at=None, enrolment__preview=False)
        .order_by().values_list("cell").annotate(n=Count("pk"))
    )  # fmt: skip
    complete = dict(
        people(study).filter(status=Status.COMPLETE).order_by().values_list("cell").annotate(n=Count("pk"))
    )
    return [
        {"cell": c.key, "target": c.target, "held": held.get(c.key, 0), "complete": complete.get(c.key, 0)}
        for c in definition.quotas.cells
    ]


def _funnel(study: Study, definition: StudyBase | None) -> list[dict[str, Any]]:
    counts = {
        stage: (entered, left)
        for stage, entered, left in StageVisit.objects.filter(enrolment__study=study, enrolment__preview=False)
        .order_by().values_list("stage").annotate(entered=Count("pk"), left=Count("left_at"))
    }  # fmt: skip
    now_in = {}
    titles = (
        {stage.id: say(stage.title, "en") or stage.id for stage in definition.stages} if definition else {}
    )
    order = [*titles, *(stage for stage in counts if stage not in titles)]
    for stage in order:
        entered, left = counts.get(stage, (0, 0))
        now_in[stage] = {"stage": stage, "title": titles.get(stage, stage), "entered": entered, "left": left}
    return list(now_in.values())


def _watched(study: Study, definition: StudyBase | None) -> list[dict[str, Any]]:
    return [
        {"stage": stage.id, "fine": one.fine, "said": one.sentence}
        for stage in (definition.stages if definition else ())
        for one in kind_of(stage).watch(stage, study)
    ]


def _latency(study: Study, now: datetime) -> list[dict[str, Any]]:
    """Return per hour of the last day: calls, failures, and the median and 95th percentile of answered calls."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select date_trunc('hour', started_at) as hour, count(*),
                   count(*) filter (where state = 'failed'),
                   percentile_cont(0.5) within group (order by total_ms) filter (where state = 'done'),
                   percentile_cont(0.95) within group (order by total_ms) filter (where state = 'done')
            from llm_call
            where account = %s and started_at >= %s
            group by 1 order by 1
            """,
            [study.pk, now - DAY],
        )
        return [
            {"hour": hour.isoformat(), "n": n, "failed": failed, "p50": p50, "p95": p95}
            for hour, n, failed, p50, p95 in cursor.fetchall()
        ]


def _where(enrolment: Enrolment, now: datetime) -> dict[str, Any]:
    return {
        "pseudonym": enrolment.pseudonym,
        "arm": enrolment.arm,
        "stage": stage_of(enrolment),
        "silent_minutes": int((now - enrolment.last_seen_at).total_seconds() // 60),
    }


def stage_of(enrolment: Enrolment) -> str:
    """Return the id of the stage somebody is at; empty after the last one."""
    stages = enrolment.version.shape.stages
    return stages[enrolment.stage_index].id if enrolment.stage_index < len(stages) else ""


def _failure(call: Call) -> dict[str, Any]:
    return {
        "at": call.started_at.isoformat(),
        "model": call.model.name,
        "error": call.error,
        "detail": call.error_detail[:200],
        "attempt": call.attempt,
        "purpose": call.purpose,
    }
