"""The overview of a study: where it stands, the checklist, and the buttons that open, pause and close it."""

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from multivocal.errors import Invalid, NotFound, Refused
from multivocal.llm.models import Account
from multivocal.studies import lifecycle
from multivocal.studies.access import Right, rights_in
from multivocal.studies.edits import unfinished_edit
from multivocal.studies.models import Study
from multivocal.studies.preflight import check_study
from multivocal.studies.staff.pages import page_url, study_page, the_study
from multivocal.studies.versions import differences, draft_of, live_version

RIGHT_FOR = {"open": Right.RUN, "pause": Right.PAUSE, "close": Right.RUN, "raise": Right.RUN}


@require_GET
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """Show where the study stands and what may be done now."""
    study = the_study(request, slug, Right.READ)
    draft, live = draft_of(study), live_version(study)
    waiting = draft or live
    findings = check_study(waiting.shape) if waiting and study.state != Study.State.CLOSED else []
    rights = rights_in(request.user, study)
    return study_page(request, study, "overview", "overview", {
        "draft": draft,
        "live": live,
        "definition": waiting.shape if waiting else None,
        "changes": differences(live.definition, draft.definition) if live and draft else [],
        "findings": findings,
        "stops": [finding for finding in findings if finding.level == "stop"],
        "unfinished": unfinished_edit(study),
        "account": Account.objects.filter(pk=study.pk).first(),
        "participant_link": request.build_absolute_uri(f"/s/{study.slug}/"),
        "may_run": Right.RUN in rights,
        "may_pause": Right.PAUSE in rights,
    })  # fmt: skip


@require_POST
def act(request: HttpRequest, slug: str, verb: str) -> HttpResponse:
    """Open, pause or close the study, or raise its budget; what was refused is said on the page."""
    if verb not in RIGHT_FOR:
        raise NotFound(_("There is no such button."))
    study = the_study(request, slug, RIGHT_FOR[verb])
    try:
        message = _do(request, study, verb)
    except Refused as refusal:
        messages.error(request, " ".join([refusal.message, *refusal.fields.values()]))
    else:
        messages.success(request, message)
    back = "monitor" if request.POST.get("back") == "monitor" else "overview"
    return redirect(page_url(study, back))


def _do(request: HttpRequest, study: Study, verb: str) -> str:
    if verb == "open":
        if unfinished_edit(study):
            raise Invalid(_("The newest edit has mistakes. Correct it, or bring an earlier one back."))
        version = lifecycle.open_study(study=study, user=request.user)
        return _("The study is open with version {number}.").format(number=version.number)
    if verb == "pause":
        lifecycle.pause_study(study=study, user=request.user)
        return _("Paused. Nobody new can start; people under way can finish.")
    if verb == "close":
        if request.POST.get("name", "").strip() != study.slug:
            raise Invalid(_("Not closed: type the study's name to close it."))
        lifecycle.close_study(study=study, user=request.user)
        return _("Closed. Everything collected stays.")
    try:
        usd = Decimal(request.POST.get("usd", "").strip())
    except InvalidOperation:
        raise Invalid(_("Give the new budget as a number of US dollars.")) from None
    lifecycle.raise_budget(study=study, usd=usd, user=request.user)
    return _("The budget is now ${usd}.").format(usd=f"{usd:,.2f}")


@require_POST
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Delete a study that was never opened; nothing of anybody's is lost but the draft."""
    study = the_study(request, slug, Right.MEMBERS)
    try:
        if request.POST.get("name", "").strip() != study.slug:
            raise Invalid(_("Not deleted: type the study's name to delete it."))
        lifecycle.delete_unopened(study=study)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect(page_url(study, "overview"))
    messages.success(request, _("The draft “{slug}” is deleted.").format(slug=slug))
    return redirect(reverse("admin:studies_study_changelist"))
