"""Sweeps: places of people who went silent, sessions and links that are over."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from multivocal.participants.models import ParticipantSession, ResumeLink
from multivocal.studies.enrolment import newest_version
from multivocal.studies.models import Study
from multivocal.studies.quotas import release_silent_places


@shared_task(name="studies.release_places", ignore_result=True)  # type: ignore[untyped-decorator]
def release_places() -> int:
    """Release silent places in every running study; a claim does so too, so a missed sweep costs nobody."""
    released = 0
    for study in Study.objects.filter(state__in=[Study.State.OPEN, Study.State.PAUSED]):
        version = newest_version(study)
        if version is not None:
            released += release_silent_places(study=study, definition=version.shape)
    return released


@shared_task(name="studies.drop_sessions", ignore_result=True)  # type: ignore[untyped-decorator]
def drop_sessions() -> None:
    """Delete sessions and resume links that ended a month ago: nobody can use them any more."""
    month = timezone.now() - timedelta(days=30)
    ParticipantSession.objects.filter(expires_at__lt=month).delete()
    ResumeLink.objects.filter(expires_at__lt=month).delete()
