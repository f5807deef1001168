"""A crowd of known accuracy: what is true of a pair is planted in its texts, and people say it this often.

The worths are those the simulator's judges see too (``multivocal.llm.simulator.judges``), so that people, models and
the truth can be held against one another.
"""

import random
from typing import Literal

from multivocal.llm.simulator.judges import own_worth

KINDS = frozenset({"pairwise2", "pairwise3", "pairwise5", "pairwise7"})
TIE = 0.2
"""Two texts whose worths are closer than this are about the same."""
CLEAR = 1.2
"""From this difference on the better one is clearly better."""

Outcome = Literal["a", "b", "tie"]


def truth_of(first: str, second: str, *, ties: bool = True) -> Outcome:
    """Return what is true of two texts: ``a`` where the first is better."""
    gap = own_worth(first) - own_worth(second)
    if ties and abs(gap) <= TIE:
        return "tie"
    return "a" if gap > 0 else "b"


def known_answer(kind: str, texts: list[str], accuracy: float, rng: random.Random) -> list[tuple[str, str]]:
    """Return the form's fields of somebody who says the truth with this chance, else something else at random."""
    ties = kind != "pairwise2"
    truth = truth_of(*texts[:2], ties=ties)
    others: list[Outcome] = [one for one in ("a", "b", "tie") if one != truth and (ties or one != "tie")]
    said = truth if rng.random() < accuracy else rng.choice(others)
    if kind in ("pairwise2", "pairwise3"):
        return [("answer.choice", said)]
    gap = abs(own_worth(texts[0]) - own_worth(texts[1]))
    most = 2 if kind == "pairwise5" else 3
    strength = 0 if said == "tie" else most if said == truth and gap > CLEAR else 1
    return [("answer.strength", str(-strength if said == "a" else strength))]
