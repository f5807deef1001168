"""Pause and come back: single-use links that open a session on another device."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from multivocal.domain.identifiers import new_token, token_hash
from multivocal.errors import Gone, NotFound
from multivocal.participants.models import ResumeLink
from multivocal.studies.models import Enrolment
from multivocal.studies.sessions import open_session

LASTS = timedelta(days=7)


def make_link(*, enrolment: Enrolment) -> str:
    """Make a resume link and return its token; a link made before stops working."""
    with transaction.atomic():
        links = ResumeLink.objects.filter(
            participant=enrolment.participant_id, study=enrolment.study_id, used_at=None
        )
        links.update(expires_at=timezone.now())
        token = new_token()
        ResumeLink.objects.create(
            token_hash=token_hash(token),
            participant_id=enrolment.participant_id,
            study=enrolment.study_id,
            expires_at=timezone.now() + LASTS,
        )
    return token


def find_link(slug: str, token: str) -> Enrolment:
    """Return whose link this is. Refuses an unknown one (NotFound), a used or old one (Gone)."""
    link = ResumeLink.objects.filter(token_hash=token_hash(token)).first()
    if link is None:
        raise _unknown()
    enrolment = (
        Enrolment.objects.select_related("study", "version")
        .filter(study=link.study, participant=link.participant_id, study__slug=slug)
        .first()
    )
    if enrolment is None:
        raise _unknown()
    if link.used_at is not None or link.expires_at <= timezone.now():
        raise _over()
    return enrolment


def spend_link(*, slug: str, token: str) -> tuple[Enrolment, str]:
    """Use a resume link up and return the enrolment with a new session's token.

    Only the first use works. The person goes on here: sessions on other devices end.
    """
    enrolment = find_link(slug, token)
    with transaction.atomic():
        now = timezone.now()
        spent = ResumeLink.objects.filter(
            token_hash=token_hash(token), used_at=None, expires_at__gt=now
        ).update(used_at=now)
        if not spent:
            raise _over()
        return enrolment, open_session(enrolment=enrolment, alone=True)


def _unknown() -> NotFound:
    return NotFound(_("This link does not open anything here. Check that you copied all of it."))


def _over() -> Gone:
    return Gone(
        _(
            "This link was used already or is too old. Open the study with the link you were given first, "
            "or make a new link on the device where you started."
        ),
        code="link_over",
    )
