"""Ladders that a designer can read: rungs in order, the first that holds sends the item to a person and says why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotation.routing.domain.table import FloatArray, Table
from annotation.statistics.errors import NotEstimable

# Kind: whether it needs a threshold.
KINDS: Mapping[str, bool] = {
    "must_human": False,
    "failed": False,
    "orders_conflict": False,
    "judges_disagree": False,
    "entropy": True,
    "gap": True,
    "low_confidence": True,
    "audit": False,
}


@dataclass(frozen=True)
class Rung:
    """One rule. ``at``: entropy of at least this (nats), a score gap of at most this, a chance p_AI below this."""

    kind: str
    at: float | None = None


@dataclass(frozen=True)
class Match:
    """The rung that held, its place from 0, the reason as it is stored, and the value that made it hold."""

    rung: Rung
    position: int
    reason: str
    value: float | None


def read(rungs: Sequence[str | Mapping[str, Any] | Rung]) -> tuple[Rung, ...]:
    """Return the rungs of a configuration: names, or mappings with ``kind`` and ``at``.

    Refuses unknown kinds, a threshold that is missing, needless or no number, and a rung that stands twice.
    """
    found: list[Rung] = []
    for one in rungs:
        rung = one if isinstance(one, Rung) else Rung(one) if isinstance(one, str) else _mapped(one)
        if rung.kind not in KINDS:
            raise NotEstimable(f"There is no rung {rung.kind}; there are {', '.join(KINDS)}.")
        if KINDS[rung.kind] != (rung.at is not None):
            needs = "needs a threshold" if KINDS[rung.kind] else "has no threshold"
            raise NotEstimable(f"The rung {rung.kind} {needs}.")
        if rung.at is not None and not np.isfinite(rung.at):
            raise NotEstimable(f"The threshold of {rung.kind} is not a number.")
        if rung in found:
            raise NotEstimable(f"The rung {rung.kind} stands twice.")
        found.append(rung)
    return tuple(found)


def first_match(
    rungs: Sequence[Rung],
    signals: Mapping[str, float | None],
    *,
    must: str | None = None,
    p_ai: float | None = None,
    audit: bool = False,
) -> Match | None:
    """Return the first rung that holds, or None: the AI's label stands.

    ``signals`` are those of ``signals.judge_signals`` (others are passed over); what is not known holds for no rung but
    ``failed``, which also holds where no judge answered at all. ``must`` is the reason of a rule that routing cannot
    override.
    """
    for position, rung in enumerate(rungs):
        held, value = _holds(rung, signals, must, p_ai, audit)
        if held:
            reason = f"must_human: {must}" if rung.kind == "must_human" else rung.kind
            return Match(rung, position, reason, value)
    return None


def urgency(
    rungs: Sequence[Rung],
    table: Table,
    *,
    must: Sequence[str | None] | None = None,
    p_ai: FloatArray | None = None,
) -> FloatArray:
    """Return a number per item that a budget can be spent by: 0 where no rung holds, larger for higher rungs.

    Within a rung the item that is least sure of its label comes first. As ``gain`` of ``knapsack.choose`` it makes a
    ladder keep to its budget. Audits are not urgent: the knapsack draws them.
    """
    found = np.zeros(len(table))
    for place, row in enumerate(table.rows()):
        rule = must[place] if must is not None else None
        chance = None if p_ai is None else float(p_ai[place])
        match = first_match(rungs, row, must=rule, p_ai=chance)
        if match:
            doubt = 0.5 if chance is None else 1 - chance
            found[place] = len(rungs) - match.position + 0.999 * doubt
    return found


def _mapped(one: Mapping[str, Any]) -> Rung:
    if unknown := set(one) - {"kind", "at"}:
        raise NotEstimable(f"A rung has a kind and a threshold, not {', '.join(sorted(map(str, unknown)))}.")
    at = one.get("at")
    if at is not None and (isinstance(at, bool) or not isinstance(at, int | float)):
        raise NotEstimable(f"The threshold of {one.get('kind')} is not a number.")
    return Rung(str(one.get("kind")), None if at is None else float(at))


def _holds(
    rung: Rung, signals: Mapping[str, float | None], must: str | None, p_ai: float | None, audit: bool
) -> tuple[bool, float | None]:
    if rung.kind == "must_human":
        return must is not None, None
    if rung.kind == "audit":
        return audit, None
    if rung.kind == "low_confidence":
        return p_ai is not None and rung.at is not None and p_ai < rung.at, p_ai
    if rung.kind == "judges_disagree":
        value = signals.get("judges: disagree")
        return value is not None and value > 0, value
    known = _of_judges(signals, {"orders_conflict": "conflict"}.get(rung.kind, rung.kind))
    if rung.kind == "failed":
        return min(known, default=1.0) >= 1, min(known, default=None)
    if not known:
        return False, None
    if rung.kind == "gap":
        return rung.at is not None and min(known) <= rung.at, min(known)
    return (max(known) >= rung.at if rung.at is not None else max(known) > 0), max(known)


def _of_judges(signals: Mapping[str, float | None], part: str) -> list[float]:
    named = ((name.rpartition(": "), value) for name, value in signals.items())
    return [
        value
        for (judge, _, what), value in named
        if what == part and judge not in ("", "judges") and value is not None and value == value
    ]
