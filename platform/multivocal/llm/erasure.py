"""Taking words back: the ledger keeps that a call was made and paid, and forgets what was said in it."""

from uuid import UUID

from multivocal.llm.models import Call


def erase_words(*, enrolment: UUID) -> None:
    """Empty the texts of one person's calls. Called inside the withdrawal's transaction."""
    Call.objects.filter(person=enrolment).update(request={}, text="", error_detail="")
