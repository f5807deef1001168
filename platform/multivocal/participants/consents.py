"""Recording consent: the wording once, the decision once per person and wording."""

from collections.abc import Mapping
from uuid import UUID

from multivocal.participants.models import Consent, ConsentText


def record_consent(
    *,
    study: UUID,
    participant: UUID,
    enrolment: UUID,
    version: str,
    language: str,
    body: str,
    purposes: Mapping[str, str],
    sha256: str,
    agreed: bool,
    ticked: Mapping[str, bool],
) -> None:
    """Store what a person decided on a wording. Called inside a transaction; a repetition changes nothing."""
    text = ConsentText.objects.filter(study=study, sha256=sha256).first()
    if text is None:
        ConsentText.objects.bulk_create(
            [
                ConsentText(
                    study=study,
                    version=version,
                    language=language,
                    sha256=sha256,
                    body=body,
                    purposes=dict(purposes),
                )
            ],
            ignore_conflicts=True,
        )
        text = ConsentText.objects.get(study=study, sha256=sha256)
    Consent.objects.bulk_create(
        [
            Consent(
                participant_id=participant,
                study=study,
                enrolment=enrolment,
                text=text,
                agreed=agreed,
                purposes=dict(ticked),
            )
        ],
        ignore_conflicts=True,
    )
