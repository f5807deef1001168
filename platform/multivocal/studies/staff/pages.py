"""What every staff page of a study shares: the way in, the tabs, and the admin's own frame."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from multivocal.studies.access import Right, access_study, rights_in
from multivocal.studies.models import Study
from multivocal.studies.reports import reports_of
from multivocal.studies.staff.extras import staff_pages


def study_page(
    request: HttpRequest, study: Study, template: str, tab: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Return a page of ``study`` inside the admin, with the tabs this person may open."""
    rights = rights_in(request.user, study)
    base = admin.site.each_context(request)
    base |= {"study": study, "tabs": tabs_of(study, rights, tab), "may": {right.value for right in rights}}
    base |= {"title": title_of(study), "show_back_button": False}
    return TemplateResponse(request, f"admin/studies/{template}.html", base | context, status=status)


def tabs_of(study: Study, rights: frozenset[Right], current: str) -> list[dict[str, Any]]:
    """Return the tabs a person with ``rights`` sees, the open one marked."""
    every = [
        ("overview", _("Overview"), Right.READ),
        ("edit", _("Edit"), Right.EDIT),
        ("preview", _("Preview"), Right.PREVIEW),
        ("monitor", _("Monitor"), Right.WATCH),
        *([("reports", _("Report"), Right.DATA)] if reports_of(study) else []),
        ("payments", _("Payments"), Right.PAY),
        ("history", _("History"), Right.READ),
        ("members", _("Members"), Right.MEMBERS),
        ("record", _("Record"), Right.READ),
    ]
    tabs = [
        {"name": name, "label": label, "url": page_url(study, name), "current": name == current}
        for name, label, right in every
        if right in rights
    ]
    for key, page in staff_pages().items():
        if page.right in rights and page.fits(study):
            url = reverse("admin:study_extra", args=[study.slug, key])
            name = f"extra_{key}"
            tabs.append({"name": name, "label": page.label, "url": url, "current": name == current})
    return tabs


def page_url(study: Study, name: str) -> str:
    """Return the address of one staff page of ``study``."""
    return reverse(f"admin:study_{name}", args=[study.slug])


def first_page(request: HttpRequest, study: Study) -> str:
    """Return where this person's work with the study begins."""
    tabs = tabs_of(study, rights_in(request.user, study), "")
    return str(tabs[0]["url"]) if tabs else reverse("admin:index")


def title_of(study: Study) -> str:
    """Return the study's title in the first language it has, or its name."""
    from multivocal.domain.shapes import say
    from multivocal.studies.versions import newest_version

    newest = newest_version(study)
    return say(newest.definition.get("title") or study.slug, "en") if newest else study.slug


def the_study(request: HttpRequest, slug: str, *rights: Right) -> Study:
    """Return the study for this request's person, or refuse."""
    return access_study(request.user, slug, *rights)
