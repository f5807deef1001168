"""Every text of a study that people read, with its place: found by the type of its field, not by guessing."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel

from multivocal.domain.shapes import LocalText

_MARK = get_args(LocalText)[1]


def local_texts(shape: BaseModel, place: str = "") -> Iterator[tuple[str, str | Mapping[str, str]]]:
    """Yield ``(place, text)`` for every non-empty text that was given in ``shape`` and everything inside it."""
    for name in shape.model_fields_set:
        field = type(shape).model_fields[name]
        value = getattr(shape, name)
        inner = f"{place}.{name}".lstrip(".")
        local = _MARK in field.metadata or _holds_local(field.annotation)
        if local and get_origin(field.annotation) is dict:  # texts by name, as in {"being-asked": {"en": …}}
            for key, text in value.items():
                yield from _inside(text, f"{inner}.{key}", local=True)
        else:
            yield from _inside(value, inner, local=local)


def _inside(value: Any, place: str, *, local: bool) -> Iterator[tuple[str, str | Mapping[str, str]]]:
    if isinstance(value, BaseModel):
        yield from local_texts(value, place)
    elif isinstance(value, tuple | list):
        for n, item in enumerate(value):
            yield from _inside(item, f"{place}.{n}", local=local)
    elif local and value and isinstance(value, str | Mapping):
        yield place, value


def _holds_local(annotation: Any) -> bool:
    if get_origin(annotation) is Annotated:
        return _MARK in annotation.__metadata__ or _holds_local(annotation.__origin__)
    return any(_holds_local(inner) for inner in get_args(annotation) if not isinstance(inner, str))


def missing_languages(text: str | Mapping[str, str], languages: tuple[str, ...]) -> list[str]:
    """Return the languages of a study in which ``text`` is not given.

    A plain text is in the study's only language, or English; one without letters (“18–24”) is in all.
    """
    if isinstance(text, str):
        if len(languages) == 1 or not any(letter.isalpha() for letter in text):
            return []
        return [language for language in languages if language != "en"]
    return [language for language in languages if not text.get(language, "").strip()]
