"""The request for several deliberately different answers in one call: is it one, and how should it look."""

import random
import re

from multivocal.llm.simulator.personalities import PERSONALITIES, Personality
from multivocal.llm.simulator.speech import Message, Speech

_NUMBERS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "zwei": 2, "drei": 3, "vier": 4, "dos": 2, "tres": 3, "cuatro": 4, "deux": 2, "trois": 3, "quatre": 4,
}  # fmt: skip
_COUNT = re.compile(
    r"\b(\d{1,2}|" + "|".join(_NUMBERS) + r")\b(?:\s+[\w-]+,?){0,4}?\s+"
    r"(?:answers|responses|replies|candidates|options|antworten|respuestas|réponses)\b",
    re.IGNORECASE,
)
_MARKS = ("###", "===", "---", "***", "|||", "%%%", "@@@")


def answers_asked(messages: list[Message]) -> int:
    """Return how many different answers the instructions ask for in one call; 1 where they ask for none."""
    for message in messages:
        if message["role"] in {"system", "developer"} or message is messages[-1]:
            found = _COUNT.search(message["content"][:20_000])
            if found:
                word = found.group(1).lower()
                count = int(word) if word.isdigit() else _NUMBERS[word]
                if 2 <= count <= 12:
                    return count
    return 1


def different_answers(who: Personality, messages: list[Message], count: int, rng: random.Random) -> list[str]:
    """Return ``count`` answers, each in another personality's voice, so that they really differ."""
    prose = [each for each in PERSONALITIES.values() if each.form == "prose" and each.language is None]
    voices = rng.sample(prose, k=min(count, len(prose)))
    voices[0] = who if who.form == "prose" else voices[0]
    found: dict[str, None] = {}
    while len(found) < count:
        voice = voices[len(found) % len(voices)]
        found[Speech(voice, messages, rng).say().replace("\n\n", " ")] = None
    return list(found)


def lay_out(answers: list[str], instructions: str) -> str | list[str]:
    """Return the answers as the instructions want them: a list (for JSON), or one delimited text."""
    if re.search(r"\bjson\b", instructions, re.IGNORECASE):
        return answers
    tag = re.search(r"<(answer|response|reply|candidate)\b", instructions, re.IGNORECASE)
    if tag:
        name = tag.group(1)
        return "\n".join(f"<{name}>{text}</{name}>" for text in answers)
    for mark in _MARKS:
        if mark in instructions:
            if re.search(rf"{re.escape(mark)}\s*1\b", instructions):
                return "\n\n".join(f"{mark} {n}\n{text}" for n, text in enumerate(answers, 1))
            if re.search(r"separat|between|trenn|split|divid", instructions, re.IGNORECASE):
                return f"\n{mark}\n".join(answers)
            return "\n\n".join(f"{mark} {text}" for text in answers)
    return "\n\n".join(f"{n}. {text}" for n, text in enumerate(answers, 1))
