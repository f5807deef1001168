"""What every dataset about judgements shares: who answered under which version, and which rows were asked for."""

from multivocal.domain.datasets import Column

WHO_COLUMNS = (
    Column("annotator", "string", "Pseudonym of the person in this study"),
    Column("version", "integer", "Number of the study version the person is on"),
    Column("version_sha256", "string", "Hash of that version's definition"),
    Column("arm", "string", "Arm of the study", null="no arm was drawn yet"),
)
WHO = "e.pseudonym AS annotator, v.number AS version, v.sha256 AS version_sha256, nullif(e.arm, '') AS arm"
FROM_WHO = "studies_enrolment e JOIN studies_studyversion v ON v.id = e.version_id"
WHOSE = """e.study_id = %(study)s AND NOT e.preview AND e.withdrawn_at IS NULL
      AND (%(annotator)s::text IS NULL OR e.pseudonym = %(annotator)s::text)
      AND (%(version)s::int IS NULL OR v.number = %(version)s::int)"""


# Judgements are given by people and by models. Two statements and no OR, so that each walks its own index.
ANNOTATOR_COLUMNS = (
    Column(
        "annotator", "string", "Pseudonym of the person in this study, or the name of the model's annotator"
    ),
    Column("annotator_kind", "string", "person or model"),
    Column("version", "integer", "Number of the study version the person is on", null="a model"),
    Column("version_sha256", "string", "Hash of that version's definition", null="a model"),
    Column("arm", "string", "Arm of the study", null="no arm was drawn yet, or a model"),
)
PERSON = (
    "e.pseudonym::text AS annotator, 'person' AS annotator_kind, v.number AS version,"
    " v.sha256::text AS version_sha256, nullif(e.arm, '')::text AS arm"
)
MODEL = (
    "g.name::text AS annotator, 'model' AS annotator_kind, NULL::int AS version,"
    " NULL::text AS version_sha256, NULL::text AS arm"
)
JUDGED = """
    FROM protocols_judgement j
    JOIN protocols_presentation p ON p.id = j.presentation_id
    JOIN protocols_protocolversion c ON c.id = p.protocol_id
    JOIN protocols_item i ON i.id = p.item_id"""
"""Judgements with what was shown, how it was asked and what it was about."""
# What a model said of a person's talk goes with the talk.
MODELS = """g.study_id = %(study)s AND %(version)s::int IS NULL
      AND (%(annotator)s::text IS NULL OR g.name = %(annotator)s::text)
      AND NOT EXISTS (
        SELECT FROM protocols_presentation talk JOIN studies_enrolment gone ON gone.id = talk.enrolment_id
          JOIN protocols_item said ON said.id = talk.item_id
         WHERE talk.item_id = p.item_id AND said.source = 'live'
           AND (gone.preview OR gone.withdrawn_at IS NOT NULL))"""


def by_people_and_models(select: str, *, via: str, moment: str, order: str, more: str = "") -> str:
    """Return the SELECT of what people and models gave; ``select`` has ``{who}`` among its columns.

    The presentation is ``p`` in it. ``via`` is the alias of the table whose ``enrolment_id`` and ``annotator_id`` say
    whose a row is, ``moment`` the SQL for when it was recorded, ``more`` a condition of both.
    """
    people = f"{select.format(who=PERSON)} JOIN {FROM_WHO} ON e.id = {via}.enrolment_id WHERE {asked(moment)} {more}"
    models = (
        f"{select.format(who=MODEL)} JOIN protocols_aiannotator g ON g.id = {via}.annotator_id"
        f" WHERE {MODELS} AND {recorded(moment)} {more}"
    )
    return f"{people}\n    UNION ALL\n    {models}\n    ORDER BY {order}"


def recorded(moment: str) -> str:
    """Return the condition for rows since the moment asked for; ``moment`` is the SQL for when one was recorded."""
    return f"(%(since)s::timestamptz IS NULL OR {moment} >= %(since)s::timestamptz)"


def asked(moment: str) -> str:
    """Return the condition for all that can be asked for: whose rows, and since when."""
    return f"{WHOSE}\n      AND {recorded(moment)}"
