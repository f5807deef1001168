"""Who did what to a study: rows are only added, and each one's hash holds the hash of the one before."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from multivocal.studies.models import AuditEvent, Study

START = "0" * 64


def record_event(*, study: Study, user: Any, verb: str, detail: dict[str, Any] | None = None) -> AuditEvent:
    """Add one event to the chain of ``study``; ``user`` is None for the command line."""
    with transaction.atomic():
        # Two events at once would hang on the same link: the study's row is the queue they stand in.
        Study.objects.select_for_update().get(pk=study.pk)
        last = AuditEvent.objects.filter(study=study).order_by("-id").first()
        event = AuditEvent(
            study=study, user=user, verb=verb, detail=_plain(detail or {}), at=timezone.now()
        )  # fmt: skip
        event.digest = link(last.digest if last else START, event)
        event.save(force_insert=True)
    return event


def link(before: str, event: AuditEvent) -> str:
    """Return the sha256 of the digest ``before`` and the event's content as canonical JSON."""
    content = {
        "study": str(event.study_id),
        "user": event.user_id,
        "verb": event.verb,
        "detail": event.detail,
        "at": event.at.isoformat(),
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def verify_chain(study: Study) -> int | None:
    """Return the id of the first event whose link does not hold, or None where the whole chain does.

    Rows cut off at the end cannot be seen from the chain alone: compare the last digest with one kept elsewhere.
    """
    return first_broken(AuditEvent.objects.filter(study=study).order_by("id"))


def first_broken(events: Iterable[AuditEvent]) -> int | None:
    """Return the id of the first of ``events`` (in order, from the start) that does not fit the one before."""
    before = START
    for event in events:
        if event.digest != link(before, event):
            return event.pk
        before = event.digest
    return None


def _plain(detail: dict[str, Any]) -> dict[str, Any]:
    return json.loads(json.dumps(detail, default=str))
