"""Reports over HTTP: settings.REPORTS, each a function from a study and the query to plain data."""

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from multivocal.errors import NotFound
from multivocal.exports.api.answers import ReportListAnswer
from multivocal.exports.api.base import ApiView
from multivocal.exports.api.datasets import ERRORS
from multivocal.exports.models import Scope


class ReportList(ApiView):
    """The reports there are."""

    @extend_schema(responses={200: ReportListAnswer, **ERRORS}, operation_id="list_reports")
    def get(self, request: Request, slug: str) -> Response:
        """List the names of the reports."""
        self.study(request, slug, Scope.READ)
        return Response({"reports": list(settings.REPORTS)})


class Report(ApiView):
    """One report: the numbers that the admin plots; it knows its own parameters."""

    parameters = None

    @extend_schema(responses={200: OpenApiTypes.OBJECT, **ERRORS}, operation_id="read_report")
    def get(self, request: Request, slug: str, name: str) -> Response:
        """Return a report as JSON."""
        study = self.study(request, slug, Scope.READ)
        if name not in settings.REPORTS:
            message = _("There is no report “{name}”. There are: {names}.")
            known = ", ".join(settings.REPORTS) or _("none yet")
            raise NotFound(message.format(name=name, names=known))
        report: Any = import_string(settings.REPORTS[name])
        return Response(report(study, request.query_params))
