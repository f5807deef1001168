"""Kinds of items one by one: how often models agree with people there, drawn towards the whole where there are few."""

from collections.abc import Iterator
from typing import Any

from annotation.routing.domain.tags import DIMENSIONS
from annotation.routing.live.facts import Fact, Facts
from annotation.statistics.shares import wilson

FEW = 30
STRENGTH = 20
"""As many items of the average kind are added to each: a rare kind is not taken at its word."""


def parts(facts: Facts) -> list[dict[str, Any]]:
    """Return a record per stratum and tag: pairs, where they went, and the shrunken share with its interval.

    Each pair that the run chose for people has the weight of its chance: audits are of what models keep, which they get
    right more often than the rest of its kind, and what was bought is where they err.
    """
    known = [fact for fact in facts.every if fact.agrees is not None and fact.seen]
    if not known:
        return []
    overall, _n = _share(facts, known)
    members: dict[str, list[Fact]] = {}
    for fact in facts.every:
        for name in _names(fact):
            members.setdefault(name, []).append(fact)
    found = []
    for name, mine in sorted(members.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        seen = [fact for fact in mine if fact.agrees is not None and fact.seen]
        share, n = _share(facts, seen)
        low, high = wilson(n * share + STRENGTH * overall, n + STRENGTH)
        found.append(
            {
                "name": name,
                "pairs": len(mine),
                "to_people": sum(fact.drawn for fact in mine),
                "n": len(seen),
                "agree": share if seen else None,
                "shrunken": (n * share + STRENGTH * overall) / (n + STRENGTH),
                "low": low,
                "high": high,
                "few": len(seen) < FEW,
            }
        )
    return found


def _share(facts: Facts, seen: list[Fact]) -> tuple[float, float]:
    """Return the weighted share that agrees, and how many pairs of one weight are as sharp (Kish 1965)."""
    weights = [1 / facts.chance(fact) for fact in seen]
    total = sum(weights)
    if not total:
        return 0.0, 0.0
    hits = sum(weight for fact, weight in zip(seen, weights, strict=True) if fact.agrees)
    return hits / total, total * total / sum(weight * weight for weight in weights)


def _names(fact: Fact) -> Iterator[str]:
    if fact.pair.stratum:
        yield f"stratum: {fact.pair.stratum}"
    for name, value in (fact.route.features if fact.route else {}).items():
        # Tags are columns of 0 and 1 named "dimension: option"; judges' signals have their judge before the colon.
        if value == 1 and name.partition(": ")[0] in DIMENSIONS:
            yield name
