"""The ledger: a row is committed before a request leaves and completed after, whatever happened to it."""

import datetime
import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from multivocal.llm.budgets import can_pay, others_allow, settle_anew
from multivocal.llm.models import Call
from multivocal.llm.requests import ChatRequest

ABANDONED_AFTER = datetime.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Opening:
    """What is known of a call before it is made."""

    request: ChatRequest
    body: dict[str, Any]
    reserve: Decimal


@dataclass(frozen=True, slots=True)
class Ending:
    """What is known of a call when it is over; ``error`` is empty for one that went well."""

    error: str = ""
    detail: str = ""
    text: str = ""
    finish_reason: str = ""
    tokens_in: int | None = None
    tokens_out: int | None = None
    first_ms: int | None = None
    total_ms: int = 0
    cost: Decimal = Decimal(0)
    status: int | None = None
    version: str = ""


def open_call(opening: Opening) -> tuple[int, datetime.datetime, bool]:
    """Write the row of a call that is about to be made; return its id, its start, and whether it may be made.

    It may not where the account's limits would be passed: the row then stands as failed, at no cost.
    """
    request, now = opening.request, timezone.now()
    material = json.dumps(opening.body, sort_keys=True, ensure_ascii=False).encode("utf-8", "replace")
    call = Call(
        account=request.account,
        person=request.person,
        purpose=request.purpose,
        subject=request.subject,
        model=request.model,
        attempt=request.attempt,
        started_at=now,
        prompt_sha256=hashlib.sha256(material).hexdigest(),
        request=opening.body,
        reserved=opening.reserve,
    )
    with transaction.atomic():
        allowed = can_pay(request.account, request.person, opening.reserve) and others_allow(
            request, opening.reserve
        )
        if not allowed:
            call.state, call.error, call.finished_at, call.reserved = "failed", "budget", now, Decimal(0)
            call.error_detail = f"{opening.reserve} USD more would pass the limit"
            call.total_ms = 0
        call.save(force_insert=True)
    return call.id, now, allowed


def close_call(call_id: int, started_at: datetime.datetime, ending: Ending) -> None:
    """Complete the row of a call; what is known now replaces what a sweep had assumed."""
    values = {
        "state": "failed" if ending.error else "done",
        "error": ending.error,
        "error_detail": ending.detail,
        "text": ending.text,
        "finish_reason": ending.finish_reason[:40],
        "tokens_in": ending.tokens_in,
        "tokens_out": ending.tokens_out,
        "first_ms": ending.first_ms,
        "total_ms": ending.total_ms,
        "cost": ending.cost,
        "status_code": ending.status,
        "version": ending.version,
        # From the steady clock: the wall clock may have been set back meanwhile.
        "finished_at": started_at + datetime.timedelta(milliseconds=ending.total_ms),
    }
    if Call.objects.filter(id=call_id, state="started").update(**values):
        return
    with transaction.atomic():
        if Call.objects.filter(id=call_id, error="abandoned").update(**values):
            settle_anew(Call.objects.values_list("account", flat=True).get(id=call_id))


def settle_abandoned(now: datetime.datetime) -> int:
    """Settle calls open for longer than ten minutes (their process died) at what they had reserved.

    Return how many. Whether the provider was paid is not known, so money is counted as spent.
    """
    return Call.objects.filter(state="started", started_at__lt=now - ABANDONED_AFTER).update(
        state="failed", error="abandoned", finished_at=now, cost=F("reserved")
    )
