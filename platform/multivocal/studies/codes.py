"""Completion codes: issued by the server, after the last commit, and different for every way a study can end."""

from urllib.parse import quote

from multivocal.domain.identifiers import derived_code
from multivocal.studies.definition import REASONS, StudyDefinition
from multivocal.studies.models import CompletionCode, Enrolment, Study


def code_for(study: Study, definition: StudyDefinition, reason: str) -> str:
    """Return the code of ``reason``: the designer's, or for “auto” one derived from the study's secret."""
    code: str = getattr(definition.recruitment.codes, reason)
    return derived_code(study.salt, reason) if code == "auto" else code


def issue_code(*, enrolment: Enrolment) -> str:
    """Return the code of an ended enrolment, recording once that it was shown; "" where there is none to give.

    The caller has read the ended enrolment from committed rows; this runs in a transaction of its own.
    A preview gets a code that pays nobody; a withdrawn person keeps the code shown before.
    """
    if enrolment.preview:
        return f"PREVIEW-{enrolment.status.upper().replace('_', '-')}"
    if enrolment.status in REASONS:
        code = code_for(enrolment.study, enrolment.version.shape, enrolment.status)
        CompletionCode.objects.bulk_create(
            [CompletionCode(enrolment=enrolment, reason=enrolment.status, code=code)], ignore_conflicts=True
        )
    row = CompletionCode.objects.filter(enrolment=enrolment).first()
    return row.code if row else ""


def return_address(definition: StudyDefinition, code: str) -> str:
    """Return where the browser goes at the end, with the code filled in; "" where the study names no place."""
    template = definition.recruitment.return_url
    return template.replace("{code}", quote(code, safe="")) if template and code else ""
