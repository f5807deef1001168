"""Who said what about every pair, models and people: read from judgements, turned to responses a and b."""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db import connection

from annotation.protocols.registry import NoAnswer, ProtocolConfig, Shown, parse_response, protocols
from annotation.routing.models import Run
from annotation.routing.screens import Ground, Place, ground_of
from multivocal.errors import Refused

Label = Literal["a", "b", "tie"]
_TURNED: Mapping[Label, Label] = {"a": "b", "b": "a", "tie": "tie"}


@dataclass(frozen=True, slots=True)
class Said:
    """One asking of a judge; ``label`` is None where it failed, could not be read or refused (``state`` says which).

    ``state`` is ``waiting`` before there is a judgement. ``order`` 0 showed a first.
    """

    judge: str
    paraphrase: int
    order: int
    sample: int
    label: Label | None
    state: str
    judgement: UUID | None


@dataclass(frozen=True, slots=True)
class Given:
    """One person's current answer; ``label`` is None where they could not tell. ``verified``: they saw a model's."""

    enrolment: UUID
    label: Label | None
    judgement: UUID
    given_at: datetime
    verified: bool


_MODELS = """
    SELECT p.item_id, p.unit, r.judge, r.paraphrase, coalesce(p.order_row, 0), p.sample, p.slots,
           j.id, j.state, j.no_answer, j.payload
      FROM routing_runjudge r JOIN protocols_presentation p ON p.annotator_id = r.annotator_id
      LEFT JOIN protocols_judgement j ON j.presentation_id = p.id AND j.superseded_at IS NULL
     WHERE r.run_id = %(run)s
     ORDER BY p.item_id, p.unit, r.number, r.paraphrase, p.sample, p.order_row"""
_PEOPLE = """
    SELECT p.item_id, p.unit, p.slots, j.id, j.no_answer, j.payload, j.given_at, e.id, h.id IS NOT NULL
      FROM protocols_presentation p JOIN studies_enrolment e ON e.id = p.enrolment_id
      JOIN protocols_judgement j ON j.presentation_id = p.id AND j.given_at <= %(until)s
                                AND (j.superseded_at IS NULL OR j.superseded_at > %(until)s)
      LEFT JOIN routing_hint h ON h.presentation_id = p.id
     WHERE e.study_id = %(study)s AND NOT e.preview AND e.withdrawn_at IS NULL AND p.stage = %(stage)s
       AND p.protocol_id = %(protocol)s AND p.role = 'main' AND p.position IS NOT NULL
     ORDER BY j.given_at, j.id"""


def judge_labels(run: Run, ground: Ground | None = None) -> dict[Place, dict[str, list[Said]]]:
    """Return what every judge said of every pair it was or is to be asked about."""
    ground = ground or ground_of(run)
    read = Reader(ground)
    found: dict[Place, dict[str, list[Said]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_MODELS, {"run": run.pk})
        for item, unit, judge, paraphrase, order, sample, slots, pk, state, no_answer, payload in cursor:
            label = None
            if pk is not None and state == "ok" and not no_answer:
                label = read.label((item, unit), slots, payload)
            said = Said(judge, paraphrase, order, sample, label, no_answer or state or "waiting", pk)
            found.setdefault((item, unit), {}).setdefault(judge, []).append(said)
    return found


def human_labels(run: Run, ground: Ground | None = None) -> dict[Place, list[Given]]:
    """Return people's current answers about main items, in the order given; not those of previews and the withdrawn.

    Of a run that has ended: the answers as they stood then, whoever was asked later.
    """
    ground = ground or ground_of(run)
    read = Reader(ground)
    found: dict[Place, list[Given]] = {}
    values: dict[str, Any] = {
        "study": run.study_id, "stage": run.stage, "protocol": ground.protocol.pk,
        "until": run.until,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, values)
        for item, unit, slots, pk, no_answer, payload, given_at, enrolment, verified in cursor:
            label = None if no_answer else read.label((item, unit), slots, payload)
            found.setdefault((item, unit), []).append(Given(enrolment, label, pk, given_at, verified))
    return found


class Reader:
    """Reads payloads as outcomes between a and b, each different answer once."""

    def __init__(self, ground: Ground) -> None:
        self.firsts = {pair.place: (str(pair.a), str(pair.b)) for pair in ground.pairs}
        self.outcome = functools.lru_cache(20_000)(functools.partial(_outcome, ground.config))

    def label(self, place: Place, slots: Any, payload: Any) -> Label | None:
        """Return which response a payload prefers; None where it does not say, or says what the protocol has not."""
        ab = self.firsts.get(place)
        shown = [(one["slot"], one["stimulus"]) for one in _plain(slots)]
        if ab is None or {stimulus for _slot, stimulus in shown} != set(ab):
            return None
        text = payload if isinstance(payload, str) else json.dumps(payload)
        said: Label | None = self.outcome(text, tuple(slot for slot, _stimulus in shown))
        return said if said is None or shown[0][1] == ab[0] else _TURNED[said]


def _outcome(config: ProtocolConfig, payload: str, slots: tuple[str, ...]) -> Label | None:
    shown = Shown(slots)
    try:
        response = parse_response(config, json.loads(payload), shown)
    except Refused:
        return None
    if isinstance(response, NoAnswer):
        return None
    for one in protocols()[config.kind].preferences(config, response, shown):
        if (one.a, one.b) == slots:
            return one.outcome
        if (one.b, one.a) == slots:
            return _TURNED[one.outcome]
    return None


def _plain(value: Any) -> Any:
    # Django has psycopg leave JSON as text for its fields to read.
    return json.loads(value) if isinstance(value, str) else value
