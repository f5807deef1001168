"""The dataset of wisdom votes: first the columns of the interchange file, then what was shown and how it was drawn."""

from multivocal.domain.datasets import Column, Dataset

VOTES = Dataset(
    key="wisdom_votes",
    title="Wisdom votes",
    description=(
        "One row per answer to a story, corrected ones too (superseded_at). `moral_graph build --votes` reads the "
        "CSV as it is, and counts the last answer of each person."
    ),
    columns=(
        Column("participant", "string", "Pseudonym of the person; import:… and a hash where votes were imported."),
        Column("from_value", "integer", "The value before."),
        Column("to_value", "integer", "The value after."),
        Column("context", "string", "The situation."),
        Column("vote", "string", "wiser, not_wiser, unsure, both, depends or bad_story."),
        Column("created_at", "timestamp", "When it was given."),
        Column("why", "text", "The person's reason.", null="they gave none"),
        Column("superseded_at", "timestamp", "When it was corrected.", null="it counts"),
        Column("step", "integer", "The step; joins with upgrades."),
        Column("story_version", "integer", "Version of the story that was read."),
        Column("position", "integer", "Its place among the person's stories, from 1.", null="imported"),
        Column("probability", "number", "Chance of the draw at its step.", unit="0–1", null="imported"),
        Column(
            "inclusion", "number", "Chance to be among the person's stories at all.", unit="0–1",
            null="imported, or too many orders to sum over",
        ),
        Column("mirrored", "boolean", "Whether the no stood before the yes.", null="imported"),
        Column("shown_at", "timestamp", "When the story was handed out.", null="imported"),
        Column("simulated", "boolean", "Whether this is a simulated person."),
        Column("seed_value", "boolean", "Whether one of the two values is a designer's seed."),
        Column("version", "integer", "Number of the study version.", null="imported"),
        Column("arm", "string", "Arm of the study.", null="no arm was drawn, or imported"),
    ),
    sql="""
select coalesce(e.pseudonym, 'import:' || left(encode(sha256(convert_to(y.salt || o.voter, 'UTF8')), 'hex'), 16))
         as participant, s.number::bigint as from_value,
       t.number::bigint as to_value, c.key as context, o.answer as vote, o.created_at, nullif(o.why, '') as why,
       o.superseded_at, u.number::bigint as step, u.story_version::bigint, d.position::bigint, d.probability,
       d.inclusion, d.mirrored, d.shown_at, coalesce(e.simulated, false) as simulated,
       'seed' in (s.origin, t.origin) as seed_value, w.number::bigint as version, nullif(e.arm, '') as arm
  from moral_graph_wisdomvote o
  join studies_study y on y.id = o.study_id
  join moral_graph_upgrade u on u.id = o.upgrade_id
  join moral_graph_canonicalvalue s on s.id = u.source_id
  join moral_graph_canonicalvalue t on t.id = u.target_id
  join moral_graph_context c on c.id = u.context_id
  left join studies_enrolment e on e.id = o.enrolment_id
  left join studies_studyversion w on w.id = e.version_id
  left join moral_graph_votedraw d on d.enrolment_id = o.enrolment_id and d.upgrade_id = o.upgrade_id
 where o.study_id = %(study)s and not coalesce(e.preview, false) and coalesce(e.status, '') <> 'withdrawn'
   and (%(since)s::timestamptz is null or o.created_at >= %(since)s::timestamptz)
   and (%(annotator)s::text is null or e.pseudonym = %(annotator)s::text)
   and (%(version)s::int is null or w.number = %(version)s::int)
 order by o.id
""",
)  # fmt: skip
