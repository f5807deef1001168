"""Whether models still do as well as they did: audits in windows, alarms, and conflicts over time."""

from typing import Any

from annotation.routing.domain.audits import alarm, cusum, windows
from annotation.routing.live.facts import Facts
from annotation.routing.live.told import refused, told
from annotation.routing.models import Check

SIZE = 20
LEAST = 2 * SIZE


def drift(facts: Facts) -> dict[str, Any]:
    """Return rolling audits and two alarms; refused below two windows of audits."""
    canaries = _canaries(facts)
    hits = [bool(fact.agrees) for fact in facts.audited]
    if len(hits) < LEAST:
        return refused(
            f"{len(hits)} audits are too few to see a change; two windows of {SIZE} are needed."
        ) | {"n": len(hits), "canaries": canaries, "alarms": facts.run.router.get("alarms", [])}
    seen = windows(hits, size=SIZE)
    last = seen[-1]
    before = hits[: last.start]
    first = sum(before) / len(before)
    return {
        "n": len(hits),
        "canaries": canaries,
        "alarms": facts.run.router.get("alarms", []),
        "windows": [one.as_json() for one in seen],
        "alarm": told(lambda: alarm(sum(before), len(before), sum(hits[last.start :]), last.n)),
        # A share of 0 or 1 has no lower one to watch for.
        "cusum": told(lambda: cusum(hits, min(max(first, 0.2), 0.98))),
    }


def _canaries(facts: Facts) -> list[dict[str, Any]]:
    """Return the checks of judges, oldest first, with a record per judge."""
    return [
        {
            "check": one.number,
            "why": one.why,
            "begun_at": one.begun_at.isoformat(),
            "done_at": one.done_at.isoformat() if one.done_at else None,
            "judges": one.told,
        }
        for one in Check.objects.filter(run=facts.run).order_by("number")
    ]
