"""Judging responses: what stands in a prompt that asks for it, and what a personality thinks of each response."""

import json
import math
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from multivocal.llm.simulator.embeddings import embed
from multivocal.llm.simulator.listening import language_of, words_of
from multivocal.llm.simulator.personalities import Taste
from multivocal.llm.simulator.sentences import small_words

_FENCED = re.compile(
    r"^<<<([a-z]+)(?: (\w{1,8}))? ([0-9a-f]{8})>>>\n(.*?)\n<<<end \3>>>$", re.DOTALL | re.MULTILINE
)
_REASONS = re.compile(
    r"\b(because|since|so|for example|such as|therefore|which|weil|denn|damit|porque|parce|donc|car|لأن|مثل)\b|\d|:",
    re.IGNORECASE,
)
_SCHEMA = "follows this schema: "


@dataclass(frozen=True, slots=True)
class Material:
    """What is to be judged: responses by slot in the order shown, the request, a reference, and how to answer."""

    responses: Mapping[str, str]
    request: str
    reference: str
    told: str

    def words(self) -> str:
        """Return how to answer without the schema."""
        return self.told.partition(_SCHEMA)[0]

    def schema(self) -> Any:
        """Return the schema that stands in the words, or None."""
        _before, found, after = self.told.partition(_SCHEMA)
        return json.JSONDecoder().raw_decode(after)[0] if found else None


def material_in(messages: list[dict[str, str]]) -> Material | None:
    """Return what the last message asks to judge; None where it asks for something else."""
    text = messages[-1]["content"] if messages else ""
    parts = list(_FENCED.finditer(text)) if "<<<response " in text else []
    responses = {part[2]: part[4] for part in parts if part[1] == "response" and part[2]}
    if not responses:
        return None
    named = {part[1]: part[4] for part in parts}
    told = text[parts[-1].end() :]
    return Material(responses, named.get("request", ""), named.get("reference", ""), told)


def worth_of(material: Material, taste: Taste, rng: random.Random) -> dict[str, float]:
    """Return what each response is worth to this taste, from 0 to 1: its merit, bent by length, place and mood."""
    texts = material.responses
    lengths = {slot: len(words_of(text)) + 1 for slot, text in texts.items()}
    # Against the others where there are any, else against the length of a usual answer.
    usual = sum(lengths.values()) / len(lengths) if len(lengths) > 1 else 40
    found = {}
    for place, (slot, text) in enumerate(texts.items()):
        bent = merit(text, material) + taste.longer * math.tanh(math.log2(lengths[slot] / usual))
        bent += taste.first * (place == 0 and len(texts) > 1)
        found[slot] = max(0.0, min(1.0, bent + rng.gauss(0, taste.noise)))
    return found


def merit(text: str, material: Material) -> float:
    """Return how good a response is, 0 to 1: it stays with the request, gives reasons, does not repeat itself.

    Where there is a reference, half of it is how near the response comes to that.
    """
    words = [word.lower() for word in words_of(text)]
    if not words:
        return 0.0
    small = small_words(language_of(material.request))
    wanted = {word.lower() for word in words_of(material.request)} - small
    touched = (
        sum(any(word[:5] == want[:5] for word in words) for want in wanted) / len(wanted) if wanted else 1
    )
    reasons = 1 - math.exp(-len(_REASONS.findall(text)) / 2)
    found = 0.15 + 0.25 * touched + 0.4 * reasons + 0.2 * len(set(words)) / len(words)
    if material.reference:
        near = sum(a * b for a, b in zip(embed(text), embed(material.reference), strict=True))
        found = (found + max(0.0, near)) / 2
    return found
