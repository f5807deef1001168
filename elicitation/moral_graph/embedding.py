"""Vectors of cards: their policies, as 256 numbers, from a language model or from the words alone."""

import hashlib
import math
import random
from collections.abc import Sequence
from functools import lru_cache

from elicitation.moral_graph.models.vectors import DIMENSIONS
from multivocal.llm.simulator.embeddings import embed


def text_of(policies: Sequence[str]) -> str:
    """Return what is embedded of a card: its policies in alphabetical order; title and description say it again."""
    return "\n".join(sorted(policies))


def lexical_vector(policies: Sequence[str]) -> list[float]:
    """Return the vector of the words and word parts; the same everywhere, without any model."""
    return embed(text_of(policies).lower(), DIMENSIONS)


def shortened(vector: Sequence[float]) -> list[float]:
    """Return a vector of any length as 256 numbers of length 1: longer ones by a fixed random projection.

    Angles survive it up to about 1/16 (Johnson and Lindenstrauss 1984), and a model judges what it finds near.
    """
    if len(vector) > DIMENSIONS:
        vector = [sum(sign * vector[place] for place, sign in row) for row in _projection(len(vector))]
    vector = [*vector, *[0.0] * (DIMENSIONS - len(vector))]
    size = math.sqrt(sum(number * number for number in vector)) or 1.0
    return [number / size for number in vector]


@lru_cache(maxsize=4)
def _projection(length: int) -> list[list[tuple[int, float]]]:
    # Every number goes to eight of the 256, with random signs: as good as a dense matrix, and 30 times quicker.
    rng = random.Random(length)
    rows: list[list[tuple[int, float]]] = [[] for _ in range(DIMENSIONS)]
    for place in range(length):
        for row in rng.sample(range(DIMENSIONS), 8):
            rows[row].append((place, rng.choice((-1.0, 1.0))))
    return rows


def made_of(policies: Sequence[str], embedder: str) -> str:
    """Return the hash under which a card's vector is kept: its text and who embedded it."""
    return hashlib.sha256(f"{embedder}\x1f{text_of(policies)}".encode()).hexdigest()
