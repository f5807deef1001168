"""Datasets of the graph's material: values, why cards are in them, what people said of that, steps, snapshots."""

from multivocal.domain.datasets import Column, Dataset

_GONE = "its words are those of somebody who withdrew, until other words stand for it"

VALUES = Dataset(
    key="values",
    title="Canonical values",
    description=(
        "One row per value that counts or counted, archived too; narrowed by whose card or story it was. Graphs count "
        "votes on a value under the number in counts_as."
    ),
    columns=(
        Column("value", "integer", "The value's number in this study, as in every graph."),
        Column("title", "text", "Its title.", null=_GONE),
        Column("description", "text", "A moment when it matters.", null=_GONE),
        Column("policies", "json", "What somebody who lives by it pays attention to.", null=_GONE),
        Column(
            "questions", "json", "Questions it answers.", null="never; empty where it came with no question"
        ),
        Column("origin", "string", "cards (of people), seed (of the designer) or imported."),
        Column("cards", "integer", "Cards in it now, of people who did not withdraw."),
        Column("simulated_cards", "integer", "How many of them are of simulated people."),
        Column(
            "representative",
            "uuid",
            "The card whose words these are; joins with cards.",
            null="a designer, a seed or an import worded it",
        ),
        Column("partition", "string", "Start of the hash of its sorting's parameters."),
        Column("current", "boolean", "Whether that sorting is the one that counts."),
        Column("merged_into", "integer", "The value a designer joined it to.", null="it was not joined"),
        Column(
            "counts_as",
            "integer",
            "The value that stands for it in the sorting that counts: itself, the one it was "
            "joined to, or the one that has most of its cards.",
            null="no value has its cards any more",
        ),
        Column("created_at", "timestamp", "When it was made."),
        Column("reworded_at", "timestamp", "When its words were last changed.", null="they were not"),
        Column("archived_at", "timestamp", "When it left the graph.", null="it is in the graph"),
    ),
    sql="""
with recursive chain(id, at) as (
  select id, id from moral_graph_canonicalvalue where study_id = %(study)s
  union all
  select c.id, v.merged_into_id from chain c join moral_graph_canonicalvalue v on v.id = c.at
   where v.merged_into_id is not null
), ended as (
  select c.id, v.id as at, v.number, v.seed_key, q.current
    from chain c join moral_graph_canonicalvalue v on v.id = c.at and v.merged_into_id is null
    join moral_graph_partition q on q.id = v.partition_id
), heir as (
  select distinct on (a.canonical_id) a.canonical_id as id, n.number
    from moral_graph_membership a
    join moral_graph_membership b on b.card = a.card and b.ended_at is null and b.partition_id <> a.partition_id
    join moral_graph_partition q on q.id = b.partition_id and q.current and q.study_id = %(study)s
    join moral_graph_canonicalvalue n on n.id = b.canonical_id
   where a.ended_at is null
   group by a.canonical_id, n.number order by a.canonical_id, count(*) desc, n.number
)
select v.number::bigint as value, case when gone.id is null then v.title end as title,
       case when gone.id is null then v.description end as description,
       case when gone.id is null then v.policies end as policies, v.questions, v.origin,
       coalesce(c.cards, 0) as cards, coalesce(c.simulated, 0) as simulated_cards, v.representative,
       left(p.sha256, 12) as partition, p.current, j.number::bigint as merged_into,
       case when ended.current then ended.number else coalesce(heir.number, twin.number) end::bigint as counts_as,
       v.created_at, v.reworded_at, v.archived_at
  from moral_graph_canonicalvalue v
  join moral_graph_partition p on p.id = v.partition_id and (p.current or p.counted_at is not null)
  join ended on ended.id = v.id
  left join heir on heir.id = ended.at
  left join lateral (
    select t.number from moral_graph_canonicalvalue t
      join moral_graph_partition q on q.id = t.partition_id and q.current
     where t.study_id = v.study_id and t.seed_key = ended.seed_key and ended.seed_key <> '') twin on true
  left join moral_graph_canonicalvalue j on j.id = v.merged_into_id
  left join lateral (
    select k.id from interviews_valuescard k join studies_enrolment e on e.id = k.enrolment_id
     where k.id = v.representative and e.status = 'withdrawn') gone on true
  left join lateral (
    select count(*) as cards, count(*) filter (where e.simulated) as simulated
      from moral_graph_membership m join interviews_valuescard k on k.id = m.card
      left join studies_enrolment e on e.id = k.enrolment_id
     where m.canonical_id = v.id and m.ended_at is null and k.withdrawn_at is null
       and coalesce(e.status, '') <> 'withdrawn' and not coalesce(e.preview, false)) c on true
 where v.study_id = %(study)s
   and (%(since)s::timestamptz is null or v.created_at >= %(since)s::timestamptz)
   and (%(annotator)s::text is null and %(version)s::int is null or exists (
     select from moral_graph_membership m join interviews_valuescard k on k.id = m.card
       join studies_enrolment e on e.id = k.enrolment_id join studies_studyversion w on w.id = e.version_id
      where m.canonical_id = v.id and (%(annotator)s::text is null or e.pseudonym = %(annotator)s::text)
        and (%(version)s::int is null or w.number = %(version)s::int))
     or exists (
     select from moral_graph_votedraw d join moral_graph_upgrade u on u.id = d.upgrade_id
       join studies_enrolment e on e.id = d.enrolment_id join studies_studyversion w on w.id = e.version_id
      where v.id in (u.source_id, u.target_id) and (%(annotator)s::text is null or e.pseudonym = %(annotator)s::text)
        and (%(version)s::int is null or w.number = %(version)s::int)))
 order by v.number
""",
)

_PERSON = """
  join studies_enrolment e on e.id = {person} and not e.preview and e.status <> 'withdrawn'
  join studies_studyversion w on w.id = e.version_id
"""
_CUT = """
   and (%(since)s::timestamptz is null or {at} >= %(since)s::timestamptz)
   and (%(annotator)s::text is null or e.pseudonym = %(annotator)s::text)
   and (%(version)s::int is null or w.number = %(version)s::int)
"""

MERGES = Dataset(
    key="merges",
    title="Why cards are in values",
    description="One row per decision that put a card into a value; ended ones stay. Every partition is here.",
    columns=(
        Column("card", "uuid", "The card; joins with cards."),
        Column("annotator", "string", "Pseudonym of the person whose card it is."),
        Column("value", "integer", "Number of the value."),
        Column("partition", "string", "Start of the hash of the partition's parameters."),
        Column("current", "boolean", "Whether that partition is the one that counts."),
        Column("decided_by", "string", "model, rule, person (their no) or designer."),
        Column("motivation", "text", "The reason that was given."),
        Column("verdict", "json", "The five criteria, where a model judged them."),
        Column("model", "string", "The model that judged.", null="no model did"),
        Column("prompt_sha256", "string", "Hash of what it was told; joins with calls.", null="no model did"),
        Column("created_at", "timestamp", "When it was decided."),
        Column("ended_at", "timestamp", "When the card moved on.", null="it is still so"),
    ),
    sql="""
select m.card, e.pseudonym as annotator, v.number::bigint as value, left(p.sha256, 12) as partition, p.current,
       m.decided_by, m.motivation, m.verdict, l.name as model, c.prompt_sha256, m.created_at, m.ended_at
  from moral_graph_membership m
  join moral_graph_canonicalvalue v on v.id = m.canonical_id
  join moral_graph_partition p on p.id = m.partition_id
  join interviews_valuescard k on k.id = m.card and k.withdrawn_at is null
"""
    + _PERSON.format(person="k.enrolment_id")
    + """
  left join llm_call c on c.id = m.call left join llm_languagemodel l on l.id = c.model_id
 where v.study_id = %(study)s"""
    + _CUT.format(at="m.created_at")
    + " order by m.id",
)

CONFIRMATIONS = Dataset(
    key="confirmations",
    title="Does the merged value still speak for its people",
    description="One row per person, words of a card and value they were asked about; a no gave the card its own.",
    columns=(
        Column("annotator", "string", "Pseudonym of the person."),
        Column("card", "uuid", "Their card."),
        Column("card_version", "integer", "Version of its words that they were asked about."),
        Column("value", "integer", "Number of the value it had been merged into."),
        Column("answer", "string", "yes, no or unsure."),
        Column("simulated", "boolean", "Whether this is a simulated person."),
        Column("created_at", "timestamp", "When they answered."),
    ),
    sql="""
select e.pseudonym as annotator, f.card, f.card_version::bigint as card_version, v.number::bigint as value,
       f.answer, e.simulated, f.created_at
  from moral_graph_confirmation f
  join moral_graph_canonicalvalue v on v.id = f.canonical_id
"""
    + _PERSON.format(person="f.enrolment_id")
    + " where v.study_id = %(study)s"
    + _CUT.format(at="f.created_at")
    + " order by f.id",
)

UPGRADES = Dataset(
    key="upgrades",
    title="Candidate steps and their stories",
    description="One row per step and version of its story, rejected ones too; narrowed by whom it was drawn for.",
    columns=(
        Column("step", "integer", "Number of the step in this study."),
        Column("from_value", "integer", "The value before."),
        Column("to_value", "integer", "The value after."),
        Column("context", "string", "The situation."),
        Column("origin", "string", "model, person, designer, seed or imported."),
        Column("state", "string", "draft, ready (put to people) or rejected."),
        Column("story_version", "integer", "Version of the story, from 1."),
        Column("story", "text", "The story; empty where an imported step has none."),
        Column("words", "integer", "Its length.", unit="words", null="it was not checked yet"),
        Column("quality", "json", "What was checked before use, with the reason."),
        Column("made", "json", "What its writer said beside it: the mapping of every policy."),
        Column("proposed_by", "string", "Pseudonym of who proposed it.", null="no participant did"),
        Column("prompt_sha256", "string", "Hash of what the writer was told.", null="no model wrote it"),
        Column("shown", "integer", "How many people it was drawn for."),
        Column("created_at", "timestamp", "When it was written."),
        Column("archived_at", "timestamp", "When it was taken out.", null="it is in use"),
    ),
    sql="""
select u.number::bigint as step, s.number::bigint as from_value, t.number::bigint as to_value, c.key as context,
       u.origin, u.state, u.story_version::bigint, u.story, (u.quality ->> 'words')::bigint as words, u.quality, u.made,
       e.pseudonym as proposed_by, nullif(u.prompt_sha256, '') as prompt_sha256,
       (select count(*) from moral_graph_votedraw d join studies_enrolment x on x.id = d.enrolment_id
         where d.upgrade_id = u.id and not x.preview and x.status <> 'withdrawn') as shown,
       u.created_at, u.archived_at
  from moral_graph_upgrade u
  join moral_graph_canonicalvalue s on s.id = u.source_id
  join moral_graph_canonicalvalue t on t.id = u.target_id
  join moral_graph_context c on c.id = u.context_id
  left join studies_enrolment e on e.id = u.proposed_by_id
 where u.study_id = %(study)s and coalesce(e.status, '') <> 'withdrawn' and not coalesce(e.preview, false)
   and (%(since)s::timestamptz is null or u.created_at >= %(since)s::timestamptz)
   and (%(annotator)s::text is null and %(version)s::int is null or exists (
     select from moral_graph_votedraw d join studies_enrolment x on x.id = d.enrolment_id
       join studies_studyversion w on w.id = x.version_id
      where d.upgrade_id = u.id and (%(annotator)s::text is null or x.pseudonym = %(annotator)s::text)
        and (%(version)s::int is null or w.number = %(version)s::int)))
 order by u.number
""",
)

SNAPSHOTS = Dataset(
    key="snapshots",
    title="Graphs as they were made",
    description="One row per snapshot, unchanged since it was made; narrowed by whose votes had come.",
    columns=(
        Column("snapshot", "uuid", "The snapshot."),
        Column("estimator", "string", "published or posterior."),
        Column("question", "string", "Of one question alone.", null="of all"),
        Column("context", "string", "Of one situation alone.", null="of all"),
        Column("parameters", "json", "Who and what counted, and the number of resamples."),
        Column("seed", "integer", "Seed of the resamples."),
        Column("inputs_sha256", "string", "Hash of the votes that went in."),
        Column("result_sha256", "string", "Hash of the graph."),
        Column("code_version", "string", "Hash of the arithmetic's source."),
        Column("until", "timestamp", "Votes up to here were counted."),
        Column("graph", "json", "The graph."),
        Column("created_at", "timestamp", "When it was made."),
    ),
    sql="""
select s.id as snapshot, s.estimator, nullif(s.question, '') as question, nullif(s.context, '') as context,
       s.parameters, s.seed, s.inputs_sha256, s.result_sha256, s.code_version, s.until, s.result as graph, s.created_at
  from moral_graph_snapshot s
 where s.study_id = %(study)s and (%(since)s::timestamptz is null or s.created_at >= %(since)s::timestamptz)
   and (%(annotator)s::text is null and %(version)s::int is null or exists (
     select from moral_graph_wisdomvote o join studies_enrolment e on e.id = o.enrolment_id
       join studies_studyversion w on w.id = e.version_id
      where o.study_id = s.study_id and o.created_at <= s.until
        and (%(annotator)s::text is null or e.pseudonym = %(annotator)s::text)
        and (%(version)s::int is null or w.number = %(version)s::int)))
 order by s.created_at, s.id
""",
)
