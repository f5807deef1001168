"""Passages by offsets and by their words: finding a quotation, reading the plain form, hashing what was shown."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from annotation.protocols.forms import known, whole, words
from annotation.protocols.shapes import Shown


def hash_of(shown: Shown, slot: str) -> str:
    """Return the SHA-256 of a slot's text in UTF-8; of the empty text where there is none."""
    return hashlib.sha256(shown.texts.get(slot, "").encode()).hexdigest()


def place_of(text: str, quote: str, occurrence: int = 1) -> tuple[int, int]:
    """Return where the words stand in ``text`` the given time, in code points; (-1, -1) where they do not.

    Blanks and line breaks between words may differ: a form gives them back changed.
    """
    if not (parts := quote.split()):
        return -1, -1
    for n, match in enumerate(re.finditer(r"\s+".join(map(re.escape, parts)), text), start=1):
        if n == occurrence:
            return match.span()
    return -1, -1


def occurrence_of(text: str, start: int, end: int) -> int:
    """Return which time the words of a passage stand there: what ``place_of`` undoes."""
    pattern = r"\s+".join(map(re.escape, text[start:end].split()))
    starts = [match.start() for match in re.finditer(pattern, text)] if pattern else []
    return starts.index(start) + 1 if start in starts else 1


def found(span: Any, shown: Shown) -> Any:
    """Return a span given by its words with its offsets in their place; anything else as it is."""
    if not isinstance(span, Mapping) or "quote" not in span:
        return span
    quote, occurrence = span["quote"], span.get("occurrence", 1)
    rest = {key: value for key, value in span.items() if key not in ("quote", "occurrence")}
    text = shown.texts.get(str(span.get("slot")), "")
    start, end = -1, -1
    if isinstance(quote, str) and len(quote) <= len(text) and type(occurrence) is int:
        start, end = place_of(text, quote, occurrence)
    return {**rest, "start": start, "end": end}


def read_spans(form: Any, shown: Shown, most: int) -> dict[str, Any]:
    """Return the rows of a form that have words or offsets, and the hashes it was painted with.

    An empty list means that "nothing to mark" was ticked; without that and without rows there is no answer.
    """
    spans = []
    for n in range(min(most, 200) + 1):
        name = f"spans.{n}."
        row = {
            "slot": words(form, name + "slot"),
            "quote": words(form, name + "quote"),
            "start": whole(form, name + "start"),
            "end": whole(form, name + "end"),
            "occurrence": whole(form, name + "occurrence"),
            "label": words(form, name + "label"),
            "severity": words(form, name + "severity"),
        }
        if row["quote"] is not None:
            spans.append({**known({**row, "start": None, "end": None}), "severity": row["severity"]})
        elif row["start"] is not None:
            spans.append({**known({**row, "occurrence": None}), "severity": row["severity"]})
    given: dict[str, Any] = {}
    if spans or words(form, "nothing"):
        given["spans"] = spans
    hashes = known({slot: words(form, f"text_sha256.{slot}") for slot in shown.slots})
    return {**given, "text_sha256": hashes} if hashes else given
