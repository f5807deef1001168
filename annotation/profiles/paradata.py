"""What the browser noticed about a page: kept when it is well-formed, never worth losing an answer over."""

import datetime
from typing import Annotated, Any

import orjson
from django.core import signing
from django.http import QueryDict
from django.utils import timezone
from pydantic import Field, ValidationError

from multivocal.domain.shapes import Label, Shape

Milliseconds = Annotated[int, Field(ge=0, le=604_800_000)]
Count = Annotated[int, Field(ge=0, le=10_000_000)]
_SALT = "profiles.shown"
_LONGEST = 64_000


class ItemTiming(Shape):
    """Times of one field since the page was shown, in milliseconds, and how often it changed."""

    first_ms: Milliseconds | None = None
    last_ms: Milliseconds | None = None
    changes: Count | None = None


class PageParadata(Shape):
    """What the form element writes into the hidden field ``paradata``."""

    page_ms: Milliseconds | None = None
    items: dict[Label, ItemTiming] = Field(default_factory=dict, max_length=2_000)
    away_ms: Milliseconds | None = None
    pasted_chars: Count | None = None


def collect(form: QueryDict, rows: dict[str, Any]) -> dict[str, Any]:
    """Return a page's paradata with what was noticed on its scales under ``rows``; {} when there is none."""
    raw = form.get("paradata") or ""
    found: dict[str, Any] = {}
    if raw and len(raw) <= _LONGEST:
        try:
            found = PageParadata.model_validate(orjson.loads(raw)).model_dump(exclude_none=True)
        except (ValidationError, orjson.JSONDecodeError):
            found = {"unreadable": True}
    elif raw:
        found = {"unreadable": True}
    return found | ({"rows": rows} if rows else {})


def stamp() -> str:
    """Return the time a page was painted, signed: reading a page writes nothing, so the page carries its time."""
    return signing.dumps(int(timezone.now().timestamp() * 1000), salt=_SALT, compress=False)


def shown_at(form: QueryDict, now: datetime.datetime) -> datetime.datetime | None:
    """Return when the submitted page was painted; None when the form does not say or was altered."""
    try:
        shown = datetime.datetime.fromtimestamp(
            signing.loads(form.get("shown") or "", salt=_SALT) / 1000, datetime.UTC
        )
    except (signing.BadSignature, TypeError, ValueError, OverflowError):
        return None
    return min(shown, now)
