"""The simulator as a judge of values: are two the same, a story of a step between them, is a story fit to read."""

import hashlib
import re
from collections.abc import Sequence
from typing import Any

import orjson

from multivocal.llm.simulator.embeddings import embed
from multivocal.llm.simulator.listening import words_of

_FENCED = re.compile(
    r"^<<<([a-z]+)(?: (\d{1,9}))? ([0-9a-f]{8})>>>\n(.*?)\n<<<end \3>>>$", re.DOTALL | re.MULTILINE
)
_SAME = 0.72  # cosine of the policies' words from which two values are one
_LEAST, _MOST = 62, 88
_MORE = (
    "That was never wrong, but it left something out.",
    "Last winter somebody close to me needed me, and I caught myself doing the same again.",
    "What I had wanted before was still there, and most of it took care of itself.",
    "Nobody told me to; I only noticed what it did to the other person.",
    "It felt slower at first, and after a while it felt like the only sensible way.",
)


def valuing_reply(messages: Sequence[dict[str, str]], schema: dict[str, Any] | None) -> str | None:
    """Return the JSON that such a request asks for; None where the request is about something else."""
    asked = (schema or {}).get("properties", {})
    text = messages[-1]["content"] if messages else ""
    parts = list(_FENCED.finditer(text))
    named = {part[1]: part[4] for part in parts}
    if "verdicts" in asked and "card" in named:
        known = {int(part[2]): part[4] for part in parts if part[1] == "value" and part[2]}
        return orjson.dumps({"verdicts": _verdicts(known, named["card"])}).decode()
    if {"situation", "first", "second"} <= named.keys():
        if "respectful" in asked and "story" in named:
            return orjson.dumps(_check(named["story"])).decode()
        if "story" in asked:
            again = "An earlier story did not pass" in text
            return orjson.dumps(_story(named["situation"], named["first"], named["second"], again)).decode()
    return None


def _verdicts(known: dict[int, str], card: str) -> list[dict[str, Any]]:
    mine = embed("\n".join(_policies(card)).lower())
    found = []
    for number, text in known.items():
        near = sum(a * b for a, b in zip(mine, embed("\n".join(_policies(text)).lower()), strict=True))
        same = near >= _SAME
        reason = (
            "They attend to the same things in other words." if same else "They attend to different things."
        )
        found.append(
            {
                "value": number, "motivation": reason, "complete": same, "practical": near >= _SAME - 0.1,
                "design": near >= _SAME - 0.2, "correctable": same, "granular": near >= 0.3,
            }
        )  # fmt: skip
    return found


def _policies(text: str) -> list[str]:
    return [line.removeprefix("- ") for line in text.split("\n") if line.startswith("- ")]


def _title(text: str) -> str:
    return text.split("\n", 1)[0]


def _thing(policy: str) -> str:
    """Return a policy as it stands in a sentence: its first word in small letters, not too long."""
    first, _space, rest = policy.partition(" ")
    words = [first.lower(), *rest.split()][:10]
    return " ".join(words).rstrip(",;:.")


def _story(situation: str, first: str, second: str, again: bool) -> dict[str, Any]:
    before, after = _policies(first), _policies(second)
    number = _number(situation, first, second, str(again))
    old = _thing(before[number % len(before)]) if before else "one thing alone"
    new = [_thing(after[(number + n) % len(after)]) for n in (0, 1)] if after else ["more than that"] * 2
    told = [f"{situation.rstrip('.')}, I used to watch for {old}."]
    more = list(_MORE[number % 5 :] + _MORE[: number % 5])
    told += [more.pop(0), f"One day I looked for {new[0]} instead."]
    close = f"Now I begin with {new[1]}, and the rest has its place in it."
    while more and _count([*told, close]) < _LEAST:
        told.append(more.pop(0))
    words = " ".join([*told, close]).split()
    return {
        "about": f"It was about what stands behind {old}.",
        "clearer": f"It makes clearer that {_title(second).lower()} already holds it.",
        "mapping": [{"policy": policy, "how": f"It shows in {new[0]}."} for policy in before],
        "story": " ".join(words[:_MOST]),
    }


def _count(sentences: Sequence[str]) -> int:
    return sum(len(sentence.split()) for sentence in sentences)


def _check(story: str) -> dict[str, Any]:
    number = _number(story)
    marks = [5 if number >> n & 3 else 4 for n in (0, 2, 4, 6)]
    if number % 23 == 0 or len(words_of(story)) < 20:
        return {
            "clear": 2, "gain": marks[1], "fits": marks[2], "respectful": marks[3],
            "reason": "It stays unclear what changed.",
        }  # fmt: skip
    clear, gain, fits, respectful = marks
    return {
        "clear": clear, "gain": gain, "fits": fits, "respectful": respectful,
        "reason": "It is plain what changed, and nothing is lost.",
    }  # fmt: skip


def _number(*texts: str) -> int:
    return int.from_bytes(hashlib.sha256("\x1f".join(texts).encode()).digest()[:4], "big")
