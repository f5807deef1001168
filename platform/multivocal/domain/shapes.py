"""Closed shapes: what crosses a boundary (YAML, forms, sockets, REST, model output) is parsed into one of these."""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]

# Control characters (but tab and line breaks) have no place in anything people or files send:
# PostgreSQL refuses NUL, terminals and spreadsheets obey some of the others.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def clean_text(text: str) -> str:
    """Return ``text`` with unified line breaks and without control characters; markup is kept as it is."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


CleanText = Annotated[str, AfterValidator(clean_text)]


def _no_control(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("there are control characters in it")
    return text


Label = Annotated[str, Field(max_length=200), AfterValidator(_no_control)]
"""A name that a program gave: a key, a mark. Nobody wrote it, so what cannot be stored is refused, not mended."""


def _some_language(text: str | dict[str, str]) -> str | dict[str, str]:
    if isinstance(text, dict) and not text:
        raise ValueError("give the text in at least one language")
    return text


LocalText = Annotated[str | dict[Language, str], AfterValidator(_some_language)]
"""A text in one language (a plain string, English) or in several (language tag → string)."""


class Shape(BaseModel):
    """A closed, frozen record: an unknown key is an error, and nothing changes after parsing."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)


def say(text: str | Mapping[str, str], language: str) -> str:
    """Return ``text`` in ``language``, else in its base language, else in English, else in its first one."""
    if isinstance(text, str):
        return text
    for wanted in (language, language.split("-")[0], "en"):
        if wanted in text:
            return text[wanted]
    return next(iter(text.values()))


def problems(error: ValidationError) -> dict[str, str]:
    """Return a validation error as ``{place: sentence}`` with places like ``stages.2.pages.0.id``."""
    found: dict[str, str] = {}
    for item in error.errors(include_url=False, include_context=False, include_input=False):
        place = ".".join(str(part) for part in item["loc"]) or "document"
        message = item["msg"].removeprefix("Value error, ")
        if item["type"] == "extra_forbidden":
            message = "this key is not known here"
        found.setdefault(place, message)
    return found


def unique(values: Iterable[Any], what: str) -> None:
    """Raise ValueError naming the first of ``values`` that stands twice."""
    seen = set()
    for value in values:
        if value in seen:
            raise ValueError(f"the {what} “{value}” stands twice")
        seen.add(value)


__all__ = [
    "CleanText",
    "Field",
    "Label",
    "Language",
    "LocalText",
    "Shape",
    "Slug",
    "clean_text",
    "problems",
    "say",
    "unique",
]
