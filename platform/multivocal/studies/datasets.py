"""The dataset of participants: who took part in which arm and cell, how it ended, and how long each part took."""

from multivocal.domain.datasets import Column, Dataset

PARTICIPANTS = Dataset(
    key="participants",
    title="Participants",
    description=(
        "One row per person who started, whatever became of them; previews and withdrawn people are left out."
    ),
    columns=(
        Column("annotator", "string", "Pseudonym of the person, the same in every dataset of this study."),
        Column("study", "string", "Slug of the study."),
        Column("version", "integer", "Number of the study version the person is on."),
        Column("sha256", "string", "Hash of that version's definition."),
        Column("arm", "string", "Arm of the study.", null="no arm was drawn yet"),
        Column("levels", "json", "Factor → level of the arm.", null="no arm was drawn yet"),
        Column("stratum", "string", "Stratum in which the arm was drawn.", null="no arm was drawn yet"),
        Column(
            "block_position", "integer", "Place in the stratum's blocks, from 0.", null="no arm was drawn yet"
        ),
        Column(
            "arm_probability",
            "number",
            "Share of the arm when it was drawn.",
            unit="0–1",
            null="no arm was drawn yet",
        ),
        Column("cell", "string", "Quota cell.", null="the study has no quotas, or the person fits no cell"),
        Column(
            "status",
            "string",
            "active, complete, screened_out, no_consent, quota_full or technical.",
        ),
        Column("language", "string", "Language the person reads, as a tag."),
        Column("simulated", "boolean", "Whether this is a bot of the study's own simulation."),
        Column("traits", "json", "Answers that strata, quotas and later stages use."),
        Column("started_at", "timestamp", "When the person pressed start."),
        Column("last_seen_at", "timestamp", "When something of theirs was last saved."),
        Column("finished_at", "timestamp", "When their way ended.", null="they are still under way"),
        Column(
            "duration_s",
            "number",
            "From start to end, breaks included.",
            unit="seconds",
            null="they are still under way",
        ),
        Column(
            "stages",
            "json",
            "Stages entered, in order: [{stage, entered_at, left_at, seconds}]; left_at and seconds null where "
            "the person is still there.",
        ),
        Column("seed", "integer", "Seed of the person's random orders."),
    ),
    sql="""
select e.pseudonym as annotator, s.slug as study, v.number as version, v.sha256,
       nullif(e.arm, '') as arm,
       case when e.arm <> '' then coalesce(
         (select a.arm -> 'levels' from jsonb_array_elements(v.definition -> 'arms') as a(arm)
           where a.arm ->> 'key' = e.arm), '{}'::jsonb) end as levels,
       al.stratum, al.position as block_position, al.probability as arm_probability,
       nullif(e.cell, '') as cell,
       e.status, e.language, e.simulated, e.traits,
       e.started_at, e.last_seen_at, e.finished_at,
       round(extract(epoch from e.finished_at - e.started_at)::numeric, 3)::float8 as duration_s,
       coalesce(
         (select jsonb_agg(jsonb_build_object(
                   'stage', sv.stage, 'entered_at', sv.entered_at, 'left_at', sv.left_at,
                   'seconds', round(extract(epoch from sv.left_at - sv.entered_at)::numeric, 3))
                 order by sv.position)
            from studies_stagevisit sv where sv.enrolment_id = e.id), '[]'::jsonb) as stages,
       e.seed
  from studies_enrolment e
  join studies_study s on s.id = e.study_id
  join studies_studyversion v on v.id = e.version_id
  left join studies_allocation al on al.enrolment_id = e.id
 where e.study_id = %(study)s and not e.preview and e.status <> 'withdrawn'
   and (%(since)s::timestamptz is null or e.last_seen_at >= %(since)s::timestamptz)
   and (%(annotator)s::text is null or e.pseudonym = %(annotator)s::text)
   and (%(version)s::int is null or v.number = %(version)s::int)
 order by e.started_at, e.id
""",
)
