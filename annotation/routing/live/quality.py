"""How good the labels of each route are: models' by audits, people's by double labels, all together, against chance."""

import math
from typing import Any

import numpy as np

from annotation.routing.domain.lift import lift
from annotation.routing.live.facts import Facts
from annotation.routing.live.told import refused, told
from annotation.statistics.calibration import calibration
from annotation.statistics.errors import NotEstimable
from annotation.statistics.means.anytime import SOONEST, confidence_sequence
from annotation.statistics.means.audited import audit_share, corrected_agreement, human_accuracy

FEW = 30
"""Fewer than this and a share is not plotted in ink."""


def quality(facts: Facts) -> dict[str, Any]:
    """Return the shares that agree, each with an interval that may be looked at any time."""
    audits = [bool(fact.agrees) for fact in facts.audited]
    doubles = [fact.labels[0] == fact.labels[1] for fact in facts.doubled]
    ai, human = anytime(audits), anytime(doubles)
    population = sum(fact.kept for fact in facts.every)
    found: dict[str, Any] = {
        "ai": ai
        | {
            "population": population,
            "fixed": told(lambda: audit_share(sum(audits), len(audits), population=population)),
        },
        "human": human,
        "ai_corrected": _corrected(audits, doubles),
        "hybrid": _hybrid(facts, ai, human),
        "lift": _lift(facts),
        "calibration": _calibration(facts),
    }
    return found


def anytime(hits: list[bool]) -> dict[str, Any]:
    """Return the share of hits, in the order they came, with a confidence sequence's last interval and its path."""
    if len(hits) < SOONEST:
        return refused(
            f"{len(hits)} labels are too few; an interval that may be looked at any time needs {SOONEST}."
        ) | {"n": len(hits)}
    sequence = confidence_sequence(hits, bounds=(0.0, 1.0), best_at=max(100, len(hits)))
    path = [
        [n + 1, float(sequence.value[n]), float(sequence.low[n]), float(sequence.high[n])]
        for n in sorted({*np.linspace(SOONEST - 1, len(hits) - 1, 40).astype(int).tolist()})
    ]
    return {
        "value": float(sequence.value[-1]),
        "low": float(sequence.low[-1]),
        "high": float(sequence.high[-1]),
        "level": sequence.level,
        "n": len(hits),
        "method": "confidence sequence: holds at every look",
        "path": path,
    }


def _corrected(audits: list[bool], doubles: list[bool]) -> dict[str, Any]:
    def made() -> Any:
        if len(audits) < SOONEST or len(doubles) < SOONEST:
            raise NotEstimable(
                f"{len(audits)} audits and {len(doubles)} double labels are too few; {SOONEST} of each are needed."
            )
        right = human_accuracy(sum(doubles) / len(doubles))
        return corrected_agreement(sum(audits) / len(audits), right, n=len(audits), doubles=len(doubles))

    return told(made)


def _hybrid(facts: Facts, ai: dict[str, Any], human: dict[str, Any]) -> dict[str, Any]:
    """Return how often a final label is what another person would say: both routes by their share of the labels."""
    if not facts.decided:
        return refused("Not every item has its route yet.")
    for one, name in ((ai, "models"), (human, "people")):
        if "refused" in one:
            return refused(f"The route of {name}: {one['refused']}")
    share = sum(fact.is_ai for fact in facts.every) / len(facts.every)
    value = share * ai["value"] + (1 - share) * human["value"]
    low, high = (
        math.hypot(*(part * (one[end] - one["value"]) for part, one in ((share, ai), (1 - share, human))))
        for end in ("low", "high")
    )
    return {
        "value": value,
        "low": max(0.0, value - low),
        "high": min(1.0, value + high),
        "n": ai["n"] + human["n"],
        "share_ai": share,
        "method": "both routes by their share of the items; the doubts are independent",
    }


def _lift(facts: Facts) -> dict[str, Any]:
    """Return the gain over sending as many items to people at random, on what models have a label for."""
    if not facts.decided:
        return refused("Not every item has its route yet.")
    with_ai = [fact for fact in facts.every if fact.ai is not None]
    kept = [fact for fact in with_ai if fact.kept]
    if not kept or len(kept) == len(with_ai):
        return refused("Models keep all of what they labelled, or nothing: there is no choice to compare.")
    audits = sum(fact.seen for fact in kept)
    if audits < SOONEST:
        return refused(f"{audits} audits are too few to say what routing gains; {SOONEST} are needed.")
    known = [fact.p_ai for fact in with_ai if fact.p_ai is not None]
    usual = float(np.mean(known)) if known else 0.7
    return told(
        lambda: lift(
            [math.nan if fact.agrees is None else float(fact.agrees) for fact in with_ai],
            [facts.chance(fact) for fact in with_ai],
            [fact.seen and fact.agrees is not None for fact in with_ai],
            [fact.kept for fact in with_ai],
            guess=[usual if fact.p_ai is None else fact.p_ai for fact in with_ai],
        )
    )


def _calibration(facts: Facts) -> dict[str, Any]:
    rows = [
        (fact.p_ai, float(fact.agrees))
        for fact in facts.every
        if fact.p_ai is not None and fact.agrees is not None and not fact.seeded and fact.drawn
    ]
    if len(rows) < FEW:
        return refused(
            f"{len(rows)} items outside the seed have a person's label; {FEW} are needed for a plot."
        )
    return told(lambda: calibration(*zip(*rows, strict=True), bins=min(6, len(rows) // 10)))
