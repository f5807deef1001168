"""Withdrawing: a page that says what will happen, and the press that does it."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.http import require_http_methods

from multivocal.studies.models import Enrolment
from multivocal.studies.pages.here import no_session
from multivocal.studies.pages.shell import SeeOther, paint, person_context
from multivocal.studies.sessions import find_enrolment, require_enrolment
from multivocal.studies.withdrawal import check_withdrawal, withdraw_enrolment, withdrawal_ends


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask, or take everything back; works under way and, for the days the study promises, after the end."""
    enrolment = find_enrolment(request.COOKIES, slug)
    if enrolment is None:
        return no_session(request, slug)
    with translation.override(enrolment.language):
        if request.method == "POST":
            with transaction.atomic():
                locked = require_enrolment(request.COOKIES, slug, lock=True)
                withdraw_enrolment(enrolment=locked, erase=bool(request.POST.get("erase")))
            return SeeOther(f"/s/{slug}/done/")
        if enrolment.status == Enrolment.Status.WITHDRAWN:
            return SeeOther(f"/s/{slug}/done/")
        check_withdrawal(enrolment)
        context = {
            **person_context(enrolment),
            "withdrawal_days": enrolment.version.shape.withdrawal.days,
            "withdraw_until": withdrawal_ends(enrolment),
            "finished": enrolment.status != Enrolment.Status.ACTIVE,
        }
        return paint(request, "participant/withdraw.html", context, enrolment.language)
