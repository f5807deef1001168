"""Where a document is wrong: every mistake with the place a person finds it at, in words."""

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

_NAMED = re.compile(r"^([a-z_]+(?:\.[A-Za-z0-9_-]+)*): (.+)$", re.S)


def study_problems(error: ValidationError, document: Any) -> dict[str, str]:
    """Return ``{place: sentence}``; places are paths through ``document`` like ``stages.2.pages.0.id``."""
    found: dict[str, str] = {}
    items = [
        (path_in(document, item["loc"]), item)
        for item in error.errors(include_url=False, include_input=False)
    ]
    for place, item in items:
        if item["type"] == "too_short" and any(other.startswith(f"{place}.") for other, _item in items):
            continue  # counted after the wrong ones were left out
        message = sentence(item)
        for line in message.split("\n"):
            named = _NAMED.match(line) if item["type"] == "value_error" else None
            where, what = (_join(place, named[1]), named[2]) if named else (place, line)
            # A text that may be a string or a mapping fails twice at one place: one sentence is enough.
            found.setdefault(where, what)
    return found


def _join(place: str, inner: str) -> str:
    return inner if place == "document" else f"{place}.{inner}"


def path_in(document: Any, loc: Iterable[int | str]) -> str:
    """Return ``loc`` as a path, without the names of alternatives that pydantic puts between."""
    here, path = document, []
    parts = list(loc)
    for n, part in enumerate(parts):
        last = n == len(parts) - 1
        in_list = isinstance(here, list) and isinstance(part, int) and part < len(here)
        if in_list or (isinstance(here, dict) and part in here):
            here = here[part]
        elif not (last and isinstance(here, dict) and isinstance(part, str) and _is_key(part)):
            continue
        else:
            here = None
        path.append(str(part))
    return ".".join(path) or "document"


def _is_key(part: str) -> bool:
    return re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", part) is not None and part not in {
        "str",
        "int",
        "float",
        "bool",
    }


def sentence(item: Any) -> str:
    """Return one of pydantic's errors in plain words."""
    context = item.get("ctx") or {}
    match item["type"]:
        case "extra_forbidden":
            return _("this key is not known here")
        case "missing":
            return _("this is needed")
        case "union_tag_not_found":
            return _("say which kind this is")
        case "union_tag_invalid":
            return _("the kind “{tag}” is not known; there are {known}").format(
                tag=context.get("tag"), known=context.get("expected_tags")
            )
        case "string_type" | "dict_type":
            return _("a text is needed (put it in quotes if it looks like a number)")
        case "string_pattern_mismatch":
            if str(context.get("pattern")).startswith("^[a-z][a-z0-9_-]"):
                return _("small letters, digits, - and _ are needed here, with a letter first")
            return _("this does not have the form it must have ({pattern})").format(
                pattern=context.get("pattern")
            )
        case "literal_error":
            return _("one of {expected} is needed").format(expected=context.get("expected"))
        case "int_type" | "int_parsing" | "int_from_float":
            return _("a whole number is needed")
        case "float_type" | "float_parsing" | "decimal_type" | "decimal_parsing":
            return _("a number is needed")
        case "tuple_type" | "list_type":
            return _("a list is needed")
        case "model_type" | "model_attributes_type":
            return _("a mapping of keys to values is needed")
        case "too_short":
            return _("at least {n} needed here").format(n=context.get("min_length"))
        case "too_long":
            return _("at most {n} may stand here").format(n=context.get("max_length"))
        case "value_error":
            return str(context.get("error", item["msg"])).removeprefix("Value error, ")
    return str(item["msg"])
