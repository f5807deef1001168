"""Previews: a designer walks a draft or frozen version as a participant of a chosen arm."""

from typing import Any

from django.db import transaction

from multivocal.studies.enrolment import start_preview_enrolment
from multivocal.studies.models import StudyVersion
from multivocal.studies.sessions import open_session


@transaction.atomic
def start_preview(*, version: StudyVersion, arm: str = "", user: Any, language: str = "") -> str:
    """Start a preview and return its session token (give it to ``sessions.set_session_cookie``).

    ``arm`` "" draws one from the previews' own sequence. Whether ``user`` may is the caller's check.
    Refuses an unknown arm (Invalid).
    """
    del user
    language = language or version.shape.languages[0]
    return open_session(enrolment=start_preview_enrolment(version=version, arm=arm, language=language))
