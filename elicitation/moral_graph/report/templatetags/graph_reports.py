"""How the dashboard of the six criteria writes a measure."""

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from elicitation.moral_graph.report.criteria.figures import told
from multivocal.domain.svg import COLOURS, tag

register = template.Library()
WIDTH, HEIGHT = 200, 16


@register.filter
def hyphens(key: str) -> str:
    """Return a key as it stands in addresses."""
    return key.replace("_", "-")


@register.filter
def measures_of(numbers: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """Return the measures of the criterion whose figure has this key; none for a curve."""
    return next((one["measures"] for one in numbers["criteria"] if hyphens(one["key"]) == key), [])


@register.filter
def value(row: dict[str, Any]) -> str:
    """Return a measure's number without its interval."""
    return told(row).split(" [")[0]


@register.filter
def interval(row: dict[str, Any]) -> str:
    """Return a measure's interval alone."""
    _value, found, rest = told(row).partition(" [")
    return f"[{rest}" if found else "–"


@register.filter
def bar(row: dict[str, Any]) -> SafeString:
    """Return a share as a small bar with its interval; nothing for other units. The number beside it says the same."""
    if row["unit"] != "share":
        return SafeString("")
    at = [
        max(0.0, min(1.0, row[key])) * WIDTH if row[key] is not None else None
        for key in ("low", "estimate", "high")
    ]
    low, here, high = at
    parts = [tag("rect", x=0, y=6, width=WIDTH, height=4, rx=2, fill="currentColor", fill_opacity="0.12")]
    if low is not None and high is not None:
        parts.append(
            tag(
                "rect",
                x=round(low, 1),
                y=5,
                width=round(max(high - low, 1), 1),
                height=6,
                rx=3,
                fill=COLOURS[0],
                fill_opacity="0.45",
            )
        )
    parts.append(tag("circle", cx=round(here or 0, 1), cy=8, r=5, fill=COLOURS[0]))
    size = f'viewBox="-6 0 {WIDTH + 12} {HEIGHT}" width="{WIDTH + 12}" height="{HEIGHT}"'
    return mark_safe(f'<svg {size} aria-hidden="true">{"".join(parts)}</svg>')  # made of numbers alone
