"""Autosave: JSON in, the time of saving out."""

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from multivocal.errors import Refused, TooLarge, WrongType
from multivocal.studies.drafts import LARGEST, read_draft, save_draft


@require_POST
def draft(request: HttpRequest, slug: str) -> JsonResponse:
    """Keep what is typed; every answer is JSON, also a refusal (400, 401, 409, 413, 415)."""
    try:
        if request.content_type != "application/json":
            raise WrongType(_("Drafts are sent as application/json."))
        if int(request.headers.get("Content-Length") or 0) > LARGEST:
            raise TooLarge(_("This is more than the server keeps of an unsent page (64 kB)."))
        row = save_draft(cookies=request.COOKIES, slug=slug, draft=read_draft(request.body))
    except Refused as refusal:
        return JsonResponse(refusal.as_json(), status=refusal.status)
    return JsonResponse({"saved_at": row.updated_at.isoformat()})
