"""Fencing off what people wrote, so that a model reads it as material and never as an instruction. Pure."""

import hashlib
import hmac
import re

_MARKS = re.compile(r"[<>]{3,}")


def fence_code(secret: str, subject: str) -> str:
    """Return eight hexadecimal digits that nobody outside can guess, the same for the same subject."""
    return hmac.new(secret.encode(), subject.encode(), hashlib.sha256).hexdigest()[:8]


def harmless(text: str) -> str:
    """Return ``text`` without anything that looks like a fence."""
    return _MARKS.sub(lambda found: "‹›"[found[0][0] == ">"] * len(found[0]), text)


def fenced(name: str, text: str, code: str, number: int | None = None) -> str:
    """Return ``text`` between fences that carry ``code``."""
    place = name if number is None else f"{name} {number}"
    return f"<<<{place} {code}>>>\n{harmless(text)}\n<<<end {code}>>>"
