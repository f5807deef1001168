"""The page behind "test this model": one question, and what came back or why not."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from multivocal.llm.checking import CHECK_ACCOUNT, ask_once, reason
from multivocal.llm.models import Call, LanguageModel

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin


def show_test(site: "ModelAdmin[LanguageModel]", request: HttpRequest, object_id: str) -> HttpResponse:
    """POST asks the model and leads to its result; GET shows the button and the result that is named, if any."""
    if not site.has_change_permission(request):
        raise PermissionDenied
    model = get_object_or_404(LanguageModel, pk=int(object_id) if object_id.isdecimal() else 0)
    pk = model.pk
    here = reverse("admin:llm_languagemodel_test", args=[pk])
    if request.method == "POST":
        return redirect(f"{here}?call={ask_once(model)['call_id']}")
    number = request.GET.get("call", "")
    call = None
    if number.isascii() and number.isdigit() and len(number) < 19:
        call = Call.objects.filter(id=number, model=model, account=CHECK_ACCOUNT).first()
    context = {
        **site.admin_site.each_context(request),
        "title": _("Test “%(name)s”") % {"name": model},
        "opts": LanguageModel._meta,
        "model": model,
        "call": call,
        "reason": reason(call.error, model) if call else "",
        "back": reverse("admin:llm_languagemodel_change", args=[pk]),
    }
    return TemplateResponse(request, "llm/test_model.html", context)
