"""Numbers as reports carry them: an estimate with its interval and n, or the sentence why there is none."""

import math
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from elicitation.moral_graph.domain.criteria.intervals import Measured

Numbers = dict[str, Any]
FEWEST_PEOPLE = 5
"""Below this many people nothing is estimated: an interval would promise what it cannot keep."""


def refused(reason: str, n: int = 0) -> Numbers:
    """Return what stands where a number would mean nothing."""
    return {"refused": reason, "n": n}


def told(found: "Measured | None", *, fewest: int = FEWEST_PEOPLE, of: str = "", why: str = "") -> Numbers:
    """Return a measured number as plain data, or its refusal: nothing there, or fewer than ``fewest`` behind it."""
    if found is None or not math.isfinite(found.estimate):
        return refused(why or _("There is nothing to measure it by yet."))
    if found.n < fewest:
        return refused(
            _("Too few: {n} {of}; at least {fewest} are needed.").format(
                n=found.n, of=of or _("people"), fewest=fewest
            ),
            found.n,
        )
    return found.as_json()


def exact(value: float, n: int) -> Numbers:
    """Return a number that was counted, not estimated: it has no interval."""
    return {"estimate": value, "low": None, "high": None, "n": n, "counted": True}
