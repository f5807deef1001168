"""How a report's tables write their cells."""

from typing import Any

from django import template

register = template.Library()


@register.filter
def cell(value: Any) -> str:
    """Return a number with three digits at most and a true minus, nothing as a dash, text as it is."""
    if value is None:
        return "–"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    text = f"{value:,}" if isinstance(value, int) else f"{value:.3f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")
