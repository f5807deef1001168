"""R1: how many rows there are, of whom, in which role, and what did not count."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from annotation.protocols.experiments.rows import Collected, Row, counted
from annotation.protocols.experiments.selection import Selection


def counts(collected: Collected) -> dict[str, Any]:
    """Return the counts of everything collected, before any exclusion."""
    rows = collected.rows
    people, models = [r for r in rows if not r.model], [r for r in rows if r.model]
    return {
        "judgements": len(rows),
        "people": len({row.rater for row in people}),
        "models": len({row.annotator for row in models}),
        "judgements_of_people": len(people),
        "judgements_of_models": len(models),
        "items": len({row.item for row in rows}),
        "responses": len({stimulus for row in rows for stimulus in row.shown}),
        "systems": sorted(
            {r.system for r in collected.responses.values() if r.role == "system" and r.system}
        ),
        "by_role": dict(sorted(Counter(row.role for row in people).items())),
        "no_answer": dict(sorted(Counter(row.no_answer for row in people if row.no_answer).items())),
        "unread_of_models": dict(sorted(Counter(row.state for row in models if row.state != "ok").items())),
        "counted": len(counted(rows)),
    }


def counted_in(selection: Selection) -> dict[str, int]:
    """Return what the estimates of one view rest on: its judgements, and whose they are about what."""
    rows = selection.counted
    return {
        "judgements": len(rows),
        "judges": len({row.annotator for row in rows}),
        "items": len({row.item for row in rows}),
    }


def protocols(selection: Selection) -> list[dict[str, Any]]:
    """Return a line per protocol: kind, judgements, people, items, pairs given and items judged by two or more."""
    lines = []
    for key, rows in selection.by_protocol.items():
        lines.append(
            {
                "protocol": key,
                "kind": rows[0].kind,
                "gives": "ratings" if key in selection.rating else "preferences",
                "judgements": len(rows),
                "people": len({row.annotator for row in rows}),
                "items": len({row.item for row in rows}),
                "pairs": sum(len(row.pairs) for row in rows),
                "items_judged_twice": _judged_twice(rows),
            }
        )
    return lines


def _judged_twice(rows: Sequence[Row]) -> int:
    raters: dict[str, set[str]] = {}
    for row in rows:
        raters.setdefault(row.item, set()).add(row.rater)
    return sum(len(who) > 1 for who in raters.values())
