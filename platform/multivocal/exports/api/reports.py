"""Reports over HTTP: the numbers that the staff pages plot, as JSON."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from multivocal.exports.api.answers import ReportListAnswer
from multivocal.exports.api.base import ApiView
from multivocal.exports.api.datasets import ERRORS
from multivocal.exports.models import Scope
from multivocal.studies.reports import read_asked, report, reports


class ReportList(ApiView):
    """The reports there are."""

    @extend_schema(responses={200: ReportListAnswer, **ERRORS}, operation_id="list_reports")
    def get(self, request: Request, slug: str) -> Response:
        """List the names of the reports."""
        self.study(request, slug, Scope.READ)
        return Response({"reports": list(reports())})


class Report(ApiView):
    """One report: the numbers that the staff pages plot; it knows its own parameters."""

    parameters = None

    @extend_schema(
        responses={
            200: OpenApiTypes.OBJECT,
            202: OpenApiResponse(OpenApiTypes.OBJECT, description="Still being computed: ask again."),
            **ERRORS,
        },
        operation_id="read_report",
    )
    def get(self, request: Request, slug: str, name: str) -> Response:
        """Return a report as JSON; 202 with ``{"state": "computing"}`` while a worker is at it."""
        study = self.study(request, slug, Scope.READ)
        found = report(name)
        asked, _filters = read_asked(found, study, request.query_params)
        numbers = found.build(study, asked)
        if numbers is None:
            return Response({"state": "computing"}, status=202, headers={"Retry-After": "5"})
        return Response(numbers)
