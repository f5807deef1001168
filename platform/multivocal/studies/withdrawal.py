"""Taking everything back: at once out of every dataset, and erased where the person asks for it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from multivocal.errors import Gone
from multivocal.participants.models import Consent
from multivocal.studies.models import Draft, Enrolment
from multivocal.studies.quotas import release_place


def withdrawal_ends(enrolment: Enrolment) -> datetime | None:
    """Return until when the person may withdraw; None while they are still under way."""
    if enrolment.finished_at is None:
        return None
    return enrolment.finished_at + timedelta(days=enrolment.version.shape.withdrawal.days)


def check_withdrawal(enrolment: Enrolment) -> None:
    """Refuse (Gone) where the time for withdrawing is over."""
    ends = withdrawal_ends(enrolment)
    if ends is not None and timezone.now() > ends:
        raise Gone(
            _(
                "The time for taking your answers back ended on {date}. Write to the researchers if you have questions."
            ).format(date=date_format(ends.date(), "DATE_FORMAT")),
            code="withdrawal_over",
        )


def withdraw_enrolment(*, enrolment: Enrolment, erase: bool) -> None:
    """Withdraw a person from a study; with ``erase``, also delete what they wrote and chose.

    Called inside a transaction with the enrolment's row locked. Datasets leave out withdrawn people, so the
    row's status alone takes effect at once; a second time changes nothing but may still erase.
    """
    now = timezone.now()
    if enrolment.status != Enrolment.Status.WITHDRAWN:
        check_withdrawal(enrolment)
        enrolment.status, enrolment.withdrawn_at = Enrolment.Status.WITHDRAWN, now
        enrolment.finished_at = enrolment.finished_at or now
        release_place(enrolment=enrolment)
        enrolment.save(update_fields=["status", "withdrawn_at", "finished_at"])
        Consent.objects.filter(enrolment=enrolment.pk, withdrawn_at=None).update(withdrawn_at=now)
    if erase:
        erase_content(enrolment=enrolment.pk)


@transaction.atomic
def erase_content(*, enrolment: UUID) -> None:
    """Delete everything a person wrote and chose, through every function named in the setting ERASERS."""
    for path in settings.ERASERS:
        import_string(path)(enrolment=enrolment)


def erase_studies(*, enrolment: UUID) -> None:
    """This app's part: drafts and traits go; that somebody was here, and when, stays for the books."""
    Draft.objects.filter(enrolment=enrolment).delete()
    Enrolment.objects.filter(pk=enrolment).update(traits={})
