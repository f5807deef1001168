"""The history of a study: its versions with what changed in each, and the edits one can go back to."""

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from multivocal.errors import NotFound, Refused
from multivocal.studies.access import Right
from multivocal.studies.audit import verify_chain
from multivocal.studies.staff.making import bring_back
from multivocal.studies.staff.pages import page_url, study_page, the_study
from multivocal.studies.versions import Change, differences


@require_GET
def history(request: HttpRequest, slug: str) -> HttpResponse:
    """Show versions, newest first, each with its difference to the one before, and the last edits."""
    study = the_study(request, slug, Right.READ)
    versions = list(study.versions.order_by("number"))
    entries = [
        {
            "version": version,
            "changes": _shown(differences(before.definition, version.definition)) if before else None,
        }
        for before, version in zip([None, *versions], versions, strict=False)
    ]
    edits = study.edits.select_related("user").defer("document").order_by("-id")[:50]
    return study_page(request, study, "history", "history", {"entries": entries[::-1], "edits": edits})


@require_POST
def restore(request: HttpRequest, slug: str, edit_id: int) -> HttpResponse:
    """Bring an earlier edit back."""
    study = the_study(request, slug, Right.EDIT)
    edit = study.edits.filter(pk=edit_id).first()
    if edit is None:
        raise NotFound(_("There is no such edit."))
    try:
        bring_back(study=study, edit=edit, user=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect(page_url(study, "history"))
    messages.success(request, _("Brought back. What came after it is still in the history."))
    return redirect(page_url(study, "edit"))


@require_GET
def record(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who did what, and whether the chain of the record holds."""
    study = the_study(request, slug, Right.READ)
    events = study.audit.select_related("user").order_by("-id")
    context = {"events": events[:500], "total": events.count(), "broken": verify_chain(study)}
    return study_page(request, study, "record", "record", context)


def _shown(changes: list[Change]) -> list[dict[str, str]]:
    def text(value: object) -> str:
        if value is None:
            return ""
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)

    return [{"place": c.place, "before": text(c.before), "after": text(c.after)} for c in changes]
