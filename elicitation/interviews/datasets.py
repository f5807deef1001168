"""Datasets of interviews: the talks (their words only with consent), the cards, and every version of a card."""

from multivocal.domain.datasets import Column, Dataset

_WHO = (
    Column("annotator", "string", "Pseudonym of the person in this study"),
    Column("version", "integer", "Number of the study version the person is on"),
    Column("arm", "string", "Arm of the study", null="no arm was drawn yet"),
    Column("simulated_person", "boolean", "Whether this is a bot of the study's own simulation"),
)
_WHO_SQL = (
    "e.pseudonym AS annotator, v.number AS version, nullif(e.arm, '') AS arm, e.simulated AS simulated_person"
)
_FROM = "JOIN studies_enrolment e ON e.id = {via} JOIN studies_studyversion v ON v.id = e.version_id"
_ASKED = """e.study_id = %(study)s AND NOT e.preview AND e.withdrawn_at IS NULL
      AND (%(annotator)s::text IS NULL OR e.pseudonym = %(annotator)s::text)
      AND (%(version)s::int IS NULL OR v.number = %(version)s::int)
      AND (%(since)s::timestamptz IS NULL OR {moment} >= %(since)s::timestamptz)"""
# The box of the consent that lets the words of a talk leave.
_SHARED = """EXISTS (SELECT 1 FROM participants_consent k WHERE k.enrolment = e.id AND k.agreed
              AND k.withdrawn_at IS NULL AND k.purposes ->> 'transcripts' = 'true')"""

INTERVIEWS = Dataset(
    key="interviews",
    title="Interviews",
    description=(
        "One row per talk. Its words are there only for people who ticked the purpose “transcripts” in the consent; "
        "what brought the help text stays out of them in any case."
    ),
    columns=(
        Column("interview_id", "uuid", "The talk"),
        *_WHO,
        Column("stage", "string", "Stage of the study"),
        Column("ordinal", "integer", "0 for the person's first talk of the stage"),
        Column("question", "string", "Key of the question"),
        Column("language", "string", "Language of the talk, as a tag"),
        Column(
            "experience", "string", "Lived experience with the question: never, some, much", null="not told"
        ),
        Column("state", "string", "open, carded, accepted or ended"),
        Column("ended_because", "string", "accepted or declined", null="it goes on"),
        Column("reached_stage", "integer", "1 story, 2 noticed, 3 reason, 4 guess, 5 card"),
        Column("messages_person", "integer", "Messages the person sent"),
        Column("messages_interviewer", "integer", "Messages of the interviewer, its first words among them"),
        Column("help_shown", "integer", "How often the help text was shown"),
        Column("models", "json", "Names of the models that spoke"),
        Column("prompt_sha256", "json", "Hashes of what they were told"),
        Column(
            "transcript", "json", "[{role, stage, text, at, model, call, prompt_sha256}]", null="not shared"
        ),
        Column("created_at", "timestamp", "When it began"),
        Column("ended_at", "timestamp", "When it ended", null="it goes on"),
    ),
    sql=f"""
    SELECT i.id AS interview_id, {_WHO_SQL}, i.stage, i.ordinal, i.question_key AS question, e.language,
           nullif(i.experience, '') AS experience, i.state,
           nullif(i.ended_because, '') AS ended_because, i.stage_no AS reached_stage,
           m.person AS messages_person, m.interviewer AS messages_interviewer, m.help AS help_shown,
           m.models, m.prompts AS prompt_sha256,
           CASE WHEN {_SHARED} THEN m.words END AS transcript,
           i.created_at, i.ended_at
    FROM interviews_interview i
    {_FROM.format(via="i.enrolment_id")}
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE role = 'person') AS person,
             count(*) FILTER (WHERE role = 'interviewer') AS interviewer,
             count(*) FILTER (WHERE role = 'help') AS help,
             coalesce(jsonb_agg(DISTINCT model) FILTER (WHERE model <> ''), '[]') AS models,
             coalesce(jsonb_agg(DISTINCT prompt_sha256) FILTER (WHERE prompt_sha256 <> ''), '[]') AS prompts,
             coalesce(jsonb_agg(jsonb_build_object('role', role, 'stage', stage_no, 'text', text, 'at', created_at,
                       'model', nullif(model, ''), 'call', call, 'prompt_sha256', nullif(prompt_sha256, ''))
                     ORDER BY ordinal) FILTER (WHERE role <> 'help' AND NOT helped), '[]') AS words
      FROM (SELECT *, coalesce(lead(role) OVER (ORDER BY ordinal) = 'help', false) AS helped
            FROM interviews_message WHERE interview_id = i.id) said
    ) m
    WHERE {_ASKED.format(moment="i.created_at")}
    ORDER BY i.created_at, i.id
    """,
)

CARDS = Dataset(
    key="cards",
    title="Values cards",
    description="One row per card that its person accepted, in the words they accepted.",
    columns=(
        Column("card_id", "uuid", "The card"),
        *_WHO,
        Column("interview_id", "uuid", "The talk it came from", null="it has none"),
        Column("question", "string", "Key of the question"),
        Column("contexts", "json", "Keys of the question's contexts"),
        Column("language", "string", "Language of the card, as a tag"),
        Column("origin", "string", "person or simulated; seeds are in the datasets of the graph"),
        Column("title", "text", "Title"),
        Column("description", "text", "One sentence about a moment"),
        Column("policies", "json", "Three to seven lines: what the person pays attention to"),
        Column("accepted_number", "integer", "Which version was accepted"),
        Column("author", "string", "Who wrote that version: interviewer or person"),
        Column("versions", "integer", "Versions of the card in all"),
        Column("created_at", "timestamp", "When the first version was written"),
        Column("accepted_at", "timestamp", "When it was accepted"),
        Column("changed_at", "timestamp", "When other words were accepted later", null="it was not changed"),
    ),
    sql=f"""
    SELECT c.id AS card_id, {_WHO_SQL}, c.interview_id, c.question_key AS question, c.contexts, c.language, c.origin,
           w.title, w.description, w.policies, w.number AS accepted_number, w.author,
           (SELECT count(*) FROM interviews_cardversion x WHERE x.card_id = c.id) AS versions,
           c.created_at, c.accepted_at, c.changed_at
    FROM interviews_valuescard c
    JOIN interviews_cardversion w ON w.id = c.accepted_version_id
    {_FROM.format(via="c.enrolment_id")}
    WHERE c.withdrawn_at IS NULL AND {_ASKED.format(moment="c.accepted_at")}
    ORDER BY c.accepted_at, c.id
    """,
)

VERSIONS = Dataset(
    key="card_versions",
    title="Versions of values cards",
    description="One row per version of a card that was accepted in the end: what was proposed, changed, and by whom.",
    columns=(
        Column("card_id", "uuid", "The card"),
        *_WHO,
        Column("number", "integer", "1 for the first"),
        Column("accepted", "boolean", "Whether this is the version the person accepted"),
        Column("author", "string", "interviewer or person"),
        Column("title", "text", "Title"),
        Column("description", "text", "One sentence about a moment"),
        Column("policies", "json", "Lines"),
        Column("request", "text", "The wish this version answers", null="none, or talks are not shared"),
        Column(
            "model", "string", "Name of the model that wrote it: and its model", null="written by the person"
        ),
        Column("prompt_sha256", "string", "Hash of what the model was told", null="written by the person"),
        Column("parameters", "json", "What the model was asked with", null="written by the person"),
        Column("call", "integer", "Its call, as in the dataset of calls", null="written by the person"),
        Column("created_at", "timestamp", "When it was written"),
    ),
    sql=f"""
    SELECT w.card_id, {_WHO_SQL}, w.number, w.id = c.accepted_version_id AS accepted, w.author, w.title, w.description,
           w.policies, CASE WHEN {_SHARED} THEN nullif(w.request, '') END AS request,
           nullif(w.model_version, '') AS model, nullif(w.prompt_sha256, '') AS prompt_sha256,
           CASE WHEN w.call IS NOT NULL THEN w.parameters END AS parameters, w.call, w.created_at
    FROM interviews_cardversion w
    JOIN interviews_valuescard c ON c.id = w.card_id AND c.accepted_version_id IS NOT NULL
    {_FROM.format(via="c.enrolment_id")}
    WHERE c.withdrawn_at IS NULL AND {_ASKED.format(moment="w.created_at")}
    ORDER BY c.accepted_at, w.card_id, w.number
    """,
)
