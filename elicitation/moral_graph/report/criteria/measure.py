"""One measure of a criterion: a number with its interval and n, or why there is none, and what it means."""

from typing import TYPE_CHECKING

from elicitation.moral_graph.report.said import FEWEST_PEOPLE, Numbers, exact, told

if TYPE_CHECKING:
    from elicitation.moral_graph.domain.criteria.intervals import Measured

SHARE, NUMBER, CORRELATION, DIFFERENCE = "share", "number", "correlation", "difference"


def measure(
    key: str,
    title: str,
    means: str,
    found: "Measured | Numbers | None",
    *,
    unit: str = SHARE,
    of: str = "",
    fewest: int = FEWEST_PEOPLE,
    why: str = "",
) -> Numbers:
    """Return a measure as plain data; ``of`` names what n counts, ``why`` is said where there is nothing."""
    number = found if isinstance(found, dict) else told(found, fewest=fewest, of=of, why=why)
    return {"key": key, "title": title, "means": means, "unit": unit, "of": of, **number}


def counted(
    key: str, title: str, means: str, value: float, n: int, *, unit: str = NUMBER, of: str = ""
) -> Numbers:
    """Return a measure that was counted over everything there is, and so has no interval."""
    return {"key": key, "title": title, "means": means, "unit": unit, "of": of, **exact(value, n)}
