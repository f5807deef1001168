"""Participants' sessions: a random token in a cookie, its hash in a row, and the enrolment it opens."""

from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from multivocal.domain.identifiers import new_token, token_hash
from multivocal.errors import NotKnown
from multivocal.participants.models import ParticipantSession
from multivocal.studies.fast_rows import enrolment_of_session
from multivocal.studies.models import Enrolment, Study

LASTS = timedelta(days=30)


def cookie_name(slug: str) -> str:
    """Return the name of a study's session cookie.

    Each study has its own name under the path ``/``: the live addresses (/ws/live/…, /live/…) lie outside
    ``/s/<slug>/`` and need it too.
    """
    return f"mv_session_{slug}"


def open_session(*, enrolment: Enrolment, instead_of: str = "", alone: bool = False) -> str:
    """Open a session and return its token, which is stored nowhere.

    ``instead_of``: the token this browser had, whose session ends; ``alone``: all others of the person end.
    """
    now = timezone.now()
    if instead_of or alone:
        before = ParticipantSession.objects.filter(
            participant_id=enrolment.participant_id, study=enrolment.study_id, revoked_at=None
        )
        if not alone:
            before = before.filter(token_hash=token_hash(instead_of))
        before.update(revoked_at=now)
    token = new_token()
    ParticipantSession.objects.create(
        token_hash=token_hash(token),
        participant_id=enrolment.participant_id,
        study=enrolment.study_id,
        expires_at=now + LASTS,
    )
    return token


def set_session_cookie(response: HttpResponseBase, study: Study, token: str) -> None:
    """Hand ``token`` to the browser: unreadable for scripts, never sent from other sites' requests."""
    response.set_cookie(
        cookie_name(study.slug),
        token,
        max_age=LASTS,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def find_enrolment(cookies: Mapping[str, str], slug: str, *, lock: bool = False) -> Enrolment | None:
    """Return the enrolment this browser may act for, with study and version, in one query; None for a stranger.

    With ``lock`` (inside a transaction) the enrolment's row is locked and fresh: two posts of one person queue.
    """
    token = cookies.get(cookie_name(slug), "")
    if not token:
        return None
    return enrolment_of_session(token_hash(token), slug, timezone.now(), lock=lock)


def require_enrolment(cookies: Mapping[str, str], slug: str, *, lock: bool = False) -> Enrolment:
    """Return the enrolment this browser may act for, or refuse with the way back in (401)."""
    enrolment = find_enrolment(cookies, slug, lock=lock)
    if enrolment is None:
        raise NotKnown(
            _(
                "This browser is not in the study just now. Open the study again with the link you were given: "
                "you go on where you stopped, and what you sent is saved."
            ),
            code="no_session",
        )
    return enrolment
