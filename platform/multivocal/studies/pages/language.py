"""Changing the language, before the start (a cookie) and after it (the enrolment's row)."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from multivocal.errors import Invalid, NotFound
from multivocal.studies.enrolment import newest_version
from multivocal.studies.models import Enrolment
from multivocal.studies.pages.shell import SeeOther, find_study, set_language_cookie
from multivocal.studies.sessions import find_enrolment


@require_POST
def language(request: HttpRequest, slug: str) -> HttpResponse:
    """Read on in another language of the study, on the same page."""
    study = find_study(slug)
    enrolment = find_enrolment(request.COOKIES, slug)
    version = enrolment.version if enrolment else newest_version(study)
    if version is None:
        raise NotFound(_("There is no study at this address. Check the link you were given."))
    wanted = request.POST.get("language", "")
    if wanted not in version.shape.languages:
        raise Invalid(_("This study is not offered in that language."), fields={"language": wanted[:20]})
    if enrolment is not None:
        Enrolment.objects.filter(pk=enrolment.pk).update(language=wanted)
    back = request.POST.get("next", "")
    inside = back.startswith(f"/s/{slug}/") and "\\" not in back and "\n" not in back
    response = SeeOther(back if inside else f"/s/{slug}/")
    set_language_cookie(response, slug, wanted)
    return response
