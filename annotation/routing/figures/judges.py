"""The judges: replies, money, conflicts between orders, and the pull of the first place."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from annotation.routing.figures.quality import SHARES
from annotation.routing.figures.words import as_estimate
from multivocal.domain.svg import Axis, Dot, dots
from multivocal.domain.telling import refusals, three, with_interval
from multivocal.studies.reports import Figure

Numbers = dict[str, Any]


def figures(judges: list[Numbers]) -> Iterator[Figure]:
    """Yield the replies as a table and the sway of the order as a plot."""
    group = _("The judges")
    yield Figure(
        "judges",
        _("Replies and cost"),
        "",
        [_("judge"), _("model"), _("asked"), _("answered"), _("usable"), _("could not be read"), _("never came"),
         _("would not say"), _("US dollars"), _("dollars an item"), _("answered as")],
        [
            [
                one["judge"], one["model"], one["screens"], one["judged"], one["ok"], one["unparsed"], one["failed"],
                one["no_answer"], round(one["cost_usd"], 4), _rounded(one["cost_per_item_usd"]),
                ", ".join(row["version"] for row in one["versions"]),
            ]
            for one in judges
        ],
        group=group,
        note=_("A reply that failed or could not be read is never a tie: another judge is believed, or a person."),
    )  # fmt: skip
    lines = [
        (one["judge"], words, as_estimate(one[key]), n)
        for one in judges
        for n, (key, words) in enumerate(
            (
                ("conflict", _("changes its mind with the order")),
                ("first_slot", _("prefers what stands first")),
            )
        )
    ]
    drawn = [
        Dot(f"{judge}: {words}", *three(one), colour=n,
            told=_("not yet") if "refused" in one else f"{with_interval(one, shares=True)}, n = {one['n']}")
        for judge, words, one, n in lines
    ]  # fmt: skip
    yield Figure(
        "sway",
        _("Does the order sway them?"),
        dots(drawn, Axis(0, 1, SHARES.ticks, [(0.5, _("no pull"))]), _("Conflicts and pull of the first place"))
        if drawn
        else "",
        [_("judge"), _("what"), _("share"), _("low"), _("high"), "n"],
        [[judge, words, *three(one), one.get("n")] for judge, words, one, _n in lines],
        group=group,
        note=_("Of pairs answered in both orders. What stands first should win half of the decided answers."),
        refused=refusals(*((f"{judge}, {words}", one) for judge, words, one, _n in lines)),
    )  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
