"""Numbers or a reason why there are none: what every section of the live view is made of."""

from collections.abc import Callable
from typing import Any

from annotation.statistics.errors import NotEstimable
from annotation.statistics.estimate import Estimate


def told(make: Callable[[], Estimate]) -> dict[str, Any]:
    """Return an estimate as JSON, or ``{"refused": sentence}`` where there is too little to say."""
    try:
        return make().as_json()
    except NotEstimable as why:
        return {"refused": str(why)}


def refused(sentence: str) -> dict[str, Any]:
    """Return a refusal."""
    return {"refused": sentence}
