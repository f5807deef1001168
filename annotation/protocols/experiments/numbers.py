"""Numbers of a report: an estimate with its interval, or the sentence why there is none."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from annotation.statistics.errors import NotEstimable

Numbers = dict[str, Any]


def interval(estimate: float, low: float | None, high: float | None, **rest: Any) -> Numbers:
    """Return an estimate with its interval as plain data."""
    return {"estimate": estimate, "low": low, "high": high, **rest}


def refused(reason: str) -> Numbers:
    """Return what stands where a statistic means nothing."""
    return {"refused": reason}


def safely(make: Callable[..., Any], *given: Any) -> Any:
    """Return what ``make(*given)`` computes as plain data, or its refusal; a NaN or an infinity is a refusal too."""
    try:
        return plain(make(*given))
    except NotEstimable as error:
        return refused(error.reason)


def plain(value: Any) -> Any:
    """Return ``value`` as JSON can carry it; refuses what is not finite."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if hasattr(value, "as_json"):
        return plain(value.as_json())
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float):
        if not math.isfinite(value):
            raise NotEstimable(_("The number is not finite: there is too little to compute it from."))
        return value
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(one) for one in value]
    raise TypeError(f"a report cannot carry {type(value).__name__}")


def wilson(hits: int, n: int, z: float) -> Numbers:
    """Return a share of independent answers with Wilson's interval; refuses where there is nothing to share."""
    from annotation.statistics.shares import wilson as bounds

    low, high = bounds(hits, n, z)
    return interval(hits / n, low, high, n=n, hits=hits)


def share_of(hits: Sequence[bool], people: Sequence[str], level: float) -> Numbers:
    """Return the share of ``hits`` with one of ``people`` per answer; the interval takes each person as one.

    Refuses no answers; of one person alone, or of people who are all alike, there is a share without an interval.
    """
    from annotation.statistics.shares import clustered_share

    known = {"n": len(hits), "hits": sum(hits), "people": len(set(people)), "level": level}
    if known["people"] == 1:
        return interval(known["hits"] / known["n"], None, None, **known)
    found = clustered_share(hits, people, level=level, kind="people")
    if not found.se and found.p is not None:
        return interval(found.share, None, None, **known)
    return interval(found.share, found.low, found.high, **known)
