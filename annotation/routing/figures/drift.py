"""Whether the models still do as well as they did."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from annotation.routing.figures.quality import SHARES
from multivocal.domain.svg import Dot, dots
from multivocal.domain.telling import percent, refusals
from multivocal.studies.reports import Figure

Numbers = dict[str, Any]


def figures(numbers: Numbers) -> Iterator[Figure]:
    """Yield the audits in windows, with what the alarms say."""
    found = numbers["drift"]
    rows = found.get("windows", [])
    drawn = [
        Dot(_("audits {a} to {b}").format(a=one["start"] + 1, b=one["end"]), one["share"], one["low"], one["high"],
            told=f"{percent(one['share'])}, n = {one['n']}")
        for one in rows
    ]  # fmt: skip
    yield Figure(
        "drift",
        _("Audits over time"),
        dots(drawn, SHARES, _("Agreement in windows of audits")) if drawn else "",
        [_("from"), _("to"), _("share"), _("low"), _("high")],
        [[one["start"] + 1, one["end"], one["share"], one["low"], one["high"]] for one in rows],
        group=_("Does it hold?"),
        lead=_lead(found),
        note=_(
            "An alarm is a sign to look, to raise the audit rate or to stop models; labels keep the policy they were "
            "given under."
        ),
        refused=refusals((_("Drift"), found)),
    )  # fmt: skip


def _lead(found: Numbers) -> str:
    if "refused" in found:
        return ""
    alarm, sums = found["alarm"], found["cusum"]
    told = []
    if alarm.get("raised"):
        told.append(
            _("Alarm: agreement fell from {before} to {after} in the last window.").format(
                before=percent(alarm["before"]), after=percent(alarm["after"])
            )
        )
    if sums.get("raised_at") is not None:
        told.append(
            _("Alarm: the running sum passed its limit at audit {n}.").format(n=sums["raised_at"] + 1)
        )
    return " ".join(told) or _("No alarm: the last window is like those before.")
