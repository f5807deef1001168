"""Pages of a study that instruments bring along: settings.STAFF_PAGES, each a tab of its own."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import redirect
from django.utils.datastructures import MultiValueDict
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from multivocal.errors import Forbidden, Invalid, NotFound, Refused
from multivocal.studies.access import Right
from multivocal.studies.models import Study


@dataclass(frozen=True)
class StaffPage:
    """A tab: its name in addresses, its words, who may open it, and what it shows.

    ``context(study, asked)`` gets the query's parameters and returns the template's context; the template stands
    under ``admin/studies/`` without its ``.html``. ``fits(study)`` says whether the tab makes sense there.
    ``act(study, user, form)`` does what a posted form asks and returns a sentence; it checks the right for it itself.
    ``upload(study, user, form, files)`` is asked instead where the form brings files.
    """

    key: str
    label: Any
    right: Right
    template: str
    context: Callable[[Study, Mapping[str, str]], dict[str, Any]]
    fits: Callable[[Study], bool] = lambda study: True
    act: Callable[[Study, Any, QueryDict], str] | None = None
    upload: Callable[[Study, Any, QueryDict, MultiValueDict[str, Any]], str] | None = None


@functools.cache
def staff_pages() -> dict[str, StaffPage]:
    """Return every registered page by its key."""
    return {key: import_string(path) for key, path in settings.STAFF_PAGES.items()}


@require_http_methods(["GET", "POST"])
def extra(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Show one of them, or do what its form asks; what cannot be done leaves the form as it was filled in."""
    from multivocal.studies.staff.pages import study_page, the_study

    page = staff_pages().get(name)
    if page is None:
        raise NotFound(_("There is no such page."))
    study = the_study(request, slug, page.right)
    if any(
        "\0" in value
        for given in (request.GET, request.POST)
        for values in given.lists()
        for value in values[1]
    ):
        raise Invalid(_("What was sent holds a zero byte, which no text has."))
    asked: Mapping[str, str] = request.GET.dict()
    status = 200
    if request.method == "POST":
        if page.act is None:
            return HttpResponseNotAllowed(["GET"])
        try:
            if page.upload is not None and request.FILES:
                said = page.upload(study, request.user, request.POST, request.FILES)
            else:
                said = page.act(study, request.user, request.POST)
            messages.success(request, said)
            return redirect(request.path)
        except Forbidden:
            raise
        except Refused as refusal:
            messages.error(request, " ".join([refusal.message, *map(_in_words, refusal.fields.items())]))
            asked, status = request.POST.dict(), refusal.status
    context = page.context(study, asked)
    return study_page(request, study, page.template, f"extra_{name}", context, status)


def _in_words(field: tuple[str, str]) -> str:
    place, said = field
    return f"{place}: {said}."
