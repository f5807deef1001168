"""Datasets of what judges were asked and what audits found: labels are read from stored answers, a row each."""

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from annotation.protocols.derived import follows_from
from annotation.protocols.registry import ProtocolConfig, protocols
from annotation.routing.datasets import NARROWED, PAIR, PAIR_SQL, RUN, RUN_SQL
from multivocal.domain.datasets import Column, Dataset

_TURNED = {"a": "b", "b": "a", "tie": "tie"}
_AT_A_TIME = 1_000
Connection = Any

AI_CALLS_COLUMNS = (
    *RUN,
    Column("purpose", "string", "judge (for a label), canary (a judge asked again; never a label) or tag"),
    Column(
        "item_id", "uuid", "The item; joins with items; of tag the first with this prompt", null="not stored"
    ),
    Column("item", "string", "The item's id in its file", null="not stored"),
    Column("unit", "string", "Which of the item's responses, by their numbers", null="all of them, or tag"),
    Column("judge", "string", "The judge, by the policy's names", null="tag"),
    Column("paraphrase", "integer", "Which wording of the rubric, 0 as it is", null="tag"),
    Column("annotator", "string", "Name of the model's annotator; joins with judgements", null="tag"),
    Column("model", "string", "The model that was asked"),
    Column("model_version", "string", "What the endpoint said it is", null="it did not say"),
    Column("prompt_sha256", "string", "Hash of the rubric with its question", null="tag"),
    Column("request_sha256", "string", "Hash of this request's messages"),
    Column("order", "integer", "0: response a stood first, 1: response b did", null="tag"),
    Column("sample", "integer", "Which of several answers in this order, from 0", null="tag"),
    Column("attempt", "integer", "Which try, from 1"),
    Column("temperature", "number", "Temperature that was asked for", null="the endpoint's own"),
    Column("call", "integer", "The call; joins with calls"),
    Column("state", "string", "started, done or failed"),
    Column("error", "string", "What went wrong with the call", null="nothing"),
    Column("http_status", "integer", "Status of the answer", null="there was none"),
    Column("text", "text", "What the model wrote"),
    Column("judgement_id", "uuid", "The judgement made of it", null="none was, or of another try"),
    Column("judgement_state", "string", "ok, unparsed or failed", null="no judgement"),
    Column("label", "string", "a, b or tie, read from it", null="it could not be read, or no judgement"),
    Column("no_answer", "string", "unsure, skip or invalid; never a tie", null="it is a judgement"),
    Column("tokens_in", "integer", "Tokens of the prompt", null="not said"),
    Column("tokens_out", "integer", "Tokens of the answer", null="not said"),
    Column("cost_usd", "number", "What it cost", unit="USD"),
    Column("total_ms", "integer", "From the request to the last word", unit="ms", null="there was none"),
    Column("started_at", "timestamp", "When it was sent"),
    Column("finished_at", "timestamp", "When it was over", null="it is on its way"),
)
# A union is ordered by the place of its columns.
_CALL = [column.name for column in AI_CALLS_COLUMNS if column.name != "label"].index("call") + 1
_CALLS = f"""
    SELECT {RUN_SQL}, 'judge', {PAIR_SQL.format(unit="p.unit")}, q.judge, q.paraphrase, g.name, m.name,
           nullif(c.version, ''), g.prompt_sha256, c.prompt_sha256, coalesce(p.order_row, 0), p.sample, c.attempt,
           (c.request ->> 'temperature')::float8, c.id, c.state, nullif(c.error, ''), c.status_code, c.text, j.id,
           j.state, nullif(j.no_answer, ''), c.tokens_in, c.tokens_out, c.cost::float8, c.total_ms, c.started_at,
           c.finished_at, p.slots, p.protocol_id, j.payload::text AS payload, {{first}} AS first, NULL::text AS said
    FROM routing_run n
    JOIN routing_policy o ON o.id = n.policy_id
    JOIN routing_runjudge q ON q.run_id = n.id
    JOIN protocols_aiannotator g ON g.id = q.annotator_id
    JOIN llm_languagemodel m ON m.id = g.model_id
    JOIN protocols_presentation p ON p.annotator_id = g.id
    JOIN protocols_item i ON i.id = p.item_id
    JOIN llm_call c ON c.subject = p.id::text AND c.subject <> '' AND c.purpose = 'annotate'
                   AND c.account = n.study_id AND c.id > n.first_call
                   AND (n.ended_at IS NULL OR c.started_at <= n.ended_at)
    LEFT JOIN protocols_judgement j ON j.call = c.id AND j.annotator_id = g.id AND j.superseded_at IS NULL
    WHERE n.study_id = %(study)s AND (%(since)s::timestamptz IS NULL OR c.started_at >= %(since)s::timestamptz)
      AND {NARROWED}
    UNION ALL
    SELECT {RUN_SQL}, c.purpose, {PAIR_SQL.format(unit="p.unit")}, a.judge, q.paraphrase, g.name, m.name,
           nullif(c.version, ''), g.prompt_sha256, c.prompt_sha256, p.order_row, p.sample, c.attempt,
           (c.request ->> 'temperature')::float8, c.id, c.state, nullif(c.error, ''), c.status_code, c.text, NULL,
           NULL, CASE WHEN a.reason = 'no_answer' THEN 'unsure' END, c.tokens_in, c.tokens_out, c.cost::float8,
           c.total_ms, c.started_at, c.finished_at, NULL, NULL, NULL, NULL, CASE WHEN a.call = c.id THEN a.label END
    FROM routing_run n
    JOIN routing_policy o ON o.id = n.policy_id
    JOIN llm_call c ON c.account = n.study_id AND c.purpose IN ('tag', 'canary') AND c.id > n.first_call
                   AND split_part(c.subject, ':', 1) = n.id::text
    JOIN llm_languagemodel m ON m.id = c.model_id
    LEFT JOIN routing_canaryanswer a ON c.purpose = 'canary' AND a.id::text = split_part(c.subject, ':', 2)
    LEFT JOIN protocols_presentation p ON p.id = a.presentation_id
    LEFT JOIN protocols_aiannotator g ON g.id = p.annotator_id
    LEFT JOIN routing_runjudge q ON q.run_id = n.id AND q.annotator_id = g.id
    LEFT JOIN LATERAL (SELECT t.item_id FROM routing_itemtags t
      WHERE c.purpose = 'tag' AND t.run_id = n.id AND left(t.mark, 32) = split_part(c.subject, ':', 2)
      ORDER BY t.id LIMIT 1) t ON true
    LEFT JOIN protocols_item i ON i.id = coalesce(p.item_id, t.item_id)
    WHERE n.study_id = %(study)s AND (%(since)s::timestamptz IS NULL OR c.started_at >= %(since)s::timestamptz)
      AND {NARROWED}
    ORDER BY {_CALL}, run_id"""
# Response a is the one with the lower number in its item.
_FIRST = """(SELECT s.id::text FROM protocols_stimulus s
      WHERE s.id::text IN (p.slots -> 0 ->> 'stimulus', p.slots -> 1 ->> 'stimulus') ORDER BY s.number, s.id LIMIT 1)"""

AUDITS_COLUMNS = (
    *RUN,
    *PAIR,
    Column("kind", "string", "seed (drawn before models were heard) or audit (of what a model keeps)"),
    Column(
        "probability", "number", "Chance of a person's label when it was decided; of the seed, to be in it"
    ),
    Column("ai_label", "string", "The model's label: a, b or tie"),
    Column("ai_judge", "string", "Whose it is, by the policy's names"),
    Column("p_ai", "number", "The router's chance that it is right", null="no router that learns"),
    Column("annotator", "string", "Pseudonym of the person in this study"),
    Column("human_label", "string", "The person's: a, b or tie", null="they could not tell"),
    Column("agrees", "boolean", "Whether both are the same", null="the person could not tell"),
    Column("judgement_id", "uuid", "The person's judgement; joins with judgements"),
    Column("given_at", "timestamp", "When the person gave it"),
)
_AUDITS = f"""
    SELECT {RUN_SQL}, {PAIR_SQL.format(unit="r.unit")}, CASE WHEN d.id IS NULL THEN 'audit' ELSE 'seed' END,
           coalesce(d.probability, r.probability), r.ai_label, r.ai_judge, r.p_ai, e.pseudonym, j.id, j.given_at,
           p.slots, p.protocol_id, CASE WHEN j.no_answer = '' THEN j.payload::text END AS payload, {{first}} AS first,
           NULL::text AS said
    FROM routing_run n
    JOIN routing_policy o ON o.id = n.policy_id
    JOIN routing_route r ON r.run_id = n.id AND r.superseded_at IS NULL AND r.ai_label IS NOT NULL
    LEFT JOIN LATERAL (SELECT f.id, f.probability FROM routing_route f
      WHERE f.run_id = n.id AND f.item_id = r.item_id AND f.unit = r.unit AND f.phase = 'seed' LIMIT 1) d ON true
    JOIN protocols_item i ON i.id = r.item_id
    JOIN protocols_presentation p ON p.item_id = i.id AND p.unit = r.unit AND p.stage = n.stage AND p.role = 'main'
    JOIN studies_enrolment e ON e.id = p.enrolment_id
    JOIN studies_studyversion v ON v.id = e.version_id
    JOIN protocols_judgement j ON j.presentation_id = p.id AND j.superseded_at IS NULL
    WHERE n.study_id = %(study)s AND (r.audit OR d.id IS NOT NULL) AND NOT e.preview AND e.withdrawn_at IS NULL
      AND NOT EXISTS (SELECT FROM routing_hint h WHERE h.presentation_id = p.id)
      AND (%(since)s::timestamptz IS NULL OR j.given_at >= %(since)s::timestamptz)
      AND (%(annotator)s::text IS NULL OR e.pseudonym = %(annotator)s::text)
      AND (%(version)s::int IS NULL OR v.number = %(version)s::int)
    ORDER BY j.given_at, j.id, n.id"""


def call_rows(connection: Connection, parameters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Yield a row per call of a run's judges and tagger, failed ones too."""
    for row, label in _read(connection, _CALLS, parameters, AI_CALLS_COLUMNS, 1):
        at = [column.name for column in AI_CALLS_COLUMNS].index("label")
        yield (*row[:at], label, *row[at:])


def audit_rows(connection: Connection, parameters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Yield a row per person's label of a pair that was chosen by lot and has a model's."""
    names = [column.name for column in AUDITS_COLUMNS]
    at, ai = names.index("human_label"), names.index("ai_label")
    for row, label in _read(connection, _AUDITS, parameters, AUDITS_COLUMNS, 2):
        yield (*row[:at], label, None if label is None else label == row[ai], *row[at:])


def _read(
    connection: Connection, sql: str, parameters: Mapping[str, Any], columns: tuple[Column, ...], derived: int
) -> Iterator[tuple[list[Any], str | None]]:
    """Yield the plain columns of each row, and the label that its payload says."""
    configs: dict[int, ProtocolConfig | None] = {}

    @functools.lru_cache(20_000)
    def outcome(protocol: int, payload: str, slots: tuple[str, ...]) -> str | None:
        config = configs[protocol]
        if config is None:
            return None
        pairs, _scores = follows_from(config, payload, slots, ("system",) * len(slots), None)
        return next((pair.outcome for pair in pairs if (pair.a, pair.b) == slots), None)

    with connection.cursor(name="routing") as cursor:
        cursor.itersize = _AT_A_TIME
        cursor.execute(sql.format(first=_FIRST), parameters)
        for found in cursor:
            *row, slots, protocol, payload, first, label = found
            assert len(row) == len(columns) - derived
            if protocol is not None and protocol not in configs:
                configs[protocol] = _config(connection, protocol)
            if payload is not None and payload != "{}" and len(slots) == 2:
                label = outcome(protocol, payload, tuple(slot["slot"] for slot in slots))
                if label and slots[0]["stimulus"] != first:
                    label = _TURNED[label]
            yield [_plain(value) for value in row], label


def _config(connection: Connection, version: int) -> ProtocolConfig | None:
    kind, config = connection.execute(
        "SELECT kind, config FROM protocols_protocolversion WHERE id = %s", [version]
    ).fetchone()
    known = protocols().get(kind)
    return known.config.model_validate(config) if known else None


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value) if hasattr(value, "hex") and not isinstance(value, float | int | bytes) else value


AI_CALLS = Dataset(
    key="ai_calls",
    title="Calls of judges and taggers",
    description="One row per call by which a run's judge or tagger was asked, also the failed ones, with what it said.",
    columns=AI_CALLS_COLUMNS,
    derive=call_rows,
)
AUDITS = Dataset(
    key="audits",
    title="Audits",
    description="One row per person's label of a pair that was drawn by lot and that a model labelled too.",
    columns=AUDITS_COLUMNS,
    derive=audit_rows,
)
