"""The first addresses: where to go, which studies there are, the document and its page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from multivocal.exports.access import readable_studies
from multivocal.exports.api.answers import StartAnswer, StudyListAnswer
from multivocal.exports.api.base import ApiView, token_of
from multivocal.exports.api.datasets import ERRORS


class Start(ApiView):
    """Where to go from here."""

    permission_classes = [AllowAny]

    @extend_schema(responses={200: StartAnswer}, operation_id="start")
    def get(self, request: Request) -> Response:
        """Name the first addresses."""
        names = {"studies": "api-studies", "schema": "api-schema", "docs": "api-docs"}
        return Response({key: reverse(name, request=request) for key, name in names.items()})


class StudyList(ApiView):
    """The studies whose data the caller may read."""

    @extend_schema(responses={200: StudyListAnswer, **ERRORS}, operation_id="list_studies")
    def get(self, request: Request) -> Response:
        """List the studies with their versions."""
        studies = readable_studies(request.user, token_of(request)).prefetch_related("versions")
        return Response({"studies": [_described(study, request) for study in studies]})


def _described(study: Any, request: Request) -> dict[str, Any]:
    versions = [
        {"number": version.number, "sha256": version.sha256, "frozen_at": version.frozen_at}
        for version in study.versions.all()
    ]
    places = {
        key: reverse(f"api-{key}", args=[study.slug], request=request)
        for key in ("datasets", "releases", "reports")
    }
    return {"slug": study.slug, "state": study.state, "versions": versions, **places}


class Schema(SpectacularJSONAPIView):
    """The OpenAPI 3.1 document."""

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []


def docs(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document as a page: painted here, so that no script and no other origin is needed."""
    document = SchemaGenerator(urlconf=None).get_schema(request=None, public=True)
    operations = [
        {"path": path, "method": method.upper(), **operation}
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    shapes = document["components"]["schemas"]
    context = {"operations": operations, "shapes": shapes, "info": document["info"]}
    return render(request, "exports/docs.html", context)
