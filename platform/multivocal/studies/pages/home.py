"""The server's own page: what this is, and the open studies where the operator lists them."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.http import require_GET

from multivocal.domain.shapes import say
from multivocal.studies.enrolment import newest_version
from multivocal.studies.languages import direction_of
from multivocal.studies.models import Study
from multivocal.studies.pages.shell import paint


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Say what this server is; list open studies where LIST_STUDIES is on."""
    language = translation.get_language() or "en"
    context = {
        "studies": _listed(language) if settings.LIST_STUDIES else [],
        "listed": settings.LIST_STUDIES,
        "language": language,
        "direction": direction_of(language),
    }
    return paint(request, "participant/home.html", context, language)


def _listed(language: str) -> list[dict[str, object]]:
    found = []
    for study in Study.objects.filter(state=Study.State.OPEN):
        version = newest_version(study)
        if version is not None:
            definition = version.shape
            found.append(
                {
                    "slug": study.slug,
                    "title": say(definition.title, language),
                    "summary": say(definition.summary, language),
                    "minutes": definition.minutes,
                }
            )
    return found
