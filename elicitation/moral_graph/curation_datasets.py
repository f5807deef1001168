"""Datasets of what designers did: acts on values, and suggestions of models they decided about; no staff is named."""

from multivocal.domain.datasets import Column, Dataset

CURATION = Dataset(
    key="curation",
    title="What designers did to values",
    description="One row per act; nothing is deleted. Narrowed by whose card was in one of the values, ever.",
    columns=(
        Column("act", "integer", "Number of the act."),
        Column(
            "verb",
            "string",
            "join, split, reword, adopt (another sorting), archive or restore (a story), undo.",
        ),
        Column("values", "json", "Numbers of the values it touched."),
        Column("step", "integer", "The story that was taken out or put back.", null="it was about values"),
        Column(
            "from_partition",
            "string",
            "Start of the hash of the sorting that counted.",
            null="not an adoption",
        ),
        Column(
            "to_partition",
            "string",
            "Start of the hash of the sorting that counts since.",
            null="not an adoption",
        ),
        Column("why", "text", "The reason that was given.", null="none was"),
        Column("at", "timestamp", "When."),
        Column("undoes", "integer", "The act that this one took back.", null="it took none back"),
        Column("undone_at", "timestamp", "When it was taken back itself.", null="it stands"),
        Column(
            "by_command", "boolean", "Whether it came from the command line and not from a person signed in."
        ),
    ),
    sql="""
select a.id as act, a.verb, a.values, (a.detail ->> 'step')::bigint as step, left(f.sha256, 12) as from_partition,
       left(t.sha256, 12) as to_partition, nullif(a.why, '') as why, a.at, a.undoes_id as undoes, b.at as undone_at,
       a.user_id is null as by_command
  from moral_graph_curationact a
  left join moral_graph_curationact b on b.undoes_id = a.id
  left join moral_graph_partition f on f.id = (a.detail ->> 'from_partition')::bigint
  left join moral_graph_partition t on t.id = (a.detail ->> 'to_partition')::bigint
 where a.study_id = %(study)s and (%(since)s::timestamptz is null or a.at >= %(since)s::timestamptz)
   and (%(annotator)s::text is null and %(version)s::int is null or exists (
     select from moral_graph_membership m join moral_graph_canonicalvalue v on v.id = m.canonical_id
       join interviews_valuescard k on k.id = m.card join studies_enrolment e on e.id = k.enrolment_id
       join studies_studyversion w on w.id = e.version_id
      where v.study_id = a.study_id and (a.verb = 'adopt' or a.values @> to_jsonb(v.number))
        and (%(annotator)s::text is null or e.pseudonym = %(annotator)s::text)
        and (%(version)s::int is null or w.number = %(version)s::int)))
 order by a.id
""",
)

SUGGESTIONS = Dataset(
    key="suggestions",
    title="Suggestions for the set-up",
    description="One row per situation, seed or story a model suggested, decided or not; narrowed by who took part.",
    columns=(
        Column("suggestion", "uuid", "The suggestion."),
        Column("kind", "string", "context, seed or step."),
        Column(
            "question", "string", "The question it is for.", null="a story, or a study without an interview"
        ),
        Column("content", "json", "What the model wrote."),
        Column("state", "string", "open, accepted or rejected."),
        Column("taken", "json", "What went into the draft, with its key there.", null="nothing did"),
        Column("model", "string", "The model."),
        Column("prompt_sha256", "string", "Hash of what it was told; joins with calls."),
        Column("call", "integer", "Its call, as in the dataset of calls.", null="none is kept"),
        Column("created_at", "timestamp", "When it was suggested."),
        Column("decided_at", "timestamp", "When a designer decided.", null="nobody did yet"),
    ),
    sql="""
select s.id as suggestion, s.kind, nullif(s.question, '') as question, s.content, s.state, s.taken, s.model,
       s.prompt_sha256, s.call, s.created_at, s.decided_at
  from moral_graph_suggestion s
 where s.study_id = %(study)s and (%(since)s::timestamptz is null or s.created_at >= %(since)s::timestamptz)
   and (%(annotator)s::text is null and %(version)s::int is null or exists (
     select from studies_enrolment e join studies_studyversion w on w.id = e.version_id
      where e.study_id = s.study_id and not e.preview and e.status <> 'withdrawn'
        and (%(annotator)s::text is null or e.pseudonym = %(annotator)s::text)
        and (%(version)s::int is null or w.number = %(version)s::int)))
 order by s.created_at, s.id
""",
)
