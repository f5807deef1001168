"""After the end: what became of what somebody gave, as it is on the day they look."""

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.http import require_GET

from multivocal.studies.models import Enrolment
from multivocal.studies.pages.here import no_session
from multivocal.studies.pages.shell import SeeOther, paint, person_context
from multivocal.studies.sessions import find_enrolment
from multivocal.studies.stages import Page, Visit, kind_of
from multivocal.studies.visits import stages_of


@require_GET
def after(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the page of the first stage that has one for who finished; everybody else is led to where they are."""
    enrolment = find_enrolment(request.COOKIES, slug)
    if enrolment is None:
        return no_session(request, slug)
    page = page_afterwards(enrolment)
    if page is None:
        return SeeOther(f"/s/{slug}/done/")
    return paint(request, page.template, {**person_context(enrolment), **page.context}, enrolment.language)


def page_afterwards(enrolment: Enrolment) -> Page | None:
    """Return what a stage shows to this person after the end; None before it, and where no stage has anything."""
    if enrolment.status != Enrolment.Status.COMPLETE:
        return None
    definition = enrolment.version.shape
    with translation.override(enrolment.language):
        for stage in stages_of(enrolment):
            page = kind_of(stage).afterwards(Visit(enrolment, definition, stage, enrolment.language, {}))
            if page is not None:
                return page
    return None
