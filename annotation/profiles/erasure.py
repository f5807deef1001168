"""Taking answers back: what a withdrawn person wrote is deleted, not only left out."""

from uuid import UUID

from annotation.profiles.models import PageResponse


def erase_answers(*, enrolment: UUID) -> None:
    """Delete every answer of one person, superseded ones too. Called inside the withdrawal's transaction."""
    PageResponse.objects.filter(enrolment=enrolment).delete()
