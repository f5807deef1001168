"""Datasets over HTTP: the list, the codebook, and the rows as a stream."""

import hashlib
from typing import Any, ClassVar

from django.http import HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from multivocal.domain.datasets import Dataset
from multivocal.errors import Invalid
from multivocal.exports import codebook, registry
from multivocal.exports.api.answers import DatasetListAnswer, ErrorAnswer
from multivocal.exports.api.base import ApiView, token_of
from multivocal.exports.cut import PARAMETERS, parse_cut
from multivocal.exports.formats import FORMATS
from multivocal.exports.models import Scope
from multivocal.exports.stream import DatasetStream, count_rows
from multivocal.studies.audit import record_event

_CUT = [
    OpenApiParameter("since", OpenApiTypes.DATETIME, description="Rows recorded at or after; a date is midnight UTC."),
    OpenApiParameter("annotator", OpenApiTypes.STR, description="Rows of one pseudonym."),
    OpenApiParameter("version", OpenApiTypes.INT, description="Rows under one version of the study."),
    OpenApiParameter(
        "safe", OpenApiTypes.INT, enum=[0, 1],
        description="CSV: 1 puts ' before texts that a spreadsheet would run as a formula. Left out: exact texts.",
    ),
]  # fmt: skip
ERRORS = {code: OpenApiResponse(ErrorAnswer) for code in (400, 401, 403, 404)}


class DatasetList(ApiView):
    """The datasets of a study with their columns."""

    @extend_schema(responses={200: DatasetListAnswer, **ERRORS}, operation_id="list_datasets")
    def get(self, request: Request, slug: str) -> Response:
        """List the datasets, each with its columns and the addresses of its files."""
        study = self.study(request, slug, Scope.READ)
        return Response({"study": study.slug, "datasets": [_described(d, request, slug) for d in _plain()]})


class Codebook(ApiView):
    """The codebook of all datasets."""

    @extend_schema(
        responses={
            (200, "application/json"): DatasetListAnswer,
            (200, "text/csv"): OpenApiTypes.STR,
            **ERRORS,
        },
        operation_id="read_codebook",
    )
    def get(self, request: Request, slug: str, extension: str) -> HttpResponseBase:
        """Return what every column means, as JSON or CSV."""
        self.study(request, slug, Scope.READ)
        response: HttpResponse
        if extension == "csv":
            response = HttpResponse(
                codebook.as_csv(_plain()), content_type="text/csv; charset=utf-8; header=present"
            )
        else:
            described = [codebook.as_data(found) for found in _plain()]
            response = JsonResponse(
                {"study": slug, "datasets": described}, json_dumps_params={"ensure_ascii": False}
            )
        response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        if request.headers.get("If-None-Match") == response["ETag"]:
            return HttpResponse(status=304, headers={"ETag": response["ETag"]})
        return response


class DatasetRows(ApiView):
    """The rows of a dataset."""

    parameters: ClassVar = (*PARAMETERS, "safe")

    @extend_schema(
        parameters=_CUT,
        responses={
            (200, "application/x-ndjson"): OpenApiTypes.STR,
            (200, "text/csv"): OpenApiTypes.STR,
            (200, "application/vnd.apache.parquet"): OpenApiTypes.BINARY,
            **ERRORS,
        },
        operation_id="read_dataset",
    )
    def get(self, request: Request, slug: str, name: str, extension: str) -> HttpResponseBase:
        """Stream the rows. The header X-Dataset-Snapshot says the moment; HEAD also says X-Dataset-Rows.

        A stream that breaks ends without its closing chunk (or Parquet's footer), which HTTP clients report.
        """
        found = registry.dataset(name)
        scope = Scope.IDENTIFIED if registry.is_identifying(found) else Scope.READ
        study = self.study(request, slug, scope)
        asked = {key: request.query_params.get(key) for key in PARAMETERS}
        safe = self._safe(request, extension)
        cut, form = parse_cut(study, asked), FORMATS[extension]
        headers = {"Content-Disposition": f'attachment; filename="{study.slug}_{name}.{extension}"'}
        if request.method == "HEAD":
            rows, at = count_rows(found, cut)
            headers |= {"X-Dataset-Snapshot": at.isoformat(), "X-Dataset-Rows": str(rows)}
            return HttpResponse(b"", content_type=form.media_type, headers=headers)
        if scope == Scope.IDENTIFIED:
            token = token_of(request)
            detail = {"dataset": name, **({"token": token.name} if token else {})}
            user = None if token else request.user
            record_event(study=study, user=user, verb="identities exported", detail=detail)
        stream = DatasetStream(found, cut, form, safe=safe)
        headers["X-Dataset-Snapshot"] = stream.at.isoformat()
        return StreamingHttpResponse(stream, content_type=form.media_type, headers=headers)

    def _safe(self, request: Request, extension: str) -> bool:
        text = request.query_params.get("safe")
        if text is None:
            return False
        if text not in ("0", "1") or extension != "csv":
            message = _("“safe” is 0 or 1, and only for CSV: no other format is run by spreadsheets.")
            raise Invalid(message, fields={"safe": message})
        return text == "1"


def _plain() -> list[Dataset]:
    return [found for found in registry.datasets().values() if not registry.is_identifying(found)]


def _described(found: Dataset, request: Request, slug: str) -> dict[str, Any]:
    files = {
        key: reverse("api-dataset-rows", args=[slug, found.key, key], request=request) for key in FORMATS
    }
    return {**codebook.as_data(found), "files": files}
