"""JSON as files have it: a key that stands twice, NaN, and characters no database keeps are errors, not data."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

UNKEPT = re.compile(r"[\x00\ud800-\udfff]")


def load_json(text: str) -> Any:
    """Return the value of ``text``; raise ValueError with what is wrong, in words that stand after a line's number."""
    try:
        data = json.loads(
            text,
            object_pairs_hook=_no_twins,
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_whole,
        )
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON: {error.msg} at character {error.pos + 1}") from None
    for found in _texts(data):
        if bad := UNKEPT.search(found):
            raise ValueError(f"has a character that no text can have (U+{ord(bad[0]):04X})")
    return data


def _texts(data: Any) -> Iterator[str]:
    waiting = [data]
    while waiting:
        match waiting.pop():
            case str() as text:
                yield text
            case list() as values:
                waiting.extend(values)
            case dict() as values:
                yield from values
                waiting.extend(values.values())


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        keys = [key for key, _value in pairs]
        twin = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"has the key “{twin[:40]}” twice in one object")
    return data


def _no_constant(name: str) -> Any:
    raise ValueError(f"has {name}, which is no number here")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"has a number that is too large ({text[:20]})")
    return number


def _whole(text: str) -> int:
    if len(text) > 300:
        raise ValueError(f"has a number that is too large ({text[:20]}…)")
    return int(text)
