"""Pairs that follow from numbers or places given within one judgement."""

from collections.abc import Mapping, Sequence
from itertools import combinations

from annotation.protocols.shapes import Preference


def by_score(
    slots: Sequence[str], scores: Mapping[str, float | None], *, graded: bool = True
) -> tuple[Preference, ...]:
    """Return every pair of scored slots: the higher score wins, equal is a tie; the magnitude is the distance.

    With ``graded`` false the magnitude is 1. No band of indifference is applied here: it belongs to the analysis.
    """
    pairs = []
    for a, b in combinations(slots, 2):
        first, second = scores.get(a), scores.get(b)
        if first is None or second is None:
            continue
        outcome = "tie" if first == second else "a" if first > second else "b"
        pairs.append(Preference(a, b, outcome, abs(float(first - second)) if graded else 1.0))  # type: ignore[arg-type]
    return tuple(pairs)


def over(winner: str, losers: Sequence[str]) -> tuple[Preference, ...]:
    """Return ``winner`` above each of ``losers``, with nothing said among them."""
    return tuple(Preference(winner, loser, "a") for loser in losers)
