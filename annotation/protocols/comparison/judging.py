"""Taking an answer: exactly once, after a look that was long enough, a correction beside what it corrects."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import ngettext

from annotation.protocols.comparison.clock import painted_at
from annotation.protocols.comparison.paradata import parse_paradata
from annotation.protocols.comparison.rows import OpenScreen
from annotation.protocols.comparison.shapes import ComparisonConfig
from annotation.protocols.items.gold import right, rule_for
from annotation.protocols.registry import NoAnswer, leaders, parse_response, protocols
from multivocal.errors import Invalid, Unprocessable
from multivocal.studies.stages import Visit

# Training asks again this often at most; then it says what was expected and goes on.
MOST_TRIES = 3


def take_answer(
    *, visit: Visit, screen: OpenScreen, form: QueryDict, key: UUID, correction: bool = False
) -> Mapping[str, str]:
    """Store what a form answers to a person's open screen; return problems (place → sentence), empty when stored.

    Called inside the submit's transaction with the enrolment's row locked and the key spent, so neither a second
    click nor a second tab stores twice. Nothing is stored while there are problems.
    """
    config: ComparisonConfig = visit.stage  # type: ignore[assignment]
    protocol = config.protocol(screen.protocol_key)
    now = timezone.now()
    seen_at = painted_at(form.get("painted"), str(screen.pk), screen.shown_at, now)
    try:
        payload = protocols()[protocol.kind].read(protocol, form, screen.shown)
        response = parse_response(protocol, payload, screen.shown)
    except (Invalid, Unprocessable) as refusal:
        return refusal.fields or {"answer": refusal.message}
    if not correction and screen.answer is None and (early := _too_early(config, seen_at, now)):
        return {"answer": early}
    best = leaders(protocol, response, screen.shown)
    _store(
        visit=visit,
        screen=screen,
        key=key,
        payload=response.model_dump(mode="json"),
        no_answer=response.no_answer if isinstance(response, NoAnswer) else "",
        chosen=best[0] if len(best) == 1 and len(screen.shown.slots) > 1 else "",
        paradata=parse_paradata(form.get("paradata")),
        seen_at=seen_at,
        now=now,
        leaves=correction or not feedback_due(config, screen),
    )
    return {}


def _too_early(config: ComparisonConfig, seen_at: datetime | None, now: datetime) -> str:
    if not config.min_dwell_ms or seen_at is None:
        return ""
    left = config.min_dwell_ms / 1000 - (now - seen_at).total_seconds()
    if left <= 0:
        return ""
    seconds = max(round(left), 1)
    return ngettext(
        "Please read a little longer, about {n} second. Your answer is kept below; send it then.",
        "Please read a little longer, about {n} seconds. Your answer is kept below; send it then.",
        seconds,
    ).format(n=seconds)


def feedback_due(config: ComparisonConfig, screen: OpenScreen) -> bool:
    """Return whether something is said after this screen before the next one comes."""
    return screen.role == "practice" or (screen.role == "gold" and config.gold.feedback != "silent")


def verdict(config: ComparisonConfig, screen: OpenScreen) -> tuple[bool | None, Any]:
    """Return (whether the current answer is accepted, why); None where the item has no rule for the protocol."""
    protocol = config.protocol(screen.protocol_key)
    rule = rule_for(screen.gold, screen.protocol_key, protocol.kind)
    if rule is None or screen.answer is None:
        return None, ""
    return right(rule, protocol, screen.answer[1], screen.shown, screen.names), rule.why


def asks_again(config: ComparisonConfig, screen: OpenScreen) -> bool:
    """Return whether the answered screen is to be answered once more: training, not accepted, tries left."""
    if screen.role != "gold" or config.gold.feedback != "training" or verdict(config, screen)[0] is not False:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM protocols_judgement WHERE presentation_id = %s", [screen.pk])
        return bool(cursor.fetchone()[0] < MOST_TRIES)


def leave_screen(screen: OpenScreen, now: datetime) -> None:
    """Go on from a screen whose feedback was read."""
    with connection.cursor() as cursor:
        cursor.execute(_LEAVE, {"screen": screen.pk, "now": now})


# The next screen is handed out at the moment this one is left, and only once: ``shown_at`` outlives every reload. How
# long it was looked at is the page's own clock (clock.py): it runs on through answers that were sent back, and starts
# again where the page is opened anew.
_LEAVE = """
    WITH here AS (
      UPDATE protocols_presentation SET done_at = coalesce(done_at, %(now)s) WHERE id = %(screen)s
      RETURNING enrolment_id, stage, position)
    UPDATE protocols_presentation q SET shown_at = %(now)s FROM here
     WHERE q.enrolment_id = here.enrolment_id AND q.stage = here.stage AND q.shown_at IS NULL
       AND q.position = (SELECT min(n.position) FROM protocols_presentation n
                          WHERE n.enrolment_id = here.enrolment_id AND n.stage = here.stage
                            AND n.position > here.position)"""

_INSERT = """
    INSERT INTO protocols_judgement (id, presentation_id, enrolment_id, key, payload, no_answer, state, chosen,
                                     tie_broken_by, paradata, shown_at, given_at, duration_ms)
    VALUES (%(id)s, %(screen)s, %(enrolment)s, %(key)s, %(payload)s, %(no_answer)s, 'ok', %(chosen)s, '',
            %(paradata)s, %(seen_at)s, %(now)s, %(ms)s)"""


def _store(
    *,
    visit: Visit,
    screen: OpenScreen,
    key: UUID,
    payload: dict[str, Any],
    no_answer: str,
    chosen: str,
    paradata: dict[str, Any],
    seen_at: datetime | None,
    now: datetime,
    leaves: bool,
) -> None:
    values: dict[str, Any] = {
        "id": uuid4(), "screen": screen.pk, "enrolment": visit.enrolment.pk, "key": key,
        "payload": json.dumps(payload), "no_answer": no_answer, "chosen": chosen,
        "paradata": json.dumps(paradata), "seen_at": seen_at, "now": now,
        "ms": min(int((now - seen_at).total_seconds() * 1000), 2**31 - 1) if seen_at else None,
    }  # fmt: skip
    with connection.cursor() as cursor:
        if screen.answer is not None:
            cursor.execute(
                "UPDATE protocols_judgement SET superseded_at = %s WHERE id = %s", [now, screen.answer[0]]
            )
        cursor.execute(_INSERT, values)
        if leaves:
            cursor.execute(_LEAVE, values)
