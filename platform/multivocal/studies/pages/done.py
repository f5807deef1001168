"""The last page: answers are saved, here is the code, this is the way back."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from multivocal.studies.codes import issue_code, return_address
from multivocal.studies.models import Enrolment
from multivocal.studies.pages.after import page_afterwards
from multivocal.studies.pages.here import no_session
from multivocal.studies.pages.shell import SeeOther, paint, person_context
from multivocal.studies.sessions import find_enrolment
from multivocal.studies.withdrawal import withdrawal_ends


@require_GET
def done(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an ended enrolment's page and issue its code; before the end there is none to see."""
    enrolment = find_enrolment(request.COOKIES, slug)
    if enrolment is None:
        return no_session(request, slug)
    if enrolment.status == Enrolment.Status.ACTIVE:
        return SeeOther(f"/s/{slug}/here/")
    code = issue_code(enrolment=enrolment)
    context = {
        **person_context(enrolment),
        "reason": enrolment.status,
        "code": code,
        "return_url": "" if enrolment.preview else return_address(enrolment.version.shape, code),
        "withdraw_until": withdrawal_ends(enrolment),
        "afterwards": page_afterwards(enrolment),
    }
    withdrawn = enrolment.status == Enrolment.Status.WITHDRAWN
    template = "participant/withdrawn.html" if withdrawn else "participant/done.html"
    return paint(request, template, context, enrolment.language)
