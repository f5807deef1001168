"""REST framework's exceptions in the one shape of all errors."""

from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from multivocal.errors import Refused, TooLarge


def as_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the answer to ``error``; None for an unforeseen one, which becomes the 500 answer."""
    if isinstance(error, RequestDataTooBig):
        error = TooLarge("This is more than the server takes at once.")
    if isinstance(error, Refused):
        set_rollback()
        return Response(error.as_json(), status=error.status)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    headers: dict[str, str] = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return Response(_body(error), status=error.status_code, headers=headers)


def _body(error: exceptions.APIException) -> dict[str, Any]:
    fields = dict(_places("", error.detail)) if isinstance(error, exceptions.ValidationError) else {}
    if fields:
        return {"code": "invalid", "message": "Some fields need another look.", "fields": fields}
    codes = error.get_codes()
    code = codes if isinstance(codes, str) else "invalid"
    detail = error.detail if isinstance(error.detail, str) else error.default_detail
    return {"code": _CODES.get(code, code), "message": str(detail), "fields": {}}


def _places(prefix: str, detail: Any) -> list[tuple[str, str]]:
    if isinstance(detail, dict):
        return [
            pair for key, inner in detail.items() for pair in _places(f"{prefix}.{key}".strip("."), inner)
        ]
    if isinstance(detail, list):
        if all(isinstance(item, str) for item in detail):
            return [(prefix or "document", " ".join(str(item) for item in detail))]
        return [pair for n, inner in enumerate(detail) for pair in _places(f"{prefix}.{n}".strip("."), inner)]
    return [(prefix or "document", str(detail))]


# REST framework's words for what the tree of refusals already names.
_CODES = {
    "not_authenticated": "not_known",
    "authentication_failed": "not_known",
    "permission_denied": "forbidden",
    "parse_error": "invalid",
    "unsupported_media_type": "wrong_type",
    "throttled": "busy",
}
