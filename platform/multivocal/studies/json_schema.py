"""The JSON Schema of study files, for editors and for the admin's forms."""

import functools
import json
from typing import Any

from django.http import HttpRequest, HttpResponse

from multivocal.studies.definition import study_shape


@functools.cache
def study_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12) of the study document with every registered stage kind."""
    schema = study_shape().model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "/schemas/study/1.json",
        **schema,
        "title": "Study",
    }


@functools.cache
def schema_text() -> str:
    """Return the schema as the text that is published and kept in ``docs/study.schema.json``."""
    return json.dumps(study_schema(), indent=2, ensure_ascii=False) + "\n"


def study_schema_page(request: HttpRequest) -> HttpResponse:
    """Publish the schema; editors fetch it from other origins."""
    response = HttpResponse(schema_text(), content_type="application/schema+json; charset=utf-8")
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
