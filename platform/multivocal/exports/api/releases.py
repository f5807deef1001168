"""Releases over HTTP: ask for one, see how far it is, take its files."""

import re
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from pydantic import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from multivocal.domain.shapes import Shape, problems
from multivocal.errors import Conflict, Gone, Invalid, NotFound
from multivocal.exports.access import access_study
from multivocal.exports.api.answers import ErrorAnswer, ReleaseAnswer, ReleaseListAnswer, ReleaseRequestBody
from multivocal.exports.api.base import ApiView, token_of
from multivocal.exports.api.datasets import ERRORS
from multivocal.exports.api.download import answer_file
from multivocal.exports.cut import PARAMETERS, parse_cut
from multivocal.exports.models import Release, Scope
from multivocal.exports.releases import folder_of, is_closed, record_download, request_release


class ReleaseRequest(Shape):
    """What a release shall hold."""

    profile: str = "native"
    formats: tuple[str, ...] = ("jsonl", "csv", "parquet")
    since: str | None = None
    annotator: str | None = None
    version: int | None = None


class ReleaseList(ApiView):
    """The releases of a study."""

    @extend_schema(responses={200: ReleaseListAnswer, **ERRORS}, operation_id="list_releases")
    def get(self, request: Request, slug: str) -> Response:
        """List the releases, the newest first."""
        study = self.study(request, slug, Scope.READ)
        releases = Release.objects.filter(study=study).select_related("study")
        return Response({"releases": [_described(release, request) for release in releases[:200]]})

    @extend_schema(
        request=ReleaseRequestBody,
        parameters=[
            OpenApiParameter(
                "Idempotency-Key",
                OpenApiTypes.STR,
                OpenApiParameter.HEADER,
                description="Up to 200 printable characters of your own. The same key with the same body gives the "
                "same release again; with another body it is refused (409).",
            )
        ],
        responses={202: ReleaseAnswer, 409: OpenApiResponse(ErrorAnswer), **ERRORS},
        operation_id="request_release",
    )
    def post(self, request: Request, slug: str) -> Response:
        """Ask for a release; it is made in the background. Ask for its state at the address in Location."""
        study = self.study(request, slug, Scope.RELEASE)
        try:
            wanted = ReleaseRequest.model_validate(request.data if request.data else {})
        except ValidationError as error:
            raise Invalid(_("This is not how a release is asked for."), fields=problems(error)) from None
        asked = {key: getattr(wanted, key) for key in PARAMETERS}
        cut = parse_cut(study, {key: None if value is None else str(value) for key, value in asked.items()})
        token = token_of(request)
        release = request_release(
            study=study,
            profile_key=wanted.profile,
            formats=wanted.formats,
            cut=cut,
            user=None if token else request.user,
            token=token,
            key=_key(request),
        )
        answer = _described(release, request)
        return Response(answer, status=202, headers={"Location": answer["href"]})


class ReleaseState(ApiView):
    """One release."""

    @extend_schema(responses={200: ReleaseAnswer, **ERRORS}, operation_id="read_release")
    def get(self, request: Request, slug: str, release: UUID) -> Response:
        """Say how far the release is; when it is ready, list its files."""
        return Response(_described(_release(request, slug, release), request))


class ReleaseFile(ApiView):
    """One file of a release."""

    parameters: ClassVar = ()

    @extend_schema(
        parameters=[
            OpenApiParameter("name", OpenApiTypes.STR, OpenApiParameter.PATH, description="As in files.")
        ],
        responses={
            (200, "application/json"): OpenApiTypes.ANY,
            (200, "*/*"): OpenApiTypes.BINARY,
            (206, "*/*"): OpenApiTypes.BINARY,
            409: OpenApiResponse(ErrorAnswer, description="Not ready yet."),
            410: OpenApiResponse(ErrorAnswer, description="Closed: somebody in it has withdrawn."),
            416: OpenApiResponse(description="The file ends before this range."),
            **ERRORS,
        },
        operation_id="read_release_file",
    )
    def get(self, request: Request, slug: str, release: UUID, name: str) -> HttpResponseBase:
        """Return a file, or the part of it that Range asks for. The ETag is its sha256."""
        found = _release(request, slug, release)
        if found.state != Release.State.DONE:
            raise Conflict(_("This release is not ready yet."), code="not_ready")
        if is_closed(found):
            raise Gone(_("Somebody in this release has withdrawn since it was made. Make a new one."))
        listed = next((file for file in found.manifest["files"] if file["name"] == name), None)
        if listed is None:
            raise NotFound(_("There is no file “{name}” in this release.").format(name=name[:80]))
        answer = answer_file(request, folder_of(found) / name, listed["sha256"])
        # A download that continues (a range from further on) was put on record when it began.
        begun = answer.status_code == 200 or answer.get("Content-Range", "").startswith("bytes 0-")
        if begun and request.method == "GET":
            record_download(release=found, name=name, user=request.user, token=token_of(request))
        return answer


def _key(request: Request) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not re.fullmatch(r"[\x21-\x7e]{1,200}", key):
        message = _("An Idempotency-Key has 1 to 200 printable characters and no spaces.")
        raise Invalid(message, fields={"Idempotency-Key": message})
    return key


def _release(request: Request, slug: str, release: UUID) -> Release:
    study = access_study(request.user, token_of(request), slug, Scope.READ)
    return get_object_or_404(Release.objects.select_related("study"), study=study, pk=release)


def _described(release: Release, request: Request) -> dict[str, Any]:
    slug, closed = release.study.slug, is_closed(release)
    files = release.manifest.get("files", []) if release.state == Release.State.DONE and not closed else []
    asked = {key: getattr(release, key) for key in PARAMETERS}
    return {
        "id": release.id,
        "study": slug,
        "profile": release.profile,
        "formats": release.formats,
        "asked": {key: str(value) for key, value in asked.items() if value is not None},
        "state": "closed" if closed else release.state,
        "requested_at": release.requested_at,
        "cut_at": release.cut_at,
        "finished_at": release.finished_at,
        "problem": _("Somebody in it has withdrawn. Make a new one.") if closed else release.problem,
        "href": reverse("api-release", args=[slug, release.id], request=request),
        "files": [
            {
                **file,
                "href": reverse("api-release-file", args=[slug, release.id, file["name"]], request=request),
            }
            for file in files
        ],
    }
