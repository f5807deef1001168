"""Embeddings by lexical hashing: deterministic, alike for texts that share words and word parts."""

import base64
import hashlib
import math
import struct
from functools import lru_cache

from multivocal.llm.simulator.listening import words_of

DIMENSIONS = 256


@lru_cache(maxsize=20_000)
def _place(feature: str) -> tuple[int, float]:
    digest = hashlib.blake2b(feature.encode("utf-8", "replace"), digest_size=8).digest()
    number = int.from_bytes(digest, "big")
    return number >> 1, 1.0 if number & 1 else -1.0


def embed(text: str, dimensions: int = DIMENSIONS) -> list[float]:
    """Return a vector of length 1 (all zero only for a text without words) with ``dimensions`` numbers."""
    vector = [0.0] * dimensions
    for word in words_of(text.lower()):
        parts = [f"={word}"] + [f"~{word[i : i + 3]}" for i in range(max(1, len(word) - 2))]
        for n, feature in enumerate(parts):
            place, sign = _place(feature)
            vector[place % dimensions] += sign if n == 0 else sign / len(parts)
    size = math.sqrt(sum(x * x for x in vector))
    return [x / size for x in vector] if size else vector


def as_base64(vector: list[float]) -> str:
    """Return ``vector`` as the protocol's base64 of little-endian 32-bit floats."""
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
