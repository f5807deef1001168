"""The dataset of profiles: one row per person and question, with what was hidden and in which order it stood."""

from multivocal.domain.datasets import Column, Dataset

PROFILES = Dataset(
    key="profiles",
    title="Profiles",
    description="Every current answer to a question of a screening, a survey or a feedback page.",
    columns=(
        Column("annotator", "string", "Pseudonym of the person, per study."),
        Column("version", "integer", "Number of the study version the person is on."),
        Column("version_sha256", "string", "Hash of that version's definition."),
        Column("arm", "string", "Arm of the study.", null="no arm was drawn yet"),
        Column("stage", "string", "Stage that asked."),
        Column(
            "scope",
            "string",
            "What the page was about, such as a conversation's id.",
            null="about the person",
        ),
        Column("page", "string", "Page the question stood on."),
        Column("item", "string", "Name of the question."),
        Column(
            "value",
            "json",
            "The answer: an option's key, a list of keys, row → position, a text, a number, true or false.",
            null="not shown, or left empty",
        ),
        Column("texts", "json", "Words typed beside an option or row, by its key.", null="none were typed"),
        Column("shown", "boolean", "Whether display logic let the person see the question."),
        Column(
            "touched", "boolean", "Whether there is an answer; a scale counts from its first touched row."
        ),
        Column(
            "order",
            "json",
            "Keys of options or rows in the order shown.",
            null="the order was not randomised",
        ),
        Column("language", "string", "Language the page was shown in."),
        Column("shown_at", "timestamp", "When the page was painted.", null="not shown, or not known"),
        Column("answered_at", "timestamp", "When the page was submitted."),
        Column(
            "page_ms",
            "integer",
            "Time on the page, as the browser measured it.",
            unit="ms",
            null="no JavaScript",
        ),
        Column("first_ms", "integer", "First touch of the question.", unit="ms", null="not measured"),
        Column("last_ms", "integer", "Last touch of the question.", unit="ms", null="not measured"),
        Column("changes", "integer", "Changes of the question's fields.", null="not measured"),
        Column(
            "rows_paradata",
            "json",
            "Per row of a scale: first position, changes, modality, times.",
            null="none",
        ),
    ),
    sql="""
select e.pseudonym as annotator, v.number as version, v.sha256 as version_sha256, nullif(e.arm, '') as arm,
       r.stage, nullif(r.scope, '') as scope, r.page, a.item,
       nullif(a.value, 'null'::jsonb) as value,
       (select jsonb_object_agg(split_part(t.key, '.', 2), t.value) from jsonb_each(r.answers) t
         where t.key like replace(a.item, '_', '\\_') || '.%%.text') as texts,
       not r.hidden ? a.item as shown,
       a.value not in ('null'::jsonb, 'false'::jsonb) as touched,
       r.orders -> a.item as "order",
       r.language, r.shown_at, r.answered_at,
       (r.paradata ->> 'page_ms')::bigint as page_ms,
       timing.first_ms, timing.last_ms, timing.changes,
       (select jsonb_object_agg(split_part(w.key, '.', 2), w.value)
          from jsonb_each(r.paradata -> 'rows') w where split_part(w.key, '.', 1) = a.item) as rows_paradata
  from profiles_pageresponse r
  join studies_enrolment e on e.id = r.enrolment_id
  join studies_studyversion v on v.id = e.version_id
 cross join lateral jsonb_each(r.answers) as a(item, value)
 cross join lateral (
       select min((i.value ->> 'first_ms')::bigint) as first_ms, max((i.value ->> 'last_ms')::bigint) as last_ms,
              sum((i.value ->> 'changes')::bigint)::bigint as changes
         from jsonb_each(r.paradata -> 'items') i where split_part(i.key, '.', 1) = a.item) timing
 where e.study_id = %(study)s and not e.preview and e.withdrawn_at is null
   and r.superseded_at is null and strpos(a.item, '.') = 0
   and (%(since)s::timestamptz is null or r.answered_at >= %(since)s::timestamptz)
   and (%(annotator)s::text is null or e.pseudonym = %(annotator)s::text)
   and (%(version)s::int is null or v.number = %(version)s::int)
 order by r.id, a.item
""",
)
