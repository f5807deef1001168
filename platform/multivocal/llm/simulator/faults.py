"""Faults on request: how often which one, and which one hits now."""

import random
import re

KINDS = (
    "timeout", "stall", "429", "500", "400", "401", "drop", "empty", "garbage", "truncated", "refused",
)  # fmt: skip
"""timeout: never a word. stall: some words, then silence. drop: the connection closes without an answer.
truncated: the words end without a finish reason. refused: the provider's own refusal. Others as named."""


class Faults:
    """Shares of requests (0 to 1) that fail, by kind; one draw per request decides."""

    def __init__(self, shares: dict[str, float] | None = None, seed: int | None = None) -> None:
        self.shares = shares or {}
        self.rng = random.Random(seed)

    def draw(self) -> str | None:
        """Return the kind of fault that hits this request, or None."""
        left = self.rng.random()
        for kind, share in self.shares.items():
            left -= share
            if left < 0:
                return kind
        return None


def parse_faults(spec: str) -> dict[str, float]:
    """Return ``{kind: share}`` of ``timeout:0.1,429:0.05``; a bare kind is 1. ValueError: what is wrong."""
    shares: dict[str, float] = {}
    for item in filter(None, re.split(r"[,\s]+", spec)):
        kind, _, share = item.partition(":")
        shares[kind] = float(share) if share else 1.0
    return check_faults(shares)


def check_faults(shares: dict[str, float]) -> dict[str, float]:
    """Return ``shares`` when every kind is known and they sum to at most 1; ValueError otherwise."""
    for kind, share in shares.items():
        if kind not in KINDS:
            raise ValueError(f"the fault “{kind}” is not known; known are {', '.join(KINDS)}")
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
            raise ValueError(f"the share of “{kind}” is a number from 0 to 1")
    if sum(shares.values()) > 1 + 1e-9:
        raise ValueError("the shares together are at most 1")
    return shares
