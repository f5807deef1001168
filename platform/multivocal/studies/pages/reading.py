"""The language of everything under a study's address, refusals included: the one the person chose or started in."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation

from multivocal.studies.pages.shell import language_cookie


class ReaderLanguage:
    """Middleware after LocaleMiddleware: a browser in English may hold somebody who reads Arabic."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer ``request`` in the study's language for this browser, where a cookie names one we speak."""
        place = request.path_info.split("/")
        if len(place) > 2 and place[1] == "s":
            wanted = request.COOKIES.get(language_cookie(place[2]), "")
            if wanted in dict(settings.LANGUAGES):
                translation.activate(wanted)
                request.LANGUAGE_CODE = wanted
        return self.get_response(request)
