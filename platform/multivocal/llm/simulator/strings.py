"""Strings that fit a JSON schema: formats, lengths, and simple patterns."""

import datetime
import random
import re
import uuid
from collections.abc import Callable
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as sre_parser  # type: ignore[attr-defined]
from typing import Any

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def string_for(schema: dict[str, Any], rng: random.Random, speak: Callable[[], str]) -> str:
    """Return a string that fits ``schema``'s pattern, format and lengths; else what ``speak`` says."""
    if schema.get("pattern"):
        return _from_pattern(str(schema["pattern"]), rng)
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]](rng)
    text = speak()
    least, most = int(schema.get("minLength", 0)), schema.get("maxLength")
    while len(text) < least:
        text = f"{text} {speak()}"
    if most is not None and len(text) > most:
        cut = text[:most].rsplit(" ", 1)[0].rstrip(" ,;:.")
        text = cut if len(cut) >= max(1, least) else text[:most]
    return text


def _day(rng: random.Random) -> datetime.date:
    return datetime.date(2020, 1, 1) + datetime.timedelta(days=rng.randrange(2000))


_FORMATS: dict[str, Callable[[random.Random], str]] = {
    "date": lambda rng: _day(rng).isoformat(),
    "date-time": lambda rng: f"{_day(rng).isoformat()}T{rng.randrange(24):02d}:{rng.randrange(60):02d}:00Z",
    "time": lambda rng: f"{rng.randrange(24):02d}:{rng.randrange(60):02d}:00Z",
    "uuid": lambda rng: str(uuid.UUID(int=rng.getrandbits(128), version=4)),
    "email": lambda rng: "".join(rng.choices(_LETTERS, k=6)) + "@example.org",
    "uri": lambda rng: "https://example.org/" + "".join(rng.choices(_LETTERS, k=6)),
}


def _from_pattern(pattern: str, rng: random.Random) -> str:
    """Return a string that ``pattern`` finds; ValueError for patterns that are too clever for this."""
    made = "".join(_make(op, value, rng) for op, value in sre_parser.parse(pattern))
    if not re.search(pattern, made):
        raise ValueError(f"no string could be made for the pattern {pattern}")
    return made


def _make(op: Any, value: Any, rng: random.Random) -> str:
    if op is sre.LITERAL:
        return chr(value)
    if op is sre.ANY:
        return rng.choice(_LETTERS)
    if op is sre.AT:
        return ""
    if op is sre.IN:
        return _one_of(value, rng)
    if op in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        low, high, inner = value
        count = rng.randint(low, min(high, low + 6))
        return "".join(_make(o, v, rng) for _ in range(count) for o, v in inner)
    if op is sre.SUBPATTERN:
        return "".join(_make(o, v, rng) for o, v in value[-1])
    if op is sre.BRANCH:
        return "".join(_make(o, v, rng) for o, v in rng.choice(value[1]))
    raise ValueError("this pattern is too clever to be filled")


def _one_of(items: Any, rng: random.Random) -> str:
    if items[0][0] is sre.NEGATE:
        barred = re.compile("[" + "".join(_as_class(op, value) for op, value in items[1:]) + "]")
        return rng.choice([c for c in _LETTERS + "0123456789 " if not barred.match(c)])
    op, value = rng.choice(items)
    if op is sre.LITERAL:
        return chr(value)
    if op is sre.RANGE:
        return chr(rng.randint(*value))
    kinds = {sre.CATEGORY_DIGIT: "0123456789", sre.CATEGORY_WORD: _LETTERS, sre.CATEGORY_SPACE: " "}
    return rng.choice(kinds.get(value, _LETTERS))


def _as_class(op: Any, value: Any) -> str:
    if op is sre.RANGE:
        return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    if op is sre.LITERAL:
        return re.escape(chr(value))
    return {sre.CATEGORY_DIGIT: r"\d", sre.CATEGORY_WORD: r"\w", sre.CATEGORY_SPACE: r"\s"}.get(value, "")
