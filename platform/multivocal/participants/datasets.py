"""The dataset of consents: who agreed to which wording, with which purposes, and when."""

from multivocal.domain.datasets import Column, Dataset

# The SQL names tables of the studies app; the layers hold for Python, and rows join where they lie.
CONSENTS = Dataset(
    key="consents",
    title="Consents",
    description="One row per decision on a consent text; previews and withdrawn people are left out.",
    columns=(
        Column("annotator", "string", "Pseudonym of the person, the same in every dataset of this study."),
        Column("version", "integer", "Number of the study version the person is on."),
        Column("consent_version", "string", "The designer's name of the wording."),
        Column("language", "string", "Language in which the text was shown."),
        Column("sha256", "string", "Hash of exactly what was shown: version, language, text and purposes."),
        Column("agreed", "boolean", "Whether the person agreed; false is a refusal."),
        Column("purposes", "json", "Purpose → whether its box was ticked; {} for a refusal."),
        Column("given_at", "timestamp", "When the decision was sent."),
    ),
    sql="""
select e.pseudonym as annotator, v.number as version, t.version as consent_version, t.language, t.sha256,
       c.agreed, c.purposes, c.given_at
  from participants_consent c
  join participants_consenttext t on t.id = c.text_id
  join studies_enrolment e on e.id = c.enrolment
  join studies_studyversion v on v.id = e.version_id
 where c.study = %(study)s and not e.preview and e.status <> 'withdrawn' and c.withdrawn_at is null
   and (%(since)s::timestamptz is null or c.given_at >= %(since)s::timestamptz)
   and (%(annotator)s::text is null or e.pseudonym = %(annotator)s::text)
   and (%(version)s::int is null or v.number = %(version)s::int)
 order by c.given_at, c.id
""",
)
