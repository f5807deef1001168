"""The table at the end of a run, for people and as JSON."""

from typing import Any

from multivocal.studies.simulate.records import OUTCOMES, Records, quantile


def summary(records: Records, seconds: float) -> dict[str, Any]:
    """Return ``{people, outcomes, seconds, steps: {step: {n, p50_ms, p95_ms, max_ms}}, errors, reasons}``."""
    steps = {
        step: {
            "n": len(times),
            "p50_ms": round(1000 * quantile(times, 0.5), 1),
            "p95_ms": round(1000 * quantile(times, 0.95), 1),
            "max_ms": round(1000 * max(times), 1),
        }
        for step, times in sorted(records.times.items())
    }
    return {
        "people": len(records.outcomes),
        "outcomes": {outcome: records.count(outcome) for outcome in OUTCOMES},
        "acknowledged": len(records.acknowledged),
        "seconds": round(seconds, 2),
        "steps": steps,
        "errors": dict(records.errors.most_common()),
        "reasons": records.reasons,
    }


def as_text(told: dict[str, Any]) -> str:
    """Return a summary as lines of text."""
    counted = ", ".join(
        f"{name.replace('_', ' ')} {n}"
        for name, n in told["outcomes"].items()
        if n or name in ("complete", "failed", "stranded")
    )
    lines = [
        f"{told['people']} participants in {told['seconds']:.1f} s: {counted}",
        f"{told['acknowledged']} answers acknowledged",
        "",
        f"{'step':<20}{'n':>8}{'p50 ms':>10}{'p95 ms':>10}{'max ms':>10}",
    ]
    for step, row in told["steps"].items():
        lines.append(f"{step:<20}{row['n']:>8}{row['p50_ms']:>10}{row['p95_ms']:>10}{row['max_ms']:>10}")
    if told["errors"]:
        lines += ["", "what went wrong on the way (and was got over, unless somebody is stranded or failed):"]
        lines += [f"{n:>8}  {kind}" for kind, n in told["errors"].items()]
    if told["reasons"]:
        lines += ["", "stranded or failed:"]
        lines += [f"  {name} ({reason})" for name, reason in list(told["reasons"].items())[:20]]
    return "\n".join(lines)
