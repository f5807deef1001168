"""How often each system wins: naively, by known probabilities, by control variates; and what more labels would buy."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from annotation.routing.live.facts import VALUE, Fact, Facts
from annotation.routing.live.told import refused, told
from annotation.statistics.errors import NotEstimable
from annotation.statistics.means.anytime import SOONEST
from annotation.statistics.means.control import ControlVariate, control_variate
from annotation.statistics.means.difference import FEW, aipw
from annotation.statistics.means.mean import naive
from annotation.statistics.means.more import more_labels, more_quality

MOST = 12
MORE = 50


def estimates(facts: Facts) -> dict[str, Any]:
    """Return a record for each system, the commonest first, with three estimates side by side."""
    count: dict[str, int] = {}
    for fact in facts.every:
        for pk in (fact.pair.a, fact.pair.b):
            count[facts.systems[pk]] = count.get(facts.systems[pk], 0) + 1
    names = sorted(count, key=lambda name: (-count[name], name))
    return {
        "systems": [_system(facts, name) for name in names[:MOST]],
        "left_out": names[MOST:],
        "all": _all(facts),
        "more_labels": _more_labels(facts),
        "more_quality": _more_quality(facts),
        "personal": facts.config.personal,
    }


def _turn(value: float, name: str, facts: Facts, fact: Fact) -> float:
    return value if facts.systems[fact.pair.a] == name else 1 - value


def _system(facts: Facts, name: str) -> dict[str, Any]:
    # A pair of one system with itself says nothing of it.
    mine = [
        fact
        for fact in facts.every
        if (facts.systems[fact.pair.a] == name) != (facts.systems[fact.pair.b] == name)
    ]
    finals = [_turn(VALUE[fact.final[0]], name, facts, fact) for fact in mine if fact.final]
    values = [math.nan if fact.value is None else _turn(fact.value, name, facts, fact) for fact in mine]
    guesses = [_turn(fact.guess, name, facts, fact) for fact in mine]

    def weighted() -> Any:
        if not mine:
            raise NotEstimable("It stands against no other system.")
        _enough(sum(fact.seen for fact in mine))
        chances = [facts.chance(fact) for fact in mine]
        _enough_by_lot(mine, chances)
        return aipw(values, guesses, chances, [fact.seen for fact in mine])

    return {
        "system": name,
        "pairs": len(mine),
        "naive": told(lambda: naive(finals)),
        "aipw": told(weighted),
        "control_variate": told(lambda: _controlled(mine, values, guesses)),
    }


def _controlled(mine: Sequence[Fact], values: Sequence[float], guesses: Sequence[float]) -> ControlVariate:
    """Return the estimate from what was drawn by lot, with all that rules kept for people beside it.

    Those pairs could not be drawn and have no guess, so they are no part of what the drawn ones stand for.
    """
    frame = [n for n, fact in enumerate(mine) if not fact.reserved]
    lot = [n for n in frame if mine[n].seen and mine[n].seeded]
    _enough(len(lot))
    found = control_variate([values[n] for n in lot], [guesses[n] for n in lot], [guesses[n] for n in frame])
    if not (kept := [value for fact, value in zip(mine, values, strict=True) if fact.reserved]):
        return found
    if missing := sum(map(math.isnan, kept)):
        raise NotEstimable(
            f"{missing} of {len(kept)} pairs that rules keep for people have no label of a person."
        )
    part, rest = len(frame) / len(mine), math.fsum(kept) / len(mine)
    ends = ("value", "low", "high", "plain", "plain_low", "plain_high")
    return replace(
        found,
        se=part * found.se,
        n=found.n + len(kept),
        **{name: part * getattr(found, name) + rest for name in ends},
    )


def _enough(labels: int) -> None:
    if labels < SOONEST:
        raise NotEstimable(f"{labels} labels of people are too few for an interval; {SOONEST} are needed.")


def _enough_by_lot(mine: list[Fact], chances: list[float]) -> None:
    # The doubt is all in pairs a person may never see. A few labels of these often say the same as the models', and an
    # interval of no width would come of it.
    doubtful = [fact for fact, chance in zip(mine, chances, strict=True) if chance < 1]
    lot = sum(fact.seen for fact in doubtful)
    if doubtful and lot < FEW:
        raise NotEstimable(
            f"Of {len(doubtful)} pairs that were not certain to get a person {lot} have a person's label; {FEW} are "
            "needed for an interval."
        )


def _drawn(facts: Facts) -> tuple[list[float], list[float]]:
    rows = [fact for fact in facts.every if fact.seen and fact.seeded]
    return [fact.value or 0.0 for fact in rows], [fact.guess for fact in rows]


def _all(facts: Facts) -> dict[str, Any]:
    """Return what models' labels tell of people's, on what was drawn by lot: ρ², effective n, share saved."""
    if all(fact.ai is None for fact in facts.every):
        return refused("No model has labelled anything yet.")
    value, guess = _drawn(facts)
    # Of what could be drawn: what rules keep for people has no guess.
    return told(lambda: control_variate(value, guess, [f.guess for f in facts.every if not f.reserved]))


def _more_labels(facts: Facts) -> dict[str, Any]:
    both = _all(facts)
    if "refused" in both:
        return both
    value, _guess = _drawn(facts)
    middle = sum(value) / len(value)
    sd = math.sqrt(sum((one - middle) ** 2 for one in value) / (len(value) - 1))
    total = sum(not fact.reserved for fact in facts.every)
    return told(lambda: more_labels(sd, len(value), MORE, rho2=both["rho2"], total=total))


def _more_quality(facts: Facts) -> dict[str, Any]:
    waiting = sorted(
        (fact.gain for fact in facts.every if fact.gain is not None and fact.is_ai and not fact.seen),
        reverse=True,
    )[:MORE]
    if not waiting:
        return refused("Nothing is left that a router has an expected gain for.")
    known = [
        (gain, float(fact.labels[0] == fact.labels[1]) - float(fact.ai == fact.labels[1]))
        for fact in facts.doubled
        if (gain := fact.expected) is not None and fact.ai is not None
    ]
    if not known:
        return refused("No item with two people's labels has a router's expected gain.")
    gains, happened = zip(*known, strict=True)
    return told(lambda: more_quality(waiting, gains, happened, len(facts.every)))
