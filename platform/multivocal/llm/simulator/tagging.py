"""Describing a prompt: what a request for tags asks, and the same tags for the same prompt every time."""

import hashlib
import re
from collections.abc import Sequence

import orjson

from multivocal.llm.simulator.listening import language_of

_ASKED = re.compile(r"^([a-z_]+): (.+)$")
_LANGUAGES = {"en": "English", "de": "German", "es": "Spanish", "fr": "French", "ar": "Arabic"}
_KNOWN = {
    "safety": ((r"\b(bomb|weapon|kill|poison)", "high"), (r"\b(drug|medicine|dose|hack)", "moderate")),
    "subject": (
        (r"\b(medicine|dose|doctor|health|pain)", "Medicine and health"),
        (r"\b(prime|number|seven|equation|sum)\b", "Mathematics"),
        (r"\b(code|program|python|function)\b", "Computer sciences"),
        (r"\b(law|contract|court)\b", "Law"),
    ),
}


def tagging_reply(messages: list[dict[str, str]]) -> str | None:
    """Return the tags of the prompt in ``messages`` as JSON; None where they ask for something else."""
    if (
        len(messages) < 2
        or messages[0]["role"] != "system"
        or not messages[-1]["content"].startswith("=====\n")
    ):
        return None
    told, text = messages[0]["content"], messages[-1]["content"][6:].removesuffix("\n=====")
    asked = _asked(told)
    if "open_endedness" not in asked:
        return None
    found: dict[str, list[str] | None] = {}
    for key, options in asked.items():
        found[key] = _said(key, options, text)
    return orjson.dumps(found).decode()


def _asked(told: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    key = ""
    for line in told.splitlines():
        if line.startswith("  options: "):
            found[key] = line.removeprefix("  options: ").split("; ")
        elif line.startswith("  - "):
            found[key].append(line.removeprefix("  - ").partition(": ")[0])
        elif match := _ASKED.match(line):
            key = match[1]
            found[key] = []
    return found


def _said(key: str, options: Sequence[str], text: str) -> list[str] | None:
    if not options:
        return ["a table"] if key == "context" and "|" in text else []
    if key == "language":
        # A language that is not known here is unknown, as a model's may be.
        name = _LANGUAGES.get(language_of(text), "")
        return [name] if name in options else None
    for pattern, option in _KNOWN.get(key, ()):
        if re.search(pattern, text, re.IGNORECASE) and option in options:
            return [option]
    if key == "safety":
        return [options[0]]
    draw = hashlib.sha256(f"{key}\x1f{text}".encode("utf-8", "replace")).digest()
    return [options[draw[0] % len(options)]]
