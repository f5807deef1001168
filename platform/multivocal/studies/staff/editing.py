"""The editor: one page holding the document and its schema, and the address it saves to while one types."""

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from multivocal.errors import Invalid, Refused, WrongType
from multivocal.llm.models import LanguageModel
from multivocal.studies.access import Right
from multivocal.studies.edits import current_document, save_edit
from multivocal.studies.json_schema import study_schema
from multivocal.studies.models import Study
from multivocal.studies.places import study_problems
from multivocal.studies.preflight import check_study
from multivocal.studies.staff.pages import page_url, study_page, the_study
from multivocal.studies.versions import live_version, newest_version
from multivocal.studies.yaml_in import read_yaml
from multivocal.studies.yaml_out import SCHEMA_ADDRESS, write_yaml


@require_GET
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the editor with what was typed last."""
    study = the_study(request, slug, Right.EDIT)
    document, base = current_document(study)
    start = {
        "document": document,
        "base": base,
        "at": last.at.isoformat() if base and (last := study.edits.filter(pk=base).first()) else "",
        "schema": study_schema(),
        "problems": problems_of(document),
        "urls": {
            name: page_url(study, name) for name in ("save", "to_yaml", "from_yaml", "preview", "overview")
        },
        "models": list(LanguageModel.objects.values_list("name", flat=True)),
        "languages": dict(settings.LANGUAGES),
        "closed": study.state == Study.State.CLOSED,
        "live": live.number if (live := live_version(study)) else None,
    }
    return study_page(request, study, "edit", "edit", {"start": start})


@require_POST
def save(request: HttpRequest, slug: str) -> JsonResponse:
    """Keep what the editor sends: {"document", "base", "step"}; answers with every mistake and its place."""
    study = the_study(request, slug, Right.EDIT)
    body = _json(request)
    base = body.get("base")
    if base is not None and not isinstance(base, int):
        raise Invalid(_("base must be a number."), fields={"base": _("a whole number is needed")})
    try:
        seen_at = datetime.fromisoformat(str(body.get("at") or "")).isoformat()
    except ValueError:
        seen_at = ""
    try:
        saved = save_edit(
            study=study,
            user=request.user,
            document=body.get("document"),
            base=base,
            seen_at=seen_at,
            step=bool(body.get("step")),
        )
    except Refused as refusal:
        return JsonResponse(refusal.as_json(), status=refusal.status)
    newest = newest_version(study)
    findings = check_study(newest.shape) if newest and not saved.problems else []
    return JsonResponse({
        "base": saved.edit.pk,
        "at": timezone.localtime(saved.edit.at).isoformat(),
        "problems": saved.problems,
        "findings": [{"level": f.level, "place": f.place, "message": f.message} for f in findings],
        "version": newest.number if newest and not saved.problems else None,
    })  # fmt: skip


@require_POST
def to_yaml(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the document in the body as YAML."""
    the_study(request, slug, Right.READ)
    document = _json(request).get("document")
    if not isinstance(document, dict):
        raise Invalid(_("A study is a mapping of keys to values."))
    return HttpResponse(write_yaml(document, schema=SCHEMA_ADDRESS), content_type="text/yaml; charset=utf-8")


@require_POST
def from_yaml(request: HttpRequest, slug: str) -> JsonResponse:
    """Return the YAML in the body as a document with its mistakes and their lines; nothing is stored."""
    the_study(request, slug, Right.EDIT)
    try:
        read = read_yaml(request.body)
    except Refused as refusal:
        return JsonResponse(refusal.as_json(), status=refusal.status)
    problems = problems_of(read.data)
    return JsonResponse(
        {
            "document": read.data,
            "problems": problems,
            "lines": {place: read.line(place) for place in problems},
        }
    )


@require_GET
def download(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Give one version as a YAML file."""
    study = the_study(request, slug, Right.READ)
    version = study.versions.filter(number=number).first()
    if version is None:
        raise Invalid(_("There is no such version."), code="no_version")
    text = write_yaml(version.definition, schema=request.build_absolute_uri(SCHEMA_ADDRESS))
    response = HttpResponse(text, content_type="text/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{study.slug}-v{number}.yaml"'
    return response


def problems_of(document: Any) -> dict[str, str]:
    """Return every mistake in ``document`` with its place, or nothing."""
    from pydantic import ValidationError

    from multivocal.studies.definition import study_shape

    try:
        study_shape().model_validate(document)
    except ValidationError as error:
        return study_problems(error, document)
    return {}


def _json(request: HttpRequest) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise WrongType(_("Send JSON."))
    try:
        body = json.loads(request.body)
    except ValueError:
        raise Invalid(_("This is not JSON.")) from None
    if not isinstance(body, dict):
        raise Invalid(_("Send an object."))
    return body
