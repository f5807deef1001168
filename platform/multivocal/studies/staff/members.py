"""Who works on a study, and as what."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from multivocal.errors import Invalid, Refused
from multivocal.studies.access import Right
from multivocal.studies.audit import record_event
from multivocal.studies.models import Membership, Study
from multivocal.studies.staff.pages import page_url, study_page, the_study


@require_http_methods(["GET", "POST"])
def members(request: HttpRequest, slug: str) -> HttpResponse:
    """List members; add and remove roles."""
    study = the_study(request, slug, Right.MEMBERS)
    if request.method == "POST":
        try:
            messages.success(request, _change(request, study))
        except Refused as refusal:
            messages.error(request, refusal.message)
        return redirect(page_url(study, "members"))
    rows = study.memberships.select_related("user").order_by("user__username", "role")
    return study_page(request, study, "members", "members", {"rows": rows, "roles": Membership.Role.choices})


def _change(request: HttpRequest, study: Study) -> str:
    role = request.POST.get("role", "")
    name = request.POST.get("user", "").strip()
    if role not in Membership.Role.values:
        raise Invalid(_("Choose a role."))
    user = get_user_model().objects.filter(username=name).first()
    if user is None:
        raise Invalid(_("Nobody here signs in as “{name}”.").format(name=name[:80]))
    if request.POST.get("do") == "remove":
        remove_role(study=study, user=user, role=role, by=request.user)
        return _("{name} is no longer {role}.").format(name=name, role=role)
    add_role(study=study, user=user, role=role, by=request.user)
    return _("{name} is {role} now.").format(name=name, role=role)


def add_role(*, study: Study, user: Any, role: str, by: Any) -> None:
    """Give ``user`` a role in ``study``; a second time changes nothing. Refuses people who cannot sign in here."""
    if not getattr(user, "is_active", False) or not getattr(user, "is_staff", False):
        raise Invalid(_("This person may not sign in to the admin yet."))
    with transaction.atomic():
        _row, made = Membership.objects.get_or_create(study=study, user=user, role=role)
        if made:
            record_event(study=study, user=by, verb="role given", detail={"to": str(user), "role": role})


def remove_role(*, study: Study, user: Any, role: str, by: Any) -> None:
    """Take a role away; the last owner stays, or nobody could ever give roles again."""
    with transaction.atomic():
        Study.objects.select_for_update().get(pk=study.pk)
        if role == Membership.Role.OWNER and study.memberships.filter(role=role).count() <= 1:
            raise Invalid(_("A study keeps at least one owner."))
        if Membership.objects.filter(study=study, user=user, role=role).delete()[0]:
            record_event(study=study, user=by, verb="role taken", detail={"from": str(user), "role": role})
