"""Reading a model's reply: tolerant of what stands around the JSON, strict about what stands in it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from annotation.protocols.registry import ProtocolConfig, Shown, parse_response
from multivocal.domain.shapes import Shape
from multivocal.errors import Refused

LONGEST = 200_000
_FENCE = re.compile(r"```[a-zA-Z]*\s*\n(.*?)```", re.DOTALL)


@dataclass(frozen=True)
class Unparsed:
    """A reply that is no answer, and why."""

    reason: str


def read_reply(config: ProtocolConfig, text: str, shown: Shown) -> Shape | Unparsed:
    """Return the one answer in ``text``, or why there is none.

    JSON may stand alone, in a fence, or between sentences. Out of range is no answer (nothing is clipped, rounded or
    turned into another type), and two different answers are none either.
    """
    answers: dict[str, Shape] = {}
    reason = "no JSON object"
    for found in _objects(text[:LONGEST]):
        try:
            answer = parse_response(config, found, shown)
        except Refused as refusal:
            place = next(iter(refusal.fields.items()), ("", refusal.message))
            reason = f"{place[0]}: {place[1]}".strip(": ")[:300]
            continue
        answers[answer.model_dump_json()] = answer
    if len(answers) > 1:
        return Unparsed("several different answers")
    return next(iter(answers.values()), None) or Unparsed(reason)


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects in a text: the whole of it, else those in fences, else every outermost one."""
    whole = _loads(text.strip())
    if whole is not None:
        yield whole
        return
    fenced = [found for part in _FENCE.findall(text) if (found := _loads(part.strip())) is not None]
    yield from fenced or _outermost(text)


def _outermost(text: str) -> Iterator[dict[str, Any]]:
    decoder = json.JSONDecoder(object_pairs_hook=_distinct, parse_constant=_no_constant)
    at = text.find("{")
    while at >= 0:
        try:
            found, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at = text.find("{", at + 1)
            continue
        yield found
        at = text.find("{", end)


def _loads(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text, object_pairs_hook=_distinct, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")
