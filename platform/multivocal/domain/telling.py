"""How numbers are written in plots and tables."""

from typing import Any

Numbers = dict[str, Any]


def percent(share: float | None, digits: int = 1) -> str:
    """Return a share as a percentage."""
    return "–" if share is None else f"{100 * share:.{digits}f} %"


def number(value: float | None, digits: int = 2) -> str:
    """Return a number with a true minus."""
    return "–" if value is None else f"{value:.{digits}f}".replace("-", "−")


def with_interval(found: Numbers, *, shares: bool = False, digits: int = 2) -> str:
    """Return “0.52 [0.41, 0.63]”, or the sentence why there is no number."""
    if "refused" in found:
        return str(found["refused"])
    if shares:
        low, high = (("–" if v is None else f"{100 * v:.1f}") for v in (found["low"], found["high"]))
        return f"{100 * found['estimate']:.1f} % [{low}, {high}]"
    return f"{number(found['estimate'], digits)} [{number(found['low'], digits)}, {number(found['high'], digits)}]"


def three(found: Numbers) -> tuple[Any, Any, Any]:
    """Return estimate, low and high as numbers for a table; blank where it was refused."""
    if "refused" in found:
        return None, None, None
    return found["estimate"], found.get("low"), found.get("high")


def refusals(*found: tuple[str, Numbers]) -> list[str]:
    """Return “name: why not” for each that was refused."""
    return [f"{name}: {one['refused']}" for name, one in found if isinstance(one, dict) and "refused" in one]
