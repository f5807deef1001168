"""Judges of a known quality: models whose errors are planted, so that what a study finds can be held against it.

Every text has a worth of its own, the same for simulated people and for judges. A judge sees it through lasting errors
(the same whenever it is asked), passing moods (new with each order and sample), a pull to what stands first, and a
weakness for long requests; now and then it answers in prose. The same request always gets the same answer.
"""

import hashlib
import random
from dataclasses import dataclass

from multivocal.llm.simulator.judging import Material
from multivocal.llm.simulator.personalities import Personality, Taste

LONG = 30
"""Words of a request from which it is long."""
_SPAN = 8.0


@dataclass(frozen=True, slots=True)
class KnownTaste(Taste):
    """Errors in standard deviations of the texts' worths: ``lasting`` ones, ``weak`` times as large at long requests.

    ``noise`` and ``first`` are on the same scale here; ``tie`` is on the scale of 0 to 1 that verdicts are on.
    ``seed`` says whose lasting errors they are.
    """

    lasting: float = 0.5
    weak: float = 1.0
    seed: float = 0


def own_worth(text: str) -> float:
    """Return the worth of a text, about standard normal; white space is not looked at."""
    words = " ".join(text.split())
    return random.Random(hashlib.sha256(words.encode()).digest()).gauss(0, 1)


def known_worths(material: Material, taste: KnownTaste, rng: random.Random) -> dict[str, float]:
    """Return what each response is worth to a judge, 0 to 1, by slot."""
    more = taste.weak if len(material.request.split()) > LONG else 1.0
    found = {}
    for place, (slot, text) in enumerate(material.responses.items()):
        error = random.Random(f"{taste.seed:g}\x1f{' '.join(text.split())}").gauss(0, taste.lasting * more)
        seen = own_worth(text) + error + rng.gauss(0, taste.noise)
        seen += taste.first * (place == 0 and len(material.responses) > 1)
        found[slot] = max(0.0, min(1.0, 0.5 + seen / _SPAN))
    return found


def certainty(worths: dict[str, float]) -> float:
    """Return how sure a judge is, 0 to 1: by how far apart the best two are."""
    first, second, *_rest = [*sorted(worths.values(), reverse=True), 0.0, 0.0]
    return min(1.0, (first - second) * _SPAN / 3)


JUDGES: dict[str, Personality] = {
    each.model_id: each
    for each in (
        Personality(
            "sim-judge-sharp",
            "Simulated sharp judge",
            ("answer", "evidence"),
            price_in=2.5,
            price_out=10,
            taste=KnownTaste(
                first=0.15, noise=0.3, tie=0.02, fenced=0.03, prose=0.01, lasting=0.4, weak=2.0, seed=1
            ),
        ),
        Personality(
            "sim-judge-rough",
            "Simulated rough judge",
            ("blunt",),
            price_in=0.15,
            price_out=0.6,
            taste=KnownTaste(
                first=0.6, noise=0.7, tie=0.03, fenced=0.1, prose=0.04, lasting=0.8, weak=1.4, seed=2
            ),
        ),
    )
}
