"""Drift while a run works: audits in windows; an alarm is recorded, and has more audited or the run paused."""

from math import ceil

from django.db import transaction
from django.utils import timezone

from annotation.routing.auditing import MOST, audit_now
from annotation.routing.domain.audits import Alarm, alarm
from annotation.routing.labels import human_labels
from annotation.routing.models import Run
from annotation.routing.policies import config_of
from annotation.routing.routes import current_routes
from annotation.routing.screens import Ground
from annotation.routing.spending import room
from multivocal.errors import Conflict
from multivocal.studies.audit import record_event

SIZE = 20
"""Audits in a window."""


def audits_in_time(run: Run, ground: Ground) -> list[bool]:
    """Return whether the person asked first agreed with the model's label, audit by audit as they were answered.

    People who were shown the label say nothing about it here.
    """
    given = human_labels(run, ground)
    found = []
    for place, route in current_routes(run).items():
        if route.audit and route.ai_label is not None:
            first = next((one for one in given.get(place, ()) if one.label and not one.verified), None)
            if first:
                found.append((first.given_at, first.label == route.ai_label))
    return [agrees for _at, agrees in sorted(found)]


def watch_audits(*, run: Run, ground: Ground) -> None:
    """Look at every window of audits once, when it is full. With the run's step held.

    Conflict (code ``alarm``) where people agree with models less than before and the policy says to pause; otherwise as
    many labels more are audited as the policy's share says, while there is money, and every chance is stated anew.
    """
    hits = audits_in_time(run, ground)
    full = len(hits) // SIZE
    if full < 2 or full <= run.router.get("watched", 0):
        return
    start = (full - 1) * SIZE
    told = alarm(sum(hits[:start]), start, sum(hits[start : full * SIZE]), SIZE)
    _record(run, full, told)
    if not told.raised:
        return
    if config_of(run.policy).on_alarm == "pause":
        raise Conflict(
            f"{_said(told)} Look at the report, then resume to go on, or stop the run.", code="alarm"
        )
    audit_more(run, ground)


def _said(told: Alarm) -> str:
    return (
        f"People agreed with the models' labels in {told.before:.0%} of the audits before, and in {told.after:.0%} of "
        f"the last {SIZE}."
    )


def _record(run: Run, windows: int, told: Alarm) -> None:
    with transaction.atomic():
        # Read again under a lock: somebody may have paused and resumed it since.
        row = Run.objects.select_for_update().get(pk=run.pk)
        row.router = row.router | {"watched": windows}
        if told.raised:
            entry = {"at": timezone.now().isoformat(), "windows": windows, **told.as_json()}
            row.router["alarms"] = [*row.router.get("alarms", []), entry]
            detail = {
                "run": str(run.pk),
                "reason": "agreement fell",
                "before": told.before,
                "after": told.after,
            }
            record_event(study=run.study, user=None, verb="routing alarm", detail=detail)
        row.save(update_fields=["router"])
        run.router = row.router


def audit_more(run: Run, ground: Ground) -> None:
    """Audit as large a share of what models keep as the policy says, while there is money. With the run's step held."""
    kept = sum(route.to == "ai" for route in current_routes(run).values())
    number = min(ceil(kept * config_of(run.policy).audit), max(room(run, ground), 0), MOST)
    if number < 1:
        return
    try:
        audit_now(run=run, number=number)
    except Conflict:
        # The money went, or the last label was audited, between the count and the lock: the alarm stands in the log.
        return
