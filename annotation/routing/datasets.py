"""Datasets of routing: where every pair went and why, and the label that came of it with where it is from."""

from multivocal.domain.datasets import Column, Dataset

RUN = (
    Column("run_id", "uuid", "The run: a policy at work at a stage"),
    Column("policy", "string", "Name of the policy"),
    Column("policy_version", "integer", "Its version; a policy is never changed"),
    Column("policy_sha256", "string", "Hash of its whole configuration"),
)
PAIR = (
    Column("item_id", "uuid", "The item; joins with items"),
    Column("item", "string", "The item's id in its file"),
    Column("unit", "string", "Which of the item's responses, by their numbers", null="all of them"),
)
RUN_SQL = "n.id AS run_id, o.name AS policy, o.version AS policy_version, o.sha256 AS policy_sha256"
PAIR_SQL = "i.id AS item_id, i.external_id AS item, nullif({unit}, '') AS unit"
# With an annotator asked for, the pairs that person was shown; with a version, those shown under it.
NARROWED = """(%(annotator)s::text IS NULL AND %(version)s::int IS NULL OR EXISTS (
        SELECT FROM protocols_presentation p JOIN studies_enrolment e ON e.id = p.enrolment_id
        JOIN studies_studyversion v ON v.id = e.version_id
        WHERE p.item_id = i.id AND NOT e.preview AND e.withdrawn_at IS NULL
          AND (%(annotator)s::text IS NULL OR e.pseudonym = %(annotator)s::text)
          AND (%(version)s::int IS NULL OR v.number = %(version)s::int)))"""
_DECIDED = (
    Column("phase", "string", "seed, main or escalated"),
    Column("to", "string", "ai, human, both (a model's label and a person's) or hold"),
    Column("reason", "string", "The first reason that applied: seed, must_human, gain, audit and so on"),
    Column("probability", "number", "Chance of a person's label, given what was known when it was decided"),
    Column("audit", "boolean", "Whether a label that a model keeps was checked by lot"),
    Column("p_ai", "number", "The router's chance that the model is right", null="no router that learns"),
)

ROUTES = Dataset(
    key="routes",
    title="Routes",
    description="One row per decision on where a pair goes, written before anything was done; a later one supersedes.",
    columns=(
        *RUN,
        *PAIR,
        Column("stratum", "string", "What kind of item it is", null="the item names none"),
        Column("number", "integer", "Which decision on this pair, from 1"),
        *_DECIDED,
        Column(
            "p_human", "number", "The router's chance that one person is right", null="no router that learns"
        ),
        Column(
            "gain", "number", "Expected gain of asking a person", null="no router that learns, or the seed"
        ),
        Column("double", "boolean", "Whether two people are asked to measure how far people agree"),
        Column("human_wanted", "integer", "How many people are asked"),
        Column(
            "ai_label", "string", "a, b or tie by the order of the item's responses", null="no model has one"
        ),
        Column("ai_judge", "string", "Whose label that is, by the policy's names", null="no model has one"),
        Column("features", "json", "What the decision rests on: feature → number, null where not known"),
        Column("decided_at", "timestamp", "When it was written"),
        Column("superseded_at", "timestamp", "When another took its place", null="it is the current one"),
    ),
    sql=f"""
    SELECT {RUN_SQL}, {PAIR_SQL.format(unit="r.unit")}, nullif(i.stratum, '') AS stratum, r.number, r.phase,
           r."to", r.reason, r.probability, r.audit, r.p_ai, r.p_human, r.gain, r.double, r.human_wanted, r.ai_label,
           nullif(r.ai_judge, '') AS ai_judge, r.features, r.decided_at, r.superseded_at
    FROM routing_run n
    JOIN routing_policy o ON o.id = n.policy_id
    JOIN routing_route r ON r.run_id = n.id
    JOIN protocols_item i ON i.id = r.item_id
    WHERE n.study_id = %(study)s AND (%(since)s::timestamptz IS NULL OR r.decided_at >= %(since)s::timestamptz)
      AND {NARROWED}
    ORDER BY r.id
    """,
)

LABELS = Dataset(
    key="labels",
    title="Final labels",
    description="One row per label that a run gave a pair, with where it is from. Labels of people and of models stand "
    "together here and nowhere are they one vote: look at provenance and by_model.",
    columns=(
        *RUN,
        *PAIR,
        Column("response_a", "string", "Id in the item's file of the response called a"),
        Column("response_b", "string", "Id in the item's file of the response called b"),
        Column("label", "string", "a, b or tie"),
        Column(
            "provenance", "string", "human, ai, human_majority, adjudicated or verified (a model's was seen)"
        ),
        Column("by_model", "boolean", "Whether a model gave it"),
        *_DECIDED,
        Column(
            "ai_label",
            "string",
            "What the model said, also where people decided",
            null="no model has a label",
        ),
        Column(
            "ai_judge", "string", "Whose label that is, by the policy's names", null="no model has a label"
        ),
        Column("judgements", "json", "Ids of the judgements it rests on; joins with judgements"),
        Column("cost_usd", "number", "What judges and people together cost for this pair", unit="USD"),
        Column("made_at", "timestamp", "When it was written"),
        Column("superseded_at", "timestamp", "When another took its place", null="it is the current one"),
    ),
    sql=f"""
    SELECT {RUN_SQL}, {PAIR_SQL.format(unit="r.unit")}, s.a AS response_a, s.b AS response_b, l.label, l.provenance,
           l.provenance = 'ai' AS by_model, r.phase, r."to", r.reason, r.probability, r.audit, r.p_ai, r.ai_label,
           nullif(r.ai_judge, '') AS ai_judge, l.judgements, l.cost_usd::float8 AS cost_usd, l.made_at,
           l.superseded_at
    FROM routing_run n
    JOIN routing_policy o ON o.id = n.policy_id
    JOIN routing_route r ON r.run_id = n.id
    JOIN routing_finallabel l ON l.route_id = r.id
    JOIN protocols_item i ON i.id = r.item_id
    CROSS JOIN LATERAL (
      SELECT (array_agg(t.external_id ORDER BY t.place))[1] AS a, (array_agg(t.external_id ORDER BY t.place))[2] AS b
      FROM (SELECT m.external_id, row_number() OVER (ORDER BY m.number, m.id) AS place
              FROM protocols_stimulus m WHERE m.item_id = i.id) t
      WHERE r.unit = '' OR t.place::text = ANY (string_to_array(r.unit, ','))) s
    WHERE n.study_id = %(study)s AND (%(since)s::timestamptz IS NULL OR l.made_at >= %(since)s::timestamptz)
      AND NOT EXISTS (
        SELECT FROM jsonb_array_elements_text(l.judgements) AS rests(id)
        JOIN protocols_judgement j ON j.id = rests.id::uuid JOIN studies_enrolment e ON e.id = j.enrolment_id
        WHERE e.preview OR e.withdrawn_at IS NOT NULL)
      AND {NARROWED}
    ORDER BY l.id
    """,
)
