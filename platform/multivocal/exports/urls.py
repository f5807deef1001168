"""The addresses of the REST interface."""

from django.urls import path, re_path

from multivocal.exports.api import datasets, releases, reports, start

_STUDY = r"^studies/(?P<slug>[a-z][a-z0-9_-]{0,62})/"

urlpatterns = [
    path("", start.Start.as_view(), name="api-start"),
    path("schema/", start.Schema.as_view(), name="api-schema"),
    path("docs/", start.docs, name="api-docs"),
    path("studies/", start.StudyList.as_view(), name="api-studies"),
    re_path(_STUDY + r"datasets/$", datasets.DatasetList.as_view(), name="api-datasets"),
    re_path(
        _STUDY + r"datasets/(?P<name>[a-z][a-z0-9_]{0,62})\.(?P<extension>jsonl|csv|parquet)$",
        datasets.DatasetRows.as_view(),
        name="api-dataset-rows",
    ),
    re_path(_STUDY + r"codebook\.(?P<extension>json|csv)$", datasets.Codebook.as_view(), name="api-codebook"),
    re_path(_STUDY + r"releases/$", releases.ReleaseList.as_view(), name="api-releases"),
    re_path(
        _STUDY + r"releases/(?P<release>[0-9a-f-]{36})/$", releases.ReleaseState.as_view(), name="api-release"
    ),
    re_path(
        _STUDY + r"releases/(?P<release>[0-9a-f-]{36})/files/(?P<name>[A-Za-z0-9_./-]{1,200})$",
        releases.ReleaseFile.as_view(),
        name="api-release-file",
    ),
    re_path(_STUDY + r"reports/$", reports.ReportList.as_view(), name="api-reports"),
    re_path(
        _STUDY + r"reports/(?P<name>[a-z][a-z0-9_-]{0,62})/$", reports.Report.as_view(), name="api-report"
    ),
]
