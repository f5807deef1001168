"""How good the labels of each route are: models' by audits, people's by double labels, all together, against chance."""

import math
from collections.abc import Sequence
from statistics import fmean
from typing import Any

import numpy as np

from annotation.routing.domain.lift import alike, lift
from annotation.routing.live.facts import Fact, Facts
from annotation.routing.live.told import refused, told
from annotation.statistics.calibration import calibration
from annotation.statistics.errors import NotEstimable
from annotation.statistics.means.anytime import SOONEST, confidence_sequence
from annotation.statistics.means.anytime import Sequence as Sequenced
from annotation.statistics.means.audited import audit_share, corrected_agreement, human_accuracy
from annotation.statistics.means.difference import aipw

FEW = 30
"""Fewer than this and a share is not plotted in ink."""
USUAL = 0.7
"""A guess of how often a model is right where no router has one: it moves no estimate, only its width."""
BEST_AT = 100
"""The audit at which a sequence of weighted audits is sharpest, at the soonest."""


def quality(facts: Facts) -> dict[str, Any]:
    """Return the shares that agree, each with an interval that may be looked at any time."""
    doubles = [fact.labels[0] == fact.labels[1] for fact in facts.doubled]
    ai, human = _of_models(facts), anytime(doubles)
    return {
        "ai": ai,
        "human": human,
        "ai_corrected": _corrected(ai, doubles),
        "hybrid": _hybrid(facts, ai, human),
        "lift": _lift(facts),
        "calibration": _calibration(facts),
    }


def _of_models(facts: Facts) -> dict[str, Any]:
    """Return how often what models keep is what a person says: of audits, each with the weight of its chance."""
    audits = [bool(fact.agrees) for fact in facts.audited]
    kept = [fact for fact in facts.every if fact.kept]
    chances = [facts.chance(fact) for fact in kept]
    if not audits or alike(np.array(chances)):
        fixed = told(lambda: audit_share(sum(audits), len(audits), population=len(kept)))
        return anytime(audits) | {"population": len(kept), "fixed": fixed}
    agrees = [math.nan if fact.agrees is None else float(fact.agrees) for fact in kept]
    guesses, seen = _chances_of_right(kept), [fact.seen and fact.agrees is not None for fact in kept]
    found = _anytime_weighted(facts, fmean(chances), fmean(guesses))
    return found | {
        "population": len(kept),
        "fixed": told(lambda: aipw(agrees, guesses, chances, seen)),
    }


def _chances_of_right(some: Sequence[Fact]) -> list[float]:
    known = [fact.p_ai for fact in some if fact.p_ai is not None]
    usual = fmean(known) if known else USUAL
    return [usual if fact.p_ai is None else fact.p_ai for fact in some]


def _anytime_weighted(facts: Facts, chance: float, guess: float) -> dict[str, Any]:
    """Return the share of audits whose chances differ: each is a draw of p̄ + (hit − p)·π̄/π, whose mean is the share.

    ``chance`` and ``guess`` are the means π̄ and p̄ over all that models keep (Hansen & Hurwitz 1943, with a difference).
    """
    audited = facts.audited
    if len(audited) < SOONEST:
        return anytime([bool(fact.agrees) for fact in audited])
    rows = zip(audited, _chances_of_right(audited), strict=True)
    draws = [guess + (float(bool(fact.agrees)) - p) * chance / facts.chance(fact) for fact, p in rows]
    found = _shown(confidence_sequence(draws, best_at=max(BEST_AT, len(draws))), len(draws))
    return found | {"method": "confidence sequence for large numbers, audits weighted by their chances"}


def anytime(hits: list[bool]) -> dict[str, Any]:
    """Return the share of hits, in the order they came, with a confidence sequence's last interval and its path."""
    if len(hits) < SOONEST:
        return refused(
            f"{len(hits)} labels are too few; an interval that may be looked at any time needs {SOONEST}."
        ) | {"n": len(hits)}
    found = _shown(confidence_sequence(hits, bounds=(0.0, 1.0)), len(hits))
    return found | {"method": "confidence sequence: holds at every look"}


def _shown(sequence: Sequenced, n: int) -> dict[str, Any]:
    """Return a sequence of a share as the page has it: where it stands, and forty points of its way."""
    value, low, high = (np.clip(one, 0, 1) for one in (sequence.value, sequence.low, sequence.high))
    path = [
        [place + 1, float(value[place]), float(low[place]), float(high[place])]
        for place in sorted({*np.linspace(SOONEST - 1, n - 1, 40).astype(int).tolist()})
    ]
    return {
        "value": float(value[-1]),
        "low": float(low[-1]),
        "high": float(high[-1]),
        "level": sequence.level,
        "n": n,
        "path": path,
    }


def _corrected(ai: dict[str, Any], doubles: list[bool]) -> dict[str, Any]:
    def made() -> Any:
        if "refused" in ai or len(doubles) < SOONEST:
            raise NotEstimable(
                f"{ai['n']} audits and {len(doubles)} double labels are too few; {SOONEST} of each are needed."
            )
        right = human_accuracy(sum(doubles) / len(doubles))
        return corrected_agreement(ai["value"], right, n=ai["n"], doubles=len(doubles))

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
    return told(
        lambda: lift(
            [math.nan if fact.agrees is None else float(fact.agrees) for fact in with_ai],
            [facts.chance(fact) for fact in with_ai],
            [fact.seen and fact.agrees is not None for fact in with_ai],
            [fact.kept for fact in with_ai],
            guess=_chances_of_right(with_ai),
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
