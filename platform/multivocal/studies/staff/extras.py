"""Pages of a study that instruments bring along: settings.STAFF_PAGES, each a tab of its own."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from multivocal.errors import NotFound
from multivocal.studies.access import Right
from multivocal.studies.models import Study


@dataclass(frozen=True)
class StaffPage:
    """A tab: its name in addresses, its words, who may open it, and what it shows.

    ``context(study, asked)`` gets the query's parameters and returns the template's context; the template stands
    under ``admin/studies/`` without its ``.html``. ``fits(study)`` says whether the tab makes sense there.
    """

    key: str
    label: Any
    right: Right
    template: str
    context: Callable[[Study, Mapping[str, str]], dict[str, Any]]
    fits: Callable[[Study], bool] = lambda study: True


@functools.cache
def staff_pages() -> dict[str, StaffPage]:
    """Return every registered page by its key."""
    return {key: import_string(path) for key, path in settings.STAFF_PAGES.items()}


@require_GET
def extra(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Show one of them."""
    from multivocal.studies.staff.pages import study_page, the_study

    page = staff_pages().get(name)
    if page is None:
        raise NotFound(_("There is no such page."))
    study = the_study(request, slug, page.right)
    context = page.context(study, request.GET.dict())
    return study_page(request, study, page.template, f"extra_{name}", context)
