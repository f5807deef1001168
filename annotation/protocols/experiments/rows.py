"""The judgements of a study as the statistics read them: one pass over SQL, every answer derived once."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

from annotation.protocols.derived import follows_from, rater_of
from annotation.protocols.items.gold import right, rule_for
from annotation.protocols.registry import Preference, ProtocolConfig, Score, Shown, protocols
from annotation.protocols.sql import JUDGED
from multivocal.studies.models import Study


class Pair(NamedTuple):
    """One derived pair of stimuli: ``outcome`` 1 = a is better, −1 = b, 0 = a stated tie."""

    a: str
    b: str
    outcome: int
    magnitude: float


class Row(NamedTuple):
    """One current judgement with what was shown; ids are texts, ``repeat_of`` is the presentation repeated.

    ``rater`` is who judged as the interchange files name them: a person, or one asking (order and sample) of a model.
    """

    judgement: str
    presentation: str
    item: str
    rater: str
    model: bool
    arm: str
    version: int
    stage: str
    protocol: str
    kind: str
    role: str
    repeat_of: str
    stratum: str
    position: int | None
    shown: tuple[str, ...]
    pairs: tuple[Pair, ...]
    scores: tuple[tuple[str, str, float], ...]
    no_answer: str
    state: str
    ms: int | None
    passed: bool | None

    @property
    def annotator(self) -> str:
        """The person, or the model whatever the asking."""
        return self.rater.rpartition("/")[0] if self.model else self.rater


class Response(NamedTuple):
    """One stimulus with what could sway a judge: words, different words, their share, and imported numbers."""

    name: str
    item: str
    system: str
    role: str
    words: int
    unique: int
    density: float
    covariates: Mapping[str, float]


@dataclass(frozen=True)
class Collected:
    """Everything a report reads: all current judgements of comparison stages, and their stimuli by id."""

    rows: list[Row]
    responses: dict[str, Response]


_JUDGEMENTS = f"""
    SELECT j.id::text, p.id::text, p.item_id::text, coalesce(e.pseudonym, g.name), g.id IS NOT NULL,
           p.order_row, p.sample,
           coalesce(e.arm, ''), coalesce(v.number, 0), p.stage,
           coalesce(nullif(p.protocol_key, ''), c.kind), c.kind, c.sha256, p.role, coalesce(p.repeat_of_id::text, ''),
           i.stratum, p.position, p.slots, i.gold, i.units, p.seed, j.payload::text, j.no_answer, j.state,
           j.duration_ms {JUDGED}
    LEFT JOIN studies_enrolment e ON e.id = j.enrolment_id
    LEFT JOIN studies_studyversion v ON v.id = e.version_id
    LEFT JOIN protocols_aiannotator g ON g.id = j.annotator_id
    WHERE i.study_id = %(study)s AND i.item_set_id IS NOT NULL AND j.superseded_at IS NULL
      AND (e.id IS NULL OR (NOT e.preview AND e.withdrawn_at IS NULL))
      AND (%(version)s::int IS NULL OR v.number = %(version)s::int OR g.id IS NOT NULL)
      AND (%(arm)s::text IS NULL OR e.arm = %(arm)s::text)
      AND (%(stratum)s::text IS NULL OR i.stratum = %(stratum)s::text)
    ORDER BY j.given_at, j.id
"""
_STIMULI = """
    SELECT s.id::text, s.external_id, s.item_id::text, coalesce(nullif(s.system, ''), m.name, ''), s.role,
           s.text, s.covariates
    FROM protocols_stimulus s
    JOIN protocols_item i ON i.id = s.item_id
    LEFT JOIN llm_languagemodel m ON m.id = s.model_id
    WHERE i.study_id = %(study)s AND i.item_set_id IS NOT NULL
"""


def collect(study: Study, asked: Mapping[str, str] | None = None) -> Collected:
    """Return the judgements of ``study``'s comparison stages, in the order they were given.

    ``asked`` may name ``version``, ``arm`` and ``stratum``. Previews and people who withdrew are left out; a
    correction takes the place of what it corrects. Nothing else is filtered: roles, non-answers and models stay
    marked in their rows.
    """
    asked = asked or {}
    values = {
        "study": study.pk,
        "version": int(asked["version"]) if "version" in asked else None,
        "arm": asked.get("arm"),
        "stratum": asked.get("stratum"),
    }
    with connection.cursor() as cursor:
        cursor.execute(_STIMULI, values)
        responses = {
            key: Response(name, item, system, role, *_words(text), _numbers(covariates))
            for key, name, item, system, role, text, covariates in _decoded(cursor, 6)
        }
        configs = _configs(cursor, study)
        cursor.execute(_JUDGEMENTS, values)
        derive = _Derivation(configs, responses)
        rows = [derive.row(*columns) for columns in _decoded(cursor, 17, 18, 19)]
    return Collected(rows, responses)


def _decoded(cursor: Any, *places: int) -> Iterator[list[Any]]:
    """Yield rows with their JSON columns as data: Django's cursors hand jsonb over as text."""
    for row in cursor.fetchall():
        columns = list(row)
        for place in places:
            if isinstance(columns[place], str):
                columns[place] = json.loads(columns[place])
        yield columns


def _configs(cursor: Any, study: Study) -> dict[str, ProtocolConfig]:
    cursor.execute(
        """SELECT DISTINCT c.sha256, c.kind, c.config::text FROM protocols_protocolversion c
        JOIN protocols_presentation p ON p.protocol_id = c.id JOIN protocols_item i ON i.id = p.item_id
        WHERE i.study_id = %(study)s AND i.item_set_id IS NOT NULL""",
        {"study": study.pk},
    )
    known = protocols()
    return {
        sha256: known[kind].config.model_validate_json(config)
        for sha256, kind, config in cursor.fetchall()
        if kind in known
    }


class _Derivation:
    """Preferences and scores per distinct answer: a thousand people who press “4” are parsed once."""

    def __init__(self, configs: Mapping[str, ProtocolConfig], responses: Mapping[str, Response]) -> None:
        self.configs, self.responses = configs, responses
        self.known: dict[Any, tuple[tuple[Preference, ...], tuple[Score, ...]]] = {}

    def row(
        self, judgement: str, presentation: str, item: str, who: str, model: bool, order_row: int | None,
        sample: int, arm: str, version: int, stage: str, protocol: str, kind: str, sha256: str, role: str,
        repeat_of: str, stratum: str, position: int | None, slots: list[dict[str, Any]], gold: Any,
        units: Any, seed: int, payload: str, no_answer: str, state: str, ms: int | None,
    ) -> Row:  # fmt: skip
        """Return one judgement as its row."""
        rater = rater_of(who, model, order_row, sample)
        where = {slot["slot"]: slot["stimulus"] for slot in slots}
        pairs: tuple[Pair, ...] = ()
        scores: tuple[tuple[str, str, float], ...] = ()
        if not no_answer and state == "ok" and sha256 in self.configs:
            found, rated = self._derived(sha256, payload, where, units)
            pairs = tuple(Pair(where[p.a], where[p.b], _SIGN[p.outcome], p.magnitude) for p in found)
            scores = tuple((where[s.slot], s.dimension, s.value) for s in rated)
        verdict = None
        if role in _CHECKS and gold and state == "ok" and sha256 in self.configs:
            verdict = self._passed(gold, protocol, kind, sha256, json.loads(payload), where, units, seed)
        return Row(
            judgement, presentation, item, rater, model, arm, version, stage, protocol, kind, role, repeat_of,
            stratum, position, tuple(where.values()), pairs, scores, no_answer, state, ms, verdict,
        )  # fmt: skip

    def _derived(
        self, sha256: str, payload: str, where: Mapping[str, str], units: Any
    ) -> tuple[tuple[Preference, ...], tuple[Score, ...]]:
        slots = tuple(where)
        roles = tuple(self.responses[stimulus].role for stimulus in where.values())
        told = json.dumps(units) if units else None
        key = (sha256, payload, slots, roles, told)
        if key not in self.known:
            self.known[key] = follows_from(self.configs[sha256], payload, slots, roles, told)
        return self.known[key]

    def _passed(
        self, gold: Any, protocol: str, kind: str, sha256: str, payload: Any, where: Mapping[str, str],
        units: Any, seed: int,
    ) -> bool | None:  # fmt: skip
        """Return whether an answer follows its item's rule; None where the item has none for this protocol."""
        rule = rule_for(gold, protocol, kind)
        if rule is None:
            return None
        names = {slot: self.responses[stimulus].name for slot, stimulus in where.items()}
        return right(rule, self.configs[sha256], payload, self._shown(where, units, seed), names)

    def _shown(self, where: Mapping[str, str], units: Any, seed: int) -> Shown:
        roles = {slot: self.responses[stimulus].role for slot, stimulus in where.items()}
        return Shown(tuple(where), roles=roles, units=tuple(units or ()), seed=seed)


_SIGN = {"a": 1, "b": -1, "tie": 0}
_CHECKS = frozenset({"gold", "attention"})


def _words(text: str) -> tuple[int, int, float]:
    """Return the number of words, of different words (lower case), and their share: the density used here."""
    words = text.lower().split()
    unique = len(set(words))
    return len(words), unique, unique / len(words) if words else 0.0


def _numbers(covariates: Any) -> dict[str, float]:
    given = covariates if isinstance(covariates, dict) else {}
    return {
        str(key): float(value)
        for key, value in given.items()
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    }


def counted(rows: Iterable[Row], *, models: bool = False) -> list[Row]:
    """Return the judgements that estimates rest on: people's (or models'), main items, real answers."""
    return [
        row
        for row in rows
        if row.model == models and row.role == "main" and not row.no_answer and row.state == "ok"
    ]
