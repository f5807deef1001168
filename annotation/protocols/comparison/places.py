"""How many people have each screen: a count over rows, taken under the stage's lock."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from annotation.protocols.comparison.shapes import ComparisonConfig
from multivocal.studies.assignment import lock
from multivocal.studies.stages import Visit

Identity = tuple[str, UUID, str]

# A place is taken by who judged the screen, or may still: is under way and was there not too long ago.
HELD = """(e.status = 'active' AND e.last_seen_at >= %(since)s OR EXISTS (
        SELECT FROM protocols_judgement j WHERE j.presentation_id = p.id AND j.superseded_at IS NULL))"""
TAKEN = f"""
    FROM protocols_presentation p JOIN studies_enrolment e ON e.id = p.enrolment_id
    WHERE e.study_id = %(study)s AND e.preview = %(preview)s AND e.withdrawn_at IS NULL
      AND p.stage = %(stage)s AND p.position IS NOT NULL AND p.role = 'main' AND p.protocol_id = ANY(%(protocols)s)
      AND p.item_id IN (SELECT id FROM protocols_item WHERE item_set_id = %(item_set)s)
      AND {HELD}"""


def lock_places(visit: Visit) -> None:
    """Make people who draw their screens at this stage queue until the transaction ends; previews queue apart."""
    lock(f"comparison:{visit.enrolment.study_id}:{visit.stage.id}:{visit.enrolment.preview}")


def served_places(
    visit: Visit, item_set: int, protocols: Mapping[str, int], *, but: UUID | None = None
) -> dict[tuple[Any, ...], dict[int, int]]:
    """Return screen identity → row of its square → people who have it; call it with the lock held.

    ``protocols`` maps the stage's keys to rows of ``ProtocolVersion``: answers under another wording do not count.
    ``but`` leaves one enrolment out.
    """
    found: dict[tuple[Any, ...], dict[int, int]] = {}
    own = " AND e.id <> %(but)s" if but else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT p.protocol_key, p.item_id, p.unit, coalesce(p.order_row, 0), count(*) {TAKEN}{own}"
            " GROUP BY 1, 2, 3, 4",
            parameters(visit, item_set, protocols) | {"but": but},
        )
        for key, item, unit, row, people in cursor:
            found.setdefault((key, item, unit), {})[row] = people
    return found


def parameters(visit: Visit, item_set: int, protocols: Mapping[str, int]) -> dict[str, Any]:
    """Return the parameters of ``TAKEN``."""
    config: ComparisonConfig = visit.stage  # type: ignore[assignment]
    return {
        "study": visit.enrolment.study_id,
        "preview": visit.enrolment.preview,
        "stage": config.id,
        "protocols": list(protocols.values()),
        "item_set": item_set,
        "since": silent_since(config, timezone.now()),
    }


def silent_since(config: ComparisonConfig, now: datetime) -> datetime:
    """Return since when somebody must have been there to keep their places."""
    return now - timedelta(minutes=config.release_after_minutes)
