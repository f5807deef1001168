"""Telling the separate replies of one joint call apart; pure."""

import json
import re

_FENCE = re.compile(r"^```[a-z]*\n(.*)\n```$", re.S)
_MARK = re.compile(r"^\s*(?:#{2,}|\d+[.):])\s*(?:reply|response|answer)?\s*\d*[.:)]*\s*", re.I | re.M)


def parse_replies(text: str) -> list[str]:
    """Return the separate replies in a model's text: JSON first, else numbered or marked paragraphs.

    Replies that are the same but for case, spacing and punctuation count once. Returns [] for garbage.
    """
    body = text.strip()
    if fenced := _FENCE.match(body):
        body = fenced[1]
    try:
        data = json.loads(body)
    except ValueError:
        found = [part.strip() for part in _MARK.split(body)[1:]]
    else:
        if isinstance(data, dict):
            data = data.get("replies")
        found = [r.strip() for r in data if isinstance(r, str)] if isinstance(data, list) else []
    kept: dict[str, str] = {}
    for reply in found:
        likeness = re.sub(r"\W+", " ", reply.casefold()).strip()
        if likeness:
            kept.setdefault(likeness, reply)
    return list(kept.values())
