"""Where a person is at a comparison stage: the open screen with its texts, in one statement."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from annotation.protocols.shapes import Shown
from multivocal.studies.models import Enrolment

_SCREEN = """
    SELECT p.id, p.position, p.protocol_key, p.role, p.slots, p.seed, p.shown_at, p.done_at,
           i.prompt, i.context, i.reference, i.units, i.gold,
           (SELECT json_object_agg(s.id, json_build_array(s.text, s.external_id, s.role))
              FROM protocols_stimulus s WHERE s.item_id = i.id),
           (SELECT json_build_array(j.id, j.payload) FROM protocols_judgement j
             WHERE j.presentation_id = p.id AND j.superseded_at IS NULL),
           (SELECT json_build_array(count(*) FILTER (WHERE q.done_at IS NOT NULL), count(*), max(q.position))
              FROM protocols_presentation q
             WHERE q.enrolment_id = p.enrolment_id AND q.stage = p.stage AND q.position IS NOT NULL)
    FROM protocols_presentation p JOIN protocols_item i ON i.id = p.item_id
    WHERE p.enrolment_id = %s AND p.stage = %s AND p.position IS NOT NULL AND """


@dataclass(frozen=True)
class OpenScreen:
    """A presentation of a comparison stage with all that is needed to paint and to judge it.

    ``names`` maps slots to the ids of the responses in the item's file; ``answer`` is the current judgement's id
    and payload, None before the first.
    """

    pk: UUID
    position: int
    protocol_key: str
    role: str
    shown: Shown
    names: Mapping[str, str]
    context: list[dict[str, str]]
    gold: Mapping[str, Any] | None
    shown_at: datetime | None
    done_at: datetime | None
    answer: tuple[UUID, dict[str, Any]] | None
    done: int
    total: int
    last: int


def open_screen(enrolment: Enrolment, stage: str) -> OpenScreen | None:
    """Return the first screen a person has not left yet; None where there is none (any more, or yet)."""
    return _one("p.done_at IS NULL ORDER BY p.position LIMIT 1", [enrolment.pk, stage])


def screen_before(enrolment: Enrolment, stage: str) -> OpenScreen | None:
    """Return the last screen a person has left; None at the beginning."""
    return _one("p.done_at IS NOT NULL ORDER BY p.position DESC LIMIT 1", [enrolment.pk, stage])


def count_screens(enrolment: Enrolment, stage: str) -> tuple[int, int]:
    """Return (screens left behind, all screens)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE done_at IS NOT NULL), count(*) FROM protocols_presentation"
            " WHERE enrolment_id = %s AND stage = %s AND position IS NOT NULL",
            [enrolment.pk, stage],
        )
        done, total = cursor.fetchone()
    return done, total


def _one(tail: str, values: list[Any]) -> OpenScreen | None:
    with connection.cursor() as cursor:
        cursor.execute(_SCREEN + tail, values)
        row = cursor.fetchone()
    if row is None:
        return None
    pk, position, key, role, slots, seed, shown_at, done_at, prompt, context, reference, *rest = row
    units, gold, stimuli, answer, counts = (_json(part) for part in rest)
    stood = {entry["slot"]: stimuli[entry["stimulus"]] for entry in _json(slots)}
    shown = Shown(
        slots=tuple(stood),
        texts={slot: text for slot, (text, _name, _role) in stood.items()},
        prompt=prompt,
        roles={slot: role for slot, (_text, _name, role) in stood.items() if role != "system"},
        reference=reference,
        units=tuple(units or ()),
        seed=seed or 0,
    )
    return OpenScreen(
        pk, position, key, role, shown, {slot: name for slot, (_text, name, _role) in stood.items()},
        _json(context) or [], gold, shown_at, done_at,
        (UUID(answer[0]), answer[1]) if answer else None, *counts,
    )  # fmt: skip


def _json(value: Any) -> Any:
    # Django has psycopg leave JSON as text for its fields to read.
    return json.loads(value) if isinstance(value, str) else value
