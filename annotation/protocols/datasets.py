"""Datasets of judgements and of exposures: how it was asked, what was shown, what was answered."""

from annotation.protocols.sql import FROM_WHO, WHO, WHO_COLUMNS, asked
from multivocal.domain.datasets import Column, Dataset

JUDGEMENTS = Dataset(
    key="judgements",
    title="Judgements",
    description="One row per judgement: who gave it, how it was asked, what was shown where, and the answer.",
    columns=(
        Column("judgement_id", "uuid", "The judgement"),
        *WHO_COLUMNS,
        Column("stage", "string", "Stage of the study"),
        Column("presentation_id", "uuid", "What was shown; joins with exposures"),
        Column("item_id", "uuid", "The item: a prompt with its responses"),
        Column("protocol", "string", "Kind of feedback protocol"),
        Column("protocol_config", "json", "The protocol's whole configuration"),
        Column("protocol_sha256", "string", "Hash of that configuration"),
        Column("prompt", "text", "The prompt that was answered"),
        Column("slots", "json", "What stood in each slot, with the probability of its draw"),
        Column("pool", "json", "Names of the models the draw was made from"),
        Column("seed", "integer", "Seed of the draw"),
        Column("payload", "json", "The answer, in the protocol's form"),
        Column("chosen_slot", "string", "The slot that went on", null="a tie that was never broken"),
        Column("tie_broken_by", "string", "person or seed", null="there was no tie"),
        Column("shown_at", "timestamp", "When the last answer was there", null="not recorded"),
        Column("given_at", "timestamp", "When the judgement was stored"),
        Column(
            "duration_ms",
            "integer",
            "From the answers being there to sending",
            unit="ms",
            null="not recorded",
        ),
        Column(
            "paradata", "json", "What the browser noticed: pasted characters, time away, changes per slot"
        ),
        Column(
            "superseded_at", "timestamp", "When a correction took its place", null="it is the current one"
        ),
    ),
    sql=f"""
    SELECT j.id AS judgement_id, {WHO}, p.stage, p.id AS presentation_id, p.item_id,
           c.kind AS protocol, c.config AS protocol_config, c.sha256 AS protocol_sha256,
           i.prompt, p.slots, p.pool, p.seed, j.payload, nullif(j.chosen, '') AS chosen_slot,
           nullif(j.tie_broken_by, '') AS tie_broken_by, j.shown_at, j.given_at, j.duration_ms, j.paradata,
           j.superseded_at
    FROM protocols_judgement j
    JOIN protocols_presentation p ON p.id = j.presentation_id
    JOIN protocols_protocolversion c ON c.id = p.protocol_id
    JOIN protocols_item i ON i.id = p.item_id
    JOIN {FROM_WHO} ON e.id = j.enrolment_id
    WHERE {asked("j.given_at")}
    ORDER BY j.given_at, j.id
    """,
)

EXPOSURES = Dataset(
    key="exposures",
    title="Exposures",
    description="One row per answer that was drawn for somebody, also when it failed and was replaced.",
    columns=(
        Column("presentation_id", "uuid", "What was shown together"),
        *WHO_COLUMNS,
        Column("stage", "string", "Stage of the study"),
        Column("item_id", "uuid", "The item"),
        Column("slot", "string", "Where it stood: A, B, …"),
        Column("stimulus_id", "uuid", "The answer"),
        Column("model", "string", "The model that gave it", null="imported without a model"),
        Column("probability", "number", "Chance of this draw at its step, given the steps before"),
        Column(
            "inclusion",
            "number",
            "Chance of this model to be drawn at all",
            null="not computable, or a replacement",
        ),
        Column("replaces", "uuid", "The failed answer whose place it took", null="it was drawn first"),
        Column("completed", "boolean", "Whether the answer was whole, so that it could be judged"),
        Column("completed_at", "timestamp", "When it was whole", null="it never was"),
        Column("presented_at", "timestamp", "When the presentation was written, before anything was shown"),
    ),
    sql=f"""
    SELECT p.id AS presentation_id, {WHO}, p.stage, p.item_id, s.value ->> 'slot' AS slot,
           t.id AS stimulus_id, m.name AS model, (s.value ->> 'probability')::float8 AS probability,
           (s.value ->> 'inclusion')::float8 AS inclusion, (s.value ->> 'replaces')::uuid AS replaces,
           t.completed_at IS NOT NULL AS completed, t.completed_at, p.created_at AS presented_at
    FROM protocols_presentation p
    CROSS JOIN LATERAL jsonb_array_elements(p.slots) WITH ORDINALITY AS s(value, nr)
    JOIN protocols_stimulus t ON t.id = (s.value ->> 'stimulus')::uuid
    LEFT JOIN llm_languagemodel m ON m.id = t.model_id
    JOIN {FROM_WHO} ON e.id = p.enrolment_id
    WHERE {asked("p.created_at")}
    ORDER BY p.created_at, p.id, s.nr
    """,
)
