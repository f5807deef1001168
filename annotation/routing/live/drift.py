"""Whether models still do as well as they did: audits in windows, alarms, and conflicts over time."""

from typing import Any

from annotation.routing.domain.audits import alarm, cusum, windows
from annotation.routing.live.facts import Facts
from annotation.routing.live.told import refused, told

SIZE = 20
LEAST = 2 * SIZE


def drift(facts: Facts) -> dict[str, Any]:
    """Return rolling audits and two alarms; refused below two windows of audits."""
    hits = [bool(fact.agrees) for fact in facts.audited]
    if len(hits) < LEAST:
        return refused(
            f"{len(hits)} audits are too few to see a change; two windows of {SIZE} are needed."
        ) | {"n": len(hits)}
    seen = windows(hits, size=SIZE)
    last = seen[-1]
    before = hits[: last.start]
    first = sum(before) / len(before)
    return {
        "n": len(hits),
        "alarms": facts.run.router.get("alarms", []),
        "windows": [one.as_json() for one in seen],
        "alarm": told(lambda: alarm(sum(before), len(before), sum(hits[last.start :]), last.n)),
        # A share of 0 or 1 has no lower one to watch for.
        "cusum": told(lambda: cusum(hits, min(max(first, 0.2), 0.98))),
    }
