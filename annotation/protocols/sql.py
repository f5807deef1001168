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


def recorded(moment: str) -> str:
    """Return the condition for rows since the moment asked for; ``moment`` is the SQL for when one was recorded."""
    return f"(%(since)s::timestamptz IS NULL OR {moment} >= %(since)s::timestamptz)"


def asked(moment: str) -> str:
    """Return the condition for all that can be asked for: whose rows, and since when."""
    return f"{WHOSE}\n      AND {recorded(moment)}"
