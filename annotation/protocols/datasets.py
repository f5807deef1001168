"""Datasets of judgements, exposures and items: how it was asked, what was shown, what was answered."""

from annotation.protocols.sql import ANNOTATOR_COLUMNS, JUDGED, by_people_and_models
from multivocal.domain.datasets import Column, Dataset

JUDGEMENTS = Dataset(
    key="judgements",
    title="Judgements",
    description="One row per judgement: who gave it, how it was asked, what was shown where, and the answer.",
    columns=(
        Column("judgement_id", "uuid", "The judgement"),
        *ANNOTATOR_COLUMNS,
        Column("stage", "string", "Stage of the study"),
        Column("presentation_id", "uuid", "What was shown; joins with exposures"),
        Column("item_id", "uuid", "The item: a prompt with its responses; joins with items"),
        Column("item", "string", "The item's id in its file", null="a live conversation"),
        Column("item_set", "string", "Name of the imported set of items", null="a live conversation"),
        Column("item_set_sha256", "string", "Hash of that set's whole content", null="a live conversation"),
        Column("stratum", "string", "What kind of item it is", null="the item names none"),
        Column("role", "string", "What it was asked for: main, repeat, practice, gold or attention"),
        Column("repeat_of", "uuid", "The presentation that this one repeats", null="it is no repeat"),
        Column(
            "position",
            "integer",
            "Place among the person's screens at this stage",
            null="a live conversation",
        ),
        Column("block", "integer", "Block of items it was given with", null="items were not given in blocks"),
        Column(
            "unit", "string", "Which of the item's responses were shown, by their numbers", null="all of them"
        ),
        Column("protocol_key", "string", "Which of the stage's ways of asking", null="the stage has one"),
        Column("protocol", "string", "Kind of feedback protocol"),
        Column("protocol_config", "json", "The protocol's whole configuration"),
        Column("protocol_sha256", "string", "Hash of that configuration"),
        Column("prompt", "text", "The prompt that was answered"),
        Column(
            "slots",
            "json",
            "What stood in each slot, first (or left) to last, with the probability of its draw",
        ),
        Column("pool", "json", "Names of the models the draw was made from"),
        Column("seed", "integer", "Seed of the draw"),
        Column(
            "probability",
            "number",
            "Chance that this annotator got this screen at their draw, given what others had and what they drew before",
            null="it was not drawn for them, or their balance of sides or bundles of unequal size decided too",
        ),
        Column("order_row", "integer", "Row of the square that set the order", null="no square set it"),
        Column("order_seed", "integer", "Seed of all the annotator's screens", null="a live conversation"),
        Column("sample", "integer", "Which of a model's several answers to one screen; 0 for people"),
        Column("payload", "json", "The answer, in the protocol's form"),
        Column("no_answer", "string", "unsure, skip or invalid; never a tie", null="it is a judgement"),
        Column("state", "string", "ok; of models also unparsed or failed"),
        Column("call", "integer", "The call that holds a model's words; joins with calls", null="a person"),
        Column(
            "chosen_slot",
            "string",
            "The one response that was preferred to all others; in a talk the one that went on",
            null="a tie that was not broken, no answer, or one that puts no response first",
        ),
        Column(
            "tie_broken_by",
            "string",
            "person or seed",
            null="there was no tie, or none is broken in this stage",
        ),
        Column(
            "handed_out_at", "timestamp", "When the server first gave the screen out", null="not recorded"
        ),
        Column(
            "shown_at",
            "timestamp",
            "When the last answer was there, or the page was painted",
            null="not recorded",
        ),
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
    sql=by_people_and_models(
        """SELECT j.id AS judgement_id, {who}, p.stage, p.id AS presentation_id, p.item_id,
           nullif(i.external_id, '') AS item, t.name AS item_set, t.sha256 AS item_set_sha256,
           nullif(i.stratum, '') AS stratum, p.role, p.repeat_of_id AS repeat_of, p.position, p.block,
           nullif(p.unit, '') AS unit, nullif(p.protocol_key, '') AS protocol_key,
           c.kind AS protocol, c.config AS protocol_config, c.sha256 AS protocol_sha256,
           i.prompt, p.slots, p.pool, p.seed, p.probability, p.order_row, p.order_seed, p.sample, j.payload,
           nullif(j.no_answer, '') AS no_answer, j.state, j.call, nullif(j.chosen, '') AS chosen_slot,
           nullif(j.tie_broken_by, '') AS tie_broken_by, p.shown_at AS handed_out_at, j.shown_at, j.given_at,
           j.duration_ms, j.paradata, j.superseded_at"""
        + JUDGED
        + " LEFT JOIN protocols_itemset t ON t.id = i.item_set_id",
        via="j",
        moment="j.given_at",
        order="given_at, judgement_id",
    ),
)

EXPOSURES = Dataset(
    key="exposures",
    title="Exposures",
    description="One row per answer that was drawn for somebody, also when it failed and was replaced.",
    columns=(
        Column("presentation_id", "uuid", "What was shown together"),
        *ANNOTATOR_COLUMNS,
        Column("stage", "string", "Stage of the study"),
        Column("role", "string", "What it was asked for: main, repeat, practice, gold or attention"),
        Column(
            "position",
            "integer",
            "Place among the person's screens at this stage",
            null="a live conversation",
        ),
        Column("protocol_key", "string", "Which of the stage's ways of asking", null="the stage has one"),
        Column("item_id", "uuid", "The item; joins with items"),
        Column("slot", "string", "Where it stood: A, B, …"),
        Column("place", "integer", "The same as a number: 1 is first, or left"),
        Column("stimulus_id", "uuid", "The answer"),
        Column("response", "string", "Its id in the item's file", null="a live conversation"),
        Column("stimulus_role", "string", "system, hidden_reference, low_anchor or mid_anchor"),
        Column("system", "string", "Who wrote it, as the item's file says", null="the file names nobody"),
        Column("model", "string", "The model that gave it", null="imported without a model"),
        Column(
            "probability",
            "number",
            "Chance of this draw at its step, given the steps before",
            null="not known: see probability in judgements",
        ),
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
        Column(
            "handed_out_at",
            "timestamp",
            "When the server first gave it out",
            null="it never did, or a live turn",
        ),
    ),
    sql=by_people_and_models(
        """SELECT p.id AS presentation_id, {who}, p.stage, p.role, p.position,
           nullif(p.protocol_key, '') AS protocol_key, p.item_id, s.value ->> 'slot' AS slot, s.nr AS place,
           t.id AS stimulus_id, nullif(t.external_id, '') AS response, t.role AS stimulus_role,
           nullif(t.system, '') AS system, m.name AS model, (s.value ->> 'probability')::float8 AS probability,
           (s.value ->> 'inclusion')::float8 AS inclusion, (s.value ->> 'replaces')::uuid AS replaces,
           t.completed_at IS NOT NULL AS completed, t.completed_at, p.created_at AS presented_at,
           p.shown_at AS handed_out_at
    FROM protocols_presentation p
    CROSS JOIN LATERAL jsonb_array_elements(p.slots) WITH ORDINALITY AS s(value, nr)
    JOIN protocols_stimulus t ON t.id = (s.value ->> 'stimulus')::uuid
    LEFT JOIN llm_languagemodel m ON m.id = t.model_id""",
        via="p",
        moment="p.created_at",
        order="presented_at, presentation_id, place",
    ),
)

ITEMS = Dataset(
    key="items",
    title="Items and responses",
    description="One row per response of an imported item, with the item's own columns beside it. With an annotator"
    " asked for, the items that person was shown; with a version, those shown under it.",
    columns=(
        Column("item_id", "uuid", "The item"),
        Column("item_set", "string", "Name of the imported set"),
        Column("item_set_sha256", "string", "Hash of the set's whole content"),
        Column("item", "string", "The item's id in its file"),
        Column("number", "integer", "Its place in the file, from 1"),
        Column("split", "string", "main, practice, gold or attention"),
        Column("stratum", "string", "What kind of item it is", null="the file names none"),
        Column("block", "integer", "Block of items it belongs to", null="none"),
        Column("prompt", "text", "The prompt"),
        Column("context", "json", "The messages before it"),
        Column("reference", "text", "A text that is shown as the reference", null="none"),
        Column("gold", "json", "Way of asking → what is accepted", null="nothing in particular"),
        Column("units", "json", "Questions of a checklist", null="none of its own"),
        Column("stimulus_id", "uuid", "The response"),
        Column("response", "string", "Its id in the file"),
        Column("system", "string", "Who wrote it", null="the file names nobody"),
        Column("stimulus_role", "string", "system, hidden_reference, low_anchor or mid_anchor"),
        Column("text", "text", "The response"),
        Column("covariates", "json", "Numbers about it", null="none"),
        Column("imported_at", "timestamp", "When the set was stored"),
    ),
    sql="""
    SELECT i.id AS item_id, t.name AS item_set, t.sha256 AS item_set_sha256, i.external_id AS item, i.number,
           i.split, nullif(i.stratum, '') AS stratum, i.block, i.prompt, i.context,
           nullif(i.reference, '') AS reference, i.gold, i.units, s.id AS stimulus_id, s.external_id AS response,
           nullif(s.system, '') AS system, s.role AS stimulus_role, s.text, s.covariates,
           i.created_at AS imported_at
    FROM protocols_item i
    JOIN protocols_itemset t ON t.id = i.item_set_id
    JOIN protocols_stimulus s ON s.item_id = i.id
    WHERE t.study_id = %(study)s AND (%(since)s::timestamptz IS NULL OR i.created_at >= %(since)s::timestamptz)
      AND (%(annotator)s::text IS NULL AND %(version)s::int IS NULL OR EXISTS (
        SELECT FROM protocols_presentation p JOIN studies_enrolment e ON e.id = p.enrolment_id
        JOIN studies_studyversion v ON v.id = e.version_id
        WHERE p.item_id = i.id AND NOT e.preview AND e.withdrawn_at IS NULL
          AND (%(annotator)s::text IS NULL OR e.pseudonym = %(annotator)s::text)
          AND (%(version)s::int IS NULL OR v.number = %(version)s::int)))
    ORDER BY t.name, i.number, i.id, s.number, s.id
    """,
)
