"""A new study: from one that ships with the project, as a copy of another, or from nothing."""

import re
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from multivocal.domain.shapes import say
from multivocal.errors import Invalid, Refused
from multivocal.studies.access import Right, access_study, studies_for
from multivocal.studies.audit import record_event
from multivocal.studies.edits import current_document, save_edit
from multivocal.studies.models import DesignEdit, Membership, Study
from multivocal.studies.shipped import shipped_files
from multivocal.studies.staff.pages import page_url
from multivocal.studies.versions import copy_document
from multivocal.studies.yaml_in import read_yaml

EMPTY: dict[str, Any] = {
    "format": 1, "title": "", "languages": ["en"], "minutes": 10, "contact": {"name": "", "email": None},
    "budget": {"usd": 10}, "stages": [],
}  # fmt: skip


def may_make(user: Any) -> bool:
    """Return whether ``user`` may make studies: with the right for it, or as a designer of any study."""
    if not getattr(user, "is_staff", False) or not user.is_active:
        return False
    return bool(user.has_perm("studies.add_study")) or studies_for(user, Right.EDIT).exists()


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask what to begin with, and make the study."""
    if not may_make(request.user):
        raise PermissionDenied
    problem, typed = "", {"slug": "", "start": "empty", "yaml": ""}
    if request.method == "POST":
        typed = {key: request.POST.get(key, "") for key in typed}
        try:
            study = _make(request, typed)
        except Refused as refusal:
            problem = " ".join([refusal.message, *(f"{k}: {v}" for k, v in refusal.fields.items())])
        else:
            messages.success(
                request, _("“{slug}” is a draft now. Nobody can see it yet.").format(slug=study.slug)
            )
            return redirect(page_url(study, "edit"))
    context = admin.site.each_context(request) | {
        "title": _("New study"), "problem": problem, "typed": typed, "shipped": list(_shipped()),
        "own": studies_for(request.user, Right.READ),
    }  # fmt: skip
    return TemplateResponse(request, "admin/studies/new.html", context, status=422 if problem else 200)


def _shipped() -> Any:
    for path in shipped_files():
        document = read_yaml(path.read_bytes()).data
        yield {
            "name": path.stem,
            "title": say(document.get("title", path.stem), "en"),
            "summary": say(document.get("summary", ""), "en"),
            "stages": [stage.get("kind") for stage in document.get("stages", [])],
        }


def _make(request: HttpRequest, typed: dict[str, str]) -> Study:
    user: Any = request.user
    document = _beginning(request, typed)
    slug = typed["slug"].strip() or str(document.get("slug", ""))
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,62}", slug):
        raise Invalid(_("Give a name of small letters, digits, - and _, beginning with a letter."))
    with transaction.atomic():
        study, made = Study.objects.get_or_create(slug=slug)
        if not made:
            raise Invalid(_("There is already a study “{slug}”. Choose another name.").format(slug=slug))
        Membership.objects.create(study=study, user=user, role=Membership.Role.OWNER)
        record_event(study=study, user=user, verb="study made", detail={"slug": slug, "from": typed["start"]})
        save_edit(study=study, user=user, document=copy_document(document, slug), step=True)
    return study


def _beginning(request: HttpRequest, typed: dict[str, str]) -> dict[str, Any]:
    kind, _colon, name = typed["start"].partition(":")
    if kind == "shipped":
        for path in shipped_files():
            if path.stem == name:
                return dict(read_yaml(path.read_bytes()).data)
    if kind == "copy":
        return current_document(access_study(request.user, name, Right.READ))[0]
    if kind == "yaml":
        uploaded = request.FILES.get("file")
        return dict(read_yaml(uploaded.read(1_000_001) if uploaded else typed["yaml"]).data)
    if kind == "empty":
        return dict(EMPTY)
    raise Invalid(_("Choose what to begin with."))


def bring_back(*, study: Study, edit: DesignEdit, user: Any) -> None:
    """Make an earlier edit the newest one again; what came after stays in the history."""
    save_edit(study=study, user=user, document=edit.document, step=True)
    record_event(
        study=study, user=user, verb="edit brought back", detail={"from": edit.at, "now": timezone.now()}
    )
