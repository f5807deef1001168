"""What a simulated person thinks of an answer: a worth in standard units, from which every judgement follows."""

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


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


class Mind(Protocol):
    """Copy ``PlainMind`` to plant an effect; register it in settings.SIMULATED_MINDS, choose it with ``--mind``."""

    tie: float
    """Two worths closer than this are a tie where ties may be said."""
    seconds: tuple[float, float]
    """Shortest and longest time on a screen."""

    def worths(self, asked: Asked, rng: random.Random) -> Sequence[float]:
        """Return the worth of each answer: about normal with mean 0 and variance 1, noise of the moment included."""


class PlainMind:
    """Every text has a worth of its own; people differ a little, and from one moment to the next."""

    tie = 0.35
    seconds = (0.0, 0.0)

    def __init__(self, rng: random.Random) -> None:
        self.severity = rng.gauss(0, 0.3)

    def worths(self, asked: Asked, rng: random.Random) -> Sequence[float]:
        """Return worths of which half the variance is the text's own."""
        return [0.7 * own_worth(text) + 0.6 * rng.gauss(0, 1) - self.severity for text in asked.texts]


def own_worth(text: str) -> float:
    """Return a fixed number for a text, about standard normal."""
    return random.Random(hashlib.sha256(text.encode()).digest()).gauss(0, 1)


MakeMind = Callable[[random.Random], Mind]


def mind_maker(name: str) -> MakeMind:
    """Return the function that makes minds of this name; ValueError names those there are."""
    known = {
        "plain": "multivocal.studies.simulate.minds.PlainMind",
        **getattr(settings, "SIMULATED_MINDS", {}),
    }
    if name not in known:
        raise ValueError(f"--mind {name}: there are {', '.join(sorted(known))}")
    made: MakeMind = import_string(known[name])
    return made
