"""What a simulated person thinks of an answer: a worth in standard units, from which every judgement follows."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    """What stands on a page: the way of asking (``data-kind``), the prompt, and the answers by slot, in order.

    ``person`` is the simulated participant's id.
    """

    kind: str
    prompt: str
    slots: tuple[str, ...]
    texts: tuple[str, ...]
    person: str = ""


class PlainMind:
    """Every text has a worth of its own; people differ a little, and from one moment to the next.

    ``tie``: two worths closer than this are a tie where ties may be said.
    """

    tie = 0.35

    def __init__(self, rng: random.Random) -> None:
        self.severity = rng.gauss(0, 0.3)

    def worths(self, asked: Asked, rng: random.Random) -> Sequence[float]:
        """Return worths of which half the variance is the text's own."""
        return [0.7 * own_worth(text) + 0.6 * rng.gauss(0, 1) - self.severity for text in asked.texts]


def own_worth(text: str) -> float:
    """Return a fixed number for a text, about standard normal."""
    return random.Random(hashlib.sha256(text.encode()).digest()).gauss(0, 1)
