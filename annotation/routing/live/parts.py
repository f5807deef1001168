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

    Only labels that came by lot count (seed and audits): chosen items are not like the rest of their kind.
    """
    known = [fact for fact in facts.every if fact.agrees is not None and (fact.seeded or fact.kept)]
    if not known:
        return []
    overall = sum(bool(fact.agrees) for fact in known) / len(known)
    members: dict[str, list[Fact]] = {}
    for fact in facts.every:
        for name in _names(fact):
            members.setdefault(name, []).append(fact)
    found = []
    for name, mine in sorted(members.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        lot = [bool(fact.agrees) for fact in mine if fact.agrees is not None and (fact.seeded or fact.kept)]
        n, hits = len(lot), sum(lot)
        low, high = wilson(hits + STRENGTH * overall, n + STRENGTH)
        found.append(
            {
                "name": name,
                "pairs": len(mine),
                "to_people": sum(fact.drawn for fact in mine),
                "n": n,
                "agree": hits / n if n else None,
                "shrunken": (hits + STRENGTH * overall) / (n + STRENGTH),
                "low": low,
                "high": high,
                "few": n < FEW,
            }
        )
    return found


def _names(fact: Fact) -> Iterator[str]:
    if fact.pair.stratum:
        yield f"stratum: {fact.pair.stratum}"
    for name, value in (fact.route.features if fact.route else {}).items():
        # Tags are columns of 0 and 1 named "dimension: option"; judges' signals have their judge before the colon.
        if value == 1 and name.partition(": ")[0] in DIMENSIONS:
            yield name
