"""Taking interviews back: what was said and every card is deleted; that a call was paid for stays."""

from uuid import UUID

from elicitation.interviews.models import Interview, ValuesCard


def erase_interviews(*, enrolment: UUID) -> None:
    """Delete one person's interviews and cards. Called inside a transaction."""
    ValuesCard.objects.filter(enrolment=enrolment).update(accepted_version=None, accepted_at=None)
    ValuesCard.objects.filter(enrolment=enrolment).delete()
    Interview.objects.filter(enrolment=enrolment).delete()
