"""Reading a judgement out of a posted plain form: what was left blank is missing, never zero."""

from collections.abc import Iterable, Mapping
from typing import Any

PREFIX = "answer."


def words(form: Any, name: str) -> str | None:
    """Return a field's text without outer blanks, or None where nothing stands there."""
    return (form.get(PREFIX + name) or "").strip() or None


def whole(form: Any, name: str) -> int | str | None:
    """Return a field's whole number; what is no number stays the text it is, for the check to refuse."""
    text = words(form, name)
    if text is None:
        return None
    digits = text.lstrip("-−+")
    # Phones with an Arabic keyboard send Arabic digits; int() reads them.
    if digits.isdecimal() and len(digits) <= 9 and len(text) - len(digits) <= 1:
        return int(text.replace("−", "-"))
    return text


def many(form: Any, name: str) -> list[str]:
    """Return every value a field was sent with."""
    return [value for value in form.getlist(PREFIX + name) if value.strip()]


def wholes(form: Any, name: str, keys: Iterable[str]) -> dict[str, Any]:
    """Return ``name.key`` → whole number for the keys that were filled in."""
    return known({key: whole(form, f"{name}.{key}") for key in keys})


def known(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that are there."""
    return {key: value for key, value in values.items() if value is not None}
