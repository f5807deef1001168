"""Datasets of what people said after voting: is it fair where my value stands, and which other values speak for me."""

from multivocal.domain.datasets import Column, Dataset

_CUT = """
  join studies_enrolment e on e.id = f.enrolment_id and not e.preview and e.status <> 'withdrawn'
  join studies_studyversion w on w.id = e.version_id
 where e.study_id = %(study)s
   and (%(since)s::timestamptz is null or {at} >= %(since)s::timestamptz)
   and (%(annotator)s::text is null or e.pseudonym = %(annotator)s::text)
   and (%(version)s::int is null or w.number = %(version)s::int)
 order by f.id
"""

FAIRNESS = Dataset(
    key="fairness",
    title="Is it fair where my value stands",
    description="One row per person and card, asked after voting; also of people whose value is in no graph.",
    columns=(
        Column("annotator", "string", "Pseudonym of the person."),
        Column("stage", "string", "The stage that asked."),
        Column("card", "uuid", "Their card; joins with cards."),
        Column("card_version", "integer", "Which version of it counted then."),
        Column("value", "integer", "Number of the value it stood in.", null="it was in none yet"),
        Column("answer", "string", "yes, no or unsure."),
        Column("why", "text", "The person's reason.", null="they gave none"),
        Column(
            "shown",
            "json",
            "What the page said: {value, others, towards, onward, few}; small cells left out.",
        ),
        Column("simulated", "boolean", "Whether this is a simulated person."),
        Column("created_at", "timestamp", "When they answered."),
    ),
    sql="""
select e.pseudonym as annotator, f.stage, f.card, f.card_version::bigint as card_version, v.number::bigint as value,
       f.answer, nullif(f.why, '') as why, f.shown, e.simulated, f.created_at
  from moral_graph_fairness f left join moral_graph_canonicalvalue v on v.id = f.canonical_id"""
    + _CUT.format(at="f.created_at"),
)

PICKS = Dataset(
    key="picks",
    title="Others' values that speak for somebody too",
    description="One row per value of others that a person was shown, where the study asks.",
    columns=(
        Column("annotator", "string", "Pseudonym of the person."),
        Column("stage", "string", "The stage that asked."),
        Column("value", "integer", "Number of the value that was shown."),
        Column("position", "integer", "Its place on the page, from 1."),
        Column("chosen", "boolean", "Whether it speaks for them too.", null="not answered yet"),
        Column("seed", "integer", "Seed that repeats the draw."),
        Column("simulated", "boolean", "Whether this is a simulated person."),
        Column("shown_at", "timestamp", "When it was drawn for them."),
        Column("answered_at", "timestamp", "When they answered.", null="not answered yet"),
    ),
    sql="""
select e.pseudonym as annotator, f.stage, v.number::bigint as value, f.position::bigint as position, f.chosen, f.seed,
       e.simulated, f.shown_at, f.answered_at
  from moral_graph_pick f join moral_graph_canonicalvalue v on v.id = f.canonical_id"""
    + _CUT.format(at="f.shown_at"),
)
