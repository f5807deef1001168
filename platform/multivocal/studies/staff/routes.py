"""The addresses of the staff pages, all behind the admin's sign-in."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.urls import URLPattern, path

from multivocal.studies.staff import (
    editing,
    extras,
    history,
    making,
    members,
    monitoring,
    overview,
    payments,
    previewing,
    reporting,
)

PAGES: tuple[tuple[str, Callable[..., Any], str], ...] = (
    ("", overview.overview, "overview"),
    ("do/<str:verb>/", overview.act, "act"),
    ("delete/", overview.delete, "delete"),
    ("edit/", editing.edit, "edit"),
    ("edit/save/", editing.save, "save"),
    ("edit/to-yaml/", editing.to_yaml, "to_yaml"),
    ("edit/from-yaml/", editing.from_yaml, "from_yaml"),
    ("versions/<int:number>.yaml", editing.download, "download"),
    ("preview/", previewing.preview, "preview"),
    ("monitor/", monitoring.monitor, "monitor"),
    ("monitor.json", monitoring.monitor_json, "monitor_json"),
    ("people/", monitoring.people, "people"),
    ("calls/", monitoring.calls, "calls"),
    ("payments/", payments.payments, "payments"),
    ("payments.csv", payments.payments_csv, "payments_csv"),
    ("history/", history.history, "history"),
    ("history/<int:edit_id>/", history.restore, "restore"),
    ("record/", history.record, "record"),
    ("members/", members.members, "members"),
    ("more/<slug:name>/", extras.extra, "extra"),
    ("reports/", reporting.reports, "reports"),
    ("reports/<slug:name>/", reporting.read, "report"),
    ("reports/<slug:name>/<slug:key>.<slug:extension>", reporting.figure, "figure"),
)


def staff_routes() -> list[URLPattern]:
    """Return the routes under ``/admin/studies/study/``."""
    return [
        path("new/", admin.site.admin_view(making.new), name="study_new"),
        *(
            path(f"of/<slug:slug>/{rest}", admin.site.admin_view(view), name=f"study_{name}")
            for rest, view, name in PAGES
        ),
    ]
