"""Agreement within each protocol, and what a minute of judging buys."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from multivocal.domain.svg import Axis, Dot, dots
from multivocal.domain.telling import number, refusals, three, with_interval
from multivocal.studies.reports import Figure

Numbers = dict[str, Any]


def figures(part: Numbers) -> Iterator[Figure]:
    """Yield alpha per protocol and the projected reliability per minute."""
    lines = part["agreement"]
    if not lines:
        return
    every: list[tuple[str, Numbers, int]] = []
    for n, line in enumerate(lines):
        if "alpha_ratings" in line:
            every.append(
                (_("{protocol}: the ratings").format(protocol=line["protocol"]), line["alpha_ratings"], n)
            )
        every.append((_("{protocol}: the pairs").format(protocol=line["protocol"]), line["alpha_pairs"], n))
    minutes = [
        (_("{protocol}: per minute").format(protocol=line["protocol"]), line["per_minute"], n)
        for n, line in enumerate(lines)
    ]
    axis = Axis(-0.2, 1, [(n / 5, number(n / 5, 1)) for n in range(-1, 6)], [(0.0, _("chance"))])
    drawn = [
        Dot(name, *three(found), colour=colour, hollow=k >= len(every), told=_told(found))
        for k, (name, found, colour) in enumerate([*every, *minutes])
    ]
    yield Figure(
        "agreement",
        _("Do people agree with one another?"),
        dots(drawn, axis, _("Krippendorff's alpha for each way of asking")),
        [_("what"), _("alpha"), _("low"), _("high"), "n"],
        [[name, *three(found), found.get("n")] for name, found, _c in [*every, *minutes]],
        group=_("Agreement and time"),
        note=_(
            "Krippendorff's alpha; 1 is perfect, 0 is chance. Only the pairs (first, tie, second) may be compared "
            "between ways of asking. Hollow: the reliability that one minute per item buys, with as many "
            "people as fit in it (Spearman–Brown). Intervals draw items again; the people stay as they are."
        ),
        refused=refusals(*((name, found) for name, found, _c in [*every, *minutes])),
    )


def _told(found: Numbers) -> str:
    return _("not estimated, see below") if "refused" in found else with_interval(found)
