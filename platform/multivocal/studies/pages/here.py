"""The page where a person is: painted from the rows, submitted once."""

import uuid
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from multivocal.errors import Gone
from multivocal.studies import flow
from multivocal.studies.languages import direction_of
from multivocal.studies.models import Enrolment
from multivocal.studies.pages.shell import SeeOther, paint, person_context
from multivocal.studies.sessions import cookie_name, find_enrolment
from multivocal.studies.stages import Visit, kind_of
from multivocal.studies.visits import progress_of, visit_for


@require_http_methods(["GET", "HEAD", "POST"])
def here(request: HttpRequest, slug: str) -> HttpResponse:
    """Paint the current stage, or take what was filled in."""
    if request.method == "POST":
        return _submit(request, slug)
    enrolment = find_enrolment(request.COOKIES, slug)
    if enrolment is None:
        return no_session(request, slug)
    try:
        flow.check_open(enrolment)
    except Gone:
        if enrolment.status == Enrolment.Status.ACTIVE:
            context = {**person_context(enrolment), "state": "closed", "may_resume": False, "under_way": True}
            return paint(request, "participant/closed.html", context, enrolment.language, status=410)
    visit = visit_for(enrolment, request.GET.dict())
    if visit is None:
        return SeeOther(f"/s/{slug}/done/")
    return _page(request, visit, {}, None)


def _submit(request: HttpRequest, slug: str) -> HttpResponse:
    if not request.COOKIES.get(cookie_name(slug)):
        return no_session(request, slug)
    result = flow.submit(cookies=request.COOKIES, slug=slug, form=request.POST)
    if isinstance(result, flow.Returned):
        return _page(request, result.visit, result.problems, request.POST)
    return SeeOther(f"/s/{slug}/here/?note={result.note}" if result.note else f"/s/{slug}/here/")


def _page(
    request: HttpRequest, visit: Visit, problems: Mapping[str, str], posted: QueryDict | None
) -> HttpResponse:
    with translation.override(visit.language):
        page = kind_of(visit.stage).page(visit, problems, posted)
        context = {
            **person_context(visit.enrolment),
            "progress": progress_of(visit.enrolment, page.done, page.total),
            "stage": visit.stage.id,
            "step": page.step,
            "has_back": page.has_back,
            "key": uuid.uuid4(),
            "errors": dict(problems),
            "note": _note(request) if posted is None else "",
            **page.context,
        }
    return paint(request, page.template, context, visit.language, status=422 if problems else 200)


def _note(request: HttpRequest) -> str:
    if request.GET.get("note") == "moved":
        return _("You had moved on from that page already. Nothing was changed; this is where you are.")
    return ""


def no_session(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the page for a browser that is not in the study: 401, and the way back in."""
    language = translation.get_language() or "en"
    context = {
        "status": 401,
        "code": "no_session",
        "message": _(
            "This browser is not in the study just now. Open the study again with the link you were given: "
            "you go on where you stopped, and what you sent is saved."
        ),
        "back_url": f"/s/{slug}/",
        "language": language,
        "direction": direction_of(language),
    }
    return paint(request, "participant/error.html", context, language, status=401)
