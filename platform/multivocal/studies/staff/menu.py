"""The admin's menu: studies first, then what they are made of, each only for those who may open it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

ICONS = {
    "studies.study": "forum", "llm.languagemodel": "smart_toy", "llm.call": "receipt_long",
    "llm.account": "account_balance_wallet", "exports.release": "inventory_2", "exports.apitoken": "key",
    "auth.user": "person", "auth.group": "group",
}  # fmt: skip


def menu(request: HttpRequest) -> list[dict[str, Any]]:
    """Return unfold's menu for this person: the groups below in this order, then every other app."""
    first = {"studies": "", "llm": _("Language models"), "exports": _("Data out"), "auth": _("Sign-in")}
    groups: dict[str, dict[str, Any]] = {
        app: {"title": title, "items": [], "separator": bool(title)} for app, title in first.items()
    }
    order = list(ICONS)
    pages = [(model._meta, page) for model, page in admin.site._registry.items()]
    pages.sort(
        key=lambda pair: order.index(pair[0].label_lower) if pair[0].label_lower in ICONS else len(order)
    )
    for meta, page in pages:
        if not page.has_module_permission(request) or not page.has_view_permission(request):
            continue
        group = groups.setdefault(
            meta.app_label, {"title": meta.app_config.verbose_name, "items": [], "separator": True}
        )
        group["items"].append({
            "title": str(meta.verbose_name_plural).capitalize(),
            "icon": ICONS.get(meta.label_lower, "folder"),
            "link": reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist"),
        })  # fmt: skip
    return [group for group in groups.values() if group["items"]]
