"""The welcome page and the start: reading creates nothing, pressing start enrols."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from multivocal.domain.shapes import say
from multivocal.errors import Conflict, NotFound
from multivocal.studies import arrival as door
from multivocal.studies import sessions
from multivocal.studies.definition import StudyDefinition
from multivocal.studies.enrolment import newest_version, start_enrolment
from multivocal.studies.models import Enrolment, Study
from multivocal.studies.pages.shell import (
    SeeOther,
    find_study,
    paint,
    reader_language,
    set_language_cookie,
    study_context,
)


@require_GET
def welcome(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what the study is; recruitment ids go from the address into a signed cookie first."""
    found = door.read_arrival(request.GET)
    if found is not None or any(name in request.GET for name in door.KNOWN):
        response: HttpResponse = HttpResponseRedirect(request.path)
        if found is not None:
            find_study(slug)
            door.set_arrival_cookie(response, slug, found)
        return response
    study, definition = _opened(slug)
    language = reader_language(request, slug, definition)
    mine = sessions.find_enrolment(request.COOKIES, slug)
    known = door.kept_arrival(request.COOKIES, slug)
    if study.state != Study.State.OPEN and mine is None:
        return _not_open(request, study, definition, language, known=known)
    context = {
        **study_context(study, definition, language),
        "parts": len(definition.stages_for(definition.arms[0].key)),
        "started": mine is not None and mine.status == Enrolment.Status.ACTIVE,
        "finished": mine is not None and mine.status != Enrolment.Status.ACTIVE,
        "withdrawal_days": definition.withdrawal.days,
        "start_url": f"/s/{slug}/start/",
    }
    response = paint(request, "participant/welcome.html", context, language)
    if known is None:
        # A cookie, not a row: two presses of start by one browser are then one person.
        door.set_arrival_cookie(response, slug, door.anonymous_arrival())
    return response


@require_POST
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Enrol whoever presses start, or let them in again, and go on to where they are."""
    study, definition = _opened(slug)
    language = reader_language(request, slug, definition)
    with translation.override(language):
        arrival = door.kept_arrival(request.COOKIES, slug) or door.anonymous_arrival()
        try:
            enrolment = start_enrolment(study=study, arrival=arrival, language=language)
        except Conflict:
            return _not_open(request, study, definition, language)
    before = request.COOKIES.get(sessions.cookie_name(slug), "")
    token = sessions.open_session(enrolment=enrolment, instead_of=before)
    response = SeeOther(f"/s/{slug}/here/")
    sessions.set_session_cookie(response, study, token)
    door.set_arrival_cookie(response, slug, arrival)
    set_language_cookie(response, slug, enrolment.language)
    return response


def _opened(slug: str) -> tuple[Study, StudyDefinition]:
    study = find_study(slug)
    version = newest_version(study)
    if version is None:
        # A draft is nobody's business: it looks like a study that does not exist.
        raise NotFound(_("There is no study at this address. Check the link you were given."))
    return study, version.shape


def _not_open(
    request: HttpRequest,
    study: Study,
    definition: StudyDefinition,
    language: str,
    *,
    known: door.Arrival | None = None,
) -> HttpResponse:
    context = {
        **study_context(study, definition, language),
        "state": study.state,
        # Whoever started elsewhere may go on while the study is paused; the start lets them in by their id.
        "may_resume": known is not None and study.state == Study.State.PAUSED,
        "start_url": f"/s/{study.slug}/start/",
        "message": say(definition.summary, language),
    }
    return paint(request, "participant/closed.html", context, language, status=403)
