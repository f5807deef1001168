"""Every address of the server, by the app that answers it."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from multivocal import health
from multivocal.studies.json_schema import study_schema_page
from multivocal.studies.pages.home import home

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    # Work begins at the studies; the admin's own front page lists tables.
    path("admin/", RedirectView.as_view(pattern_name="admin:studies_study_changelist"), name="staff"),
    path("admin/", admin.site.urls),
    path("", home, name="home"),
    path("s/<slug:slug>/", include("multivocal.studies.urls")),
    path("live/", include("multivocal.live.urls")),
    path("api/v1/", include("multivocal.exports.urls")),
    path("api/v1/", include("elicitation.moral_graph.urls")),
    path("schemas/study/1.json", study_schema_page, name="study_schema"),
]

handler400 = "multivocal.refusals.bad_request"
handler403 = "multivocal.refusals.permission_denied"
handler404 = "multivocal.refusals.page_not_found"
handler500 = "multivocal.refusals.server_error"
