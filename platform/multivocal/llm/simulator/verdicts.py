"""Saying a judgement in the form that was asked for: which field gets what, read from the schema and the words."""

import random
import re
from typing import Any

import orjson

from multivocal.llm.simulator.judges import KnownTaste, certainty, known_worths
from multivocal.llm.simulator.judging import Material, worth_of
from multivocal.llm.simulator.listening import words_of
from multivocal.llm.simulator.personalities import Taste

_SCALE = re.compile(r"\bfrom (-?\d+)(?: \([^)]*\))? to (-?\d+)")
_STEPS = re.compile(r"on the scale ((?:-?\d+, )*-?\d+)")
_KEYED = re.compile(r"([A-Za-z][\w-]*) \(")


class Verdict:
    """One judgement; ``say(schema)`` fills a JSON schema with it. ValueError where the schema is of another kind."""

    def __init__(self, material: Material, taste: Taste, rng: random.Random) -> None:
        self.material, self.taste, self.rng = material, taste, rng
        self.told = material.words()
        self.slots = list(material.responses)
        self.known = isinstance(taste, KnownTaste)
        if isinstance(taste, KnownTaste):
            self.worth = known_worths(material, taste, rng)
        else:
            self.worth = worth_of(material, taste, rng)
        self.root: dict[str, Any] = {}

    def say(self, schema: dict[str, Any]) -> str:
        """Return the judgement as JSON that fits ``schema``."""
        self.root = schema
        return orjson.dumps(self._fill(schema, ())).decode()

    def _fill(self, schema: dict[str, Any], path: tuple[str, ...]) -> Any:
        if "$ref" in schema:
            schema = self.root["$defs"][schema["$ref"].rpartition("/")[2]]
        if "anyOf" in schema:
            return self._fill(self._chosen(schema["anyOf"], path), path)
        kind = schema.get("type")
        if kind == "object":
            return {name: self._fill(part, (*path, name)) for name, part in schema["properties"].items()}
        if kind == "array":
            return (
                self._spans() if path[-1] == "spans" else self._keys(r"Tick the tags that apply: (.*?)\.")[:1]
            )
        if kind == "integer":
            return self._number(path)
        if kind == "string":
            return self._word(path, schema.get("enum"))
        if kind == "null":
            return None
        raise ValueError(f"no judgement has the type “{kind}”")

    def _chosen(self, choices: list[dict[str, Any]], path: tuple[str, ...]) -> dict[str, Any]:
        """Return the judgement, not the non-answer (unless there is nothing to judge); what was asked, not null."""
        refusals = [one for one in choices if "no_answer" in one.get("properties", {})]
        if refusals and not any(text.strip() for text in self.material.responses.values()):
            return refusals[0]
        others = [one for one in choices if one not in refusals]
        asked = not path or f'"{path[-1]}"' in self.told
        return next((one for one in others if (one.get("type") != "null") == asked), others[0])

    def _slot(self, path: tuple[str, ...]) -> str | None:
        return next((part for part in path if part in self.worth), None)

    def _order(self) -> list[str]:
        return sorted(self.slots, key=lambda slot: -self.worth[slot])

    def _number(self, path: tuple[str, ...]) -> int:
        name, slot = path[-1], self._slot(path)
        if name == "strength":
            steps = _STEPS.search(self.told)
            scale = [int(step) for step in steps[1].split(", ")] if steps else [-1, 0, 1]
            wanted = self._difference() * 3 * scale[-1]
            near = min((step for step in scale if step), key=lambda step: abs(step - wanted))
            return 0 if self._tied() and 0 in scale else near
        if path[0] == "ranks":
            return self._rank(str(slot))
        if path[0] == "viewed":
            return 1
        if name == "confidence":
            low, high = map(int, _SCALE.findall(self.told)[-1])
            return round(low + certainty(self.worth) * (high - low)) if self.known else high
        worth = self.worth[slot or self.slots[0]]
        if re.search(rf"^- {re.escape(name)}: how many", self.told, re.MULTILINE):
            return round(4 * (1 - worth))
        if len(path) == 3:
            # A side of the same response: near its worth, and never quite it.
            worth = max(0.0, min(1.0, worth + self.rng.uniform(-0.1, 0.1)))
        found = _SCALE.search(self.told)
        if found is None:
            raise ValueError("no scale is named")
        low, high = int(found[1]), int(found[2])
        return round(low + worth * (high - low))

    def _rank(self, slot: str) -> int:
        shared = "share a place" in self.told and "No two" not in self.told
        margin = self.taste.tie if shared else 0.0
        place, before = 1, ""
        for n, one in enumerate(self._order(), start=1):
            if n > 1 and self.worth[before] - self.worth[one] > margin - (not shared):
                place = n
            if one == slot:
                return place
            before = one
        raise ValueError("this response was not shown")

    def _difference(self) -> float:
        return self.worth[self.slots[1]] - self.worth[self.slots[0]]

    def _tied(self) -> bool:
        return abs(self._difference()) <= self.taste.tie

    def _word(self, path: tuple[str, ...], options: list[str] | None) -> str:
        name = path[-1]
        if name in ("choice", "best"):
            if options is None:
                return self._order()[0]
            return "tie" if "tie" in options and self._tied() else "ab"[self._difference() > 0]
        if name == "worst":
            return self._order()[-1]
        if name == "first":
            return next(one for one in options or ["rate"] if f'"first": "{one}"' in self.told)
        if name == "no_answer":
            return (options or ["unsure"])[0]
        if options and "yes" in options:
            return self._tick(name, self._slot(path) or self.slots[0])
        if name == "elaboration" and "elaboration, at least" not in self.told:
            return ""
        return self._reason()

    def _tick(self, question: str, slot: str) -> str:
        # A question of its own difficulty: the same for all responses, other for other questions.
        hard = random.Random(question).uniform(0.4, 0.85)
        parent = re.search(
            rf'^- {re.escape(question)}: .*\(only if (\S+) is "yes", else "na"\)$', self.told, re.MULTILINE
        )
        if parent and self._tick(parent[1], slot) != "yes":
            return "na"
        return "yes" if self.worth[slot] >= hard else "no"

    def _reason(self) -> str:
        best = self._order()[0]
        said = f"@Response {best} is better: it stays with the request and gives reasons for what it says."
        least = max((int(n) for n in re.findall(r"at least (\d+) characters", self.told)), default=0)
        while len(said) < least:
            said += " It is the one I would rather read."
        return said

    def _keys(self, pattern: str) -> list[str]:
        listed = re.search(pattern, self.told)
        return _KEYED.findall(listed[1]) if listed else []

    def _spans(self) -> list[dict[str, Any]]:
        labels = self._keys(r"one of these faults: (.*?)\.(?:\s|$)")
        severities = self._keys(r"how bad each is: (.*?)\.(?:\s|$)")
        found = []
        for slot, text in self.material.responses.items():
            # The worse, the more is marked; each word once, at its first place.
            words = list(dict.fromkeys(words_of(text)))[: int(8 * (1 - self.worth[slot]))] if labels else []
            for n, word in enumerate(words):
                severity = severities[n % len(severities)] if severities else None
                marked = {"quote": word, "occurrence": 1, "label": labels[n % len(labels)]}
                found.append({"slot": slot, **marked, "severity": severity})
        return found
