"""How a refusal is said over HTTP: JSON for programs, a kind page for people, an id for the log."""

import logging
import secrets
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, UnreadablePostError
from django.shortcuts import render
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import gettext as _

from multivocal.errors import Forbidden, Invalid, NotFound, Refused, TooLarge

logger = logging.getLogger("multivocal.refusals")


class Refusals:
    """Middleware that answers a raised ``Refused``, and keeps an unforeseen error from showing its inside."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on; refusals come back through ``process_exception``."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer what a view raised, where it is a refusal; leave everything else to the error pages."""
        if isinstance(error, Refused):
            return answer_refusal(request, error)
        if isinstance(error, RequestDataTooBig):
            return answer_refusal(request, TooLarge(_("This is more than the server takes at once.")))
        if isinstance(error, UnreadablePostError):
            return answer_refusal(request, Invalid(_("What you sent did not arrive whole. Send it again.")))
        return None


def answer_refusal(request: HttpRequest, refusal: Refused, *, reference: str = "") -> HttpResponse:
    """Return ``refusal`` as JSON where the caller is a program, else as a page for a person."""
    reference = reference or new_reference()
    logger.info("refused %s %s %s [%s]", refusal.status, refusal.code, request.path, reference)
    if wants_json(request):
        return JsonResponse(refusal.as_json(), status=refusal.status)
    context = {
        "message": refusal.message,
        "code": refusal.code,
        "fields": refusal.fields,
        "reference": reference,
        "status": refusal.status,
        "back_url": _way_back(request, refusal),
    }
    try:
        return render(request, "participant/error.html", context, status=refusal.status)
    except TemplateDoesNotExist:
        return _plain_page(refusal, reference)


def wants_json(request: HttpRequest) -> bool:
    """Return whether the answer to ``request`` is read by a program."""
    if request.path_info.startswith(("/api/", "/live/")):
        return True
    accept = request.headers.get("Accept", "")
    return "application/json" in accept and "text/html" not in accept


def new_reference() -> str:
    """Return a short id that a person can read to us and we can find in the log."""
    return secrets.token_hex(4)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The 400 page."""
    if isinstance(exception, RequestDataTooBig):
        return answer_refusal(request, TooLarge(_("This is more than the server takes at once.")))
    return answer_refusal(request, Invalid(_("The server could not read this request.")))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The 403 page."""
    return answer_refusal(request, Forbidden(_("You may not see or do this.")))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The 404 page."""
    return answer_refusal(
        request, NotFound(_("There is no page here. Check the address, or use the link you were given."))
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form whose token does not fit: most often an old tab, or no cookies."""
    message = _(
        "This page is too old, or cookies are off. Go back, load the page again, and send it once more."
    )
    return answer_refusal(request, Forbidden(message, code="csrf"))


def server_error(request: HttpRequest) -> HttpResponse:
    """The 500 page: the participant's look without a query, or a bare page where the template is what failed."""
    reference = new_reference()
    logger.error("failed %s %s [%s]", request.method, request.path, reference)
    failure = Refused(
        _("Something went wrong on our side. What you sent before is saved. Load the page again soon."),
        code="failed",
    )
    failure.status = 500
    if wants_json(request):
        return JsonResponse({**failure.as_json(), "reference": reference}, status=500)
    context = {
        "message": failure.message,
        "code": failure.code,
        "reference": reference,
        "status": 500,
        "back_url": _way_back(request, failure),
        "request": request,  # the page reads its cookies and address; no processor that may query is run
    }
    try:
        return HttpResponse(render_to_string("participant/error.html", context), status=500)
    except Exception:
        logger.exception("the page of the failure failed too [%s]", reference)
        return _plain_page(failure, reference)


def rest_exception(error: Exception, context: dict[str, Any]) -> Any:
    """REST framework's hook: every error is ``{"code", "message", "fields"}`` with its right status."""
    from multivocal.rest_errors import as_response

    return as_response(error, context)


def _way_back(request: HttpRequest, refusal: Refused) -> str:
    """Return where a participant goes on: their place in the study, or its door where they have none."""
    place = request.path_info.split("/")
    if len(place) < 3 or place[1] != "s" or refusal.status == 404:
        return ""
    if request.COOKIES.get(f"mv_session_{place[2]}"):
        return f"/s/{place[2]}/here/"
    return f"/s/{place[2]}/" if refusal.status == 401 else ""


def _plain_page(refusal: Refused, reference: str) -> HttpResponse:
    again = escape(_("Load the page again"))
    said = escape(_("If you write to us, give this number: {reference}").format(reference=reference))
    return HttpResponse(
        f"<!doctype html><html><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>{refusal.status}</title><main><h1 dir=auto>{escape(refusal.message)}</h1>"
        f"<p><a href=''>{again}</a></p><p>{said}</p></main></html>",
        status=refusal.status,
    )
