"""Pause and come back: a page that makes a link, and the page the link opens."""

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods

from multivocal.studies import resume as links
from multivocal.studies.models import Enrolment
from multivocal.studies.pages.here import no_session
from multivocal.studies.pages.shell import SeeOther, paint, person_context, set_language_cookie
from multivocal.studies.sessions import find_enrolment, set_session_cookie


@require_http_methods(["GET", "HEAD", "POST"])
def pause(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that leaving is fine; on a press, show a link and its QR code, which are stored nowhere."""
    enrolment = find_enrolment(request.COOKIES, slug)
    if enrolment is None:
        return no_session(request, slug)
    if enrolment.status != Enrolment.Status.ACTIVE:
        return SeeOther(f"/s/{slug}/done/")
    context = {**person_context(enrolment), "link": "", "qr_svg": "", "days": links.LASTS.days}
    if request.method == "POST":
        path = f"/s/{slug}/resume/{links.make_link(enrolment=enrolment)}/"
        link = f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)
        context |= {"link": link, "qr_svg": _qr(link)}
    return paint(request, "participant/pause.html", context, enrolment.language)


@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Ask whether to go on here (mail programs open links on their own); a press uses the link up."""
    if request.method == "POST":
        enrolment, session = links.spend_link(slug=slug, token=token)
        response = SeeOther(f"/s/{slug}/here/")
        set_session_cookie(response, enrolment.study, session)
        set_language_cookie(response, slug, enrolment.language)
        return response
    enrolment = links.find_link(slug, token)
    with translation.override(enrolment.language):
        # Whoever opens the link first sees the study's name and nothing about the person.
        context = {
            **person_context(enrolment),
            "visit": False,
            "resume_url": request.path,
        }
        return paint(request, "participant/elsewhere.html", context, enrolment.language)


def _qr(link: str) -> str:
    svg = segno.make(link, error="m").svg_inline(scale=6, border=2, omitsize=False)
    return mark_safe(svg)
