"""Previews: choose a version, an arm and a language, and walk the study as a participant would."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from multivocal.errors import Invalid, NotFound
from multivocal.studies.access import Right
from multivocal.studies.preview import start_preview
from multivocal.studies.sessions import set_session_cookie
from multivocal.studies.staff.pages import study_page, the_study
from multivocal.studies.versions import newest_version


@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for version, arm and language; then open the study as a preview in this browser."""
    study = the_study(request, slug, Right.PREVIEW)
    newest = newest_version(study)
    if request.method == "GET":
        versions = list(study.versions.order_by("-number"))
        context = {"versions": versions, "definition": newest.shape if newest else None}
        return study_page(request, study, "preview", "preview", context)
    if newest is None:
        raise NotFound(_("This study has no version without mistakes yet: correct the draft first."))
    number = request.POST.get("version", "")
    version = study.versions.filter(number=int(number)).first() if number.isdecimal() else newest
    if version is None:
        raise NotFound(_("There is no such version."))
    language = request.POST.get("language", "")
    if language and language not in version.shape.languages:
        raise Invalid(_("The study is not in this language."))
    token = start_preview(
        version=version, arm=request.POST.get("arm", ""), user=request.user, language=language
    )
    response = redirect(f"/s/{study.slug}/here/")
    set_session_cookie(response, study, token)
    return response
