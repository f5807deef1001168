"""Rows of the form in which passages are marked."""

from collections.abc import Mapping
from typing import Any

from django import template

from annotation.protocols.kinds.spans.texts import hash_of, occurrence_of, place_of

register = template.Library()
BLANK = 3


@register.simple_tag(takes_context=True)
def text_hash(context: Any, slot: str) -> str:
    """Return the hash of the text the reader marks."""
    return hash_of(context["shown"], slot)


@register.simple_tag(takes_context=True)
def span_rows(context: Any) -> list[dict[str, Any]]:
    """Return the rows that were given and some empty ones; a passage that its words cannot find keeps its offsets."""
    given = context["given"].get("spans") if isinstance(context["given"], Mapping) else None
    spans = given if isinstance(given, list | tuple) else []
    context["nothing_marked"] = given is not None and not spans
    texts = context["shown"].texts
    rows = [_row(n, span, texts) for n, span in enumerate(spans) if isinstance(span, Mapping)]
    wanted = min(len(rows) + BLANK, context["config"]["most"])
    rows += [_row(n, {}, texts) | {"empty": True} for n in range(len(rows), wanted)]
    return rows


def _row(n: int, span: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {"n": n, "number": n + 1, "at": f"spans.{n}.", "start": "", "end": "", "quote": ""}
    row |= {key: span.get(key) or "" for key in ("slot", "label", "severity", "quote", "occurrence")}
    start, end = span.get("start"), span.get("end")
    text = texts.get(str(row["slot"]), "")
    if isinstance(start, int) and isinstance(end, int) and 0 <= start < end:
        words, occurrence = text[start:end], occurrence_of(text, start, end)
        if place_of(text, words, occurrence) == (start, end):
            row |= {"quote": words, "occurrence": occurrence}
        else:
            row |= {"start": start, "end": end, "words": words}
    return row
