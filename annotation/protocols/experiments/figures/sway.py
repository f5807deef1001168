"""The pull of length under each protocol, and what the preferred answers have more of."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from multivocal.domain.svg import Axis, Dot, dots
from multivocal.domain.telling import number, refusals, three, with_interval
from multivocal.studies.reports import Figure

Numbers = dict[str, Any]


def figures(part: Numbers) -> Iterator[Figure]:
    """Yield the pull of length with the effect of the protocol, and the covariates of preferred answers."""
    sway = part["sway"]
    if sway["protocols"]:
        yield _pull(sway)
        yield _means(sway)


def _pull(sway: Numbers) -> Figure:
    lines = [(line["protocol"], line["pull_of_length"], n) for n, line in enumerate(sway["protocols"])]
    apart = [
        (_("{first} − {second}").format(first=one["first"], second=one["second"]), one["difference"], 2)
        for one in sway["differences"]
    ]
    every = [*lines, *apart]
    known = [abs(v) for _name, found, _n in every for v in three(found) if v is not None]
    reach = max(0.25, 1.15 * max(known, default=0.25))
    step = 0.1 if reach < 0.5 else 0.25 if reach < 1.2 else 0.5
    ticks = [(n * step, number(n * step, 2)) for n in range(-int(reach / step), int(reach / step) + 1)]
    axis = Axis(-reach, reach, ticks, [(0.0, _("no pull"))])
    drawn = [
        Dot(name, *three(found), told=_told(found), colour=colour, hollow=n >= len(lines))
        for n, (name, found, colour) in enumerate(every)
    ]
    lead = ""
    if apart and "refused" not in apart[0][1]:
        found = apart[0][1]
        one = sway["differences"][0]
        sure = found["low"] > 0 or found["high"] < 0
        if sure:
            more, less = (
                (one["first"], one["second"]) if found["estimate"] > 0 else (one["second"], one["first"])
            )
            lead = _("“{more}” favours longer answers more than “{less}” does, by {by} standard deviations.")
            lead = lead.format(more=more, less=less, by=with_interval(_positive(found)))
        else:
            lead = _("No difference between the ways of asking can be told from chance: {by}.")
            lead = lead.format(by=with_interval(found))
    return Figure(
        "length",
        _("Does one way of asking favour longer answers?"),
        dots(drawn, axis, _("Pull of length for each way of asking, with intervals")),
        [_("way of asking"), _("pull"), _("low"), _("high"), "n"],
        [[name, *three(found), found.get("n")] for name, found, _n in every],
        group=_("What the way of asking does"),
        lead=lead,
        note=_(
            "How far the longer of two answers to an item stands above the shorter, in standard deviations of one "
            "answer's quality as people see it; of more answers every pair counts. Both ways of asking are put on "
            "this scale by an ordered probit, so their difference (hollow) is what the way of asking does. Intervals "
            "are clustered by person and item."
        ),
        refused=refusals(*((name, found) for name, found, _n in every)),
    )


def _positive(found: Numbers) -> Numbers:
    """The same difference, seen from the protocol that has more."""
    if found["estimate"] > 0:
        return found
    return {"estimate": -found["estimate"], "low": -found["high"], "high": -found["low"]}


def _told(found: Numbers) -> str:
    return _("not estimated, see below") if "refused" in found else with_interval(found)


def _means(sway: Numbers) -> Figure:
    rows: list[list[Any]] = []
    refused = []
    names = {"words": _("words"), "unique_words": _("different words"), "density": _("different ÷ all words")}
    for line in sway["protocols"]:
        means = line["means"]
        if "refused" in means:
            refused += refusals((line["protocol"], means))
            continue
        for name, found in means.items():
            digits = 3 if name == "density" else 1
            rows.append([
                line["protocol"], names.get(name, name), number(found["preferred"], digits),
                number(found["other"], digits), number(found["difference"], digits), found["n"],
            ])  # fmt: skip
        longer = line["preferred_longer"]
        if "refused" not in longer:
            share, _space, bounds = with_interval(longer, shares=True).partition(" [")
            rows.append([
                line["protocol"], _("preferred answer is the longer one"), share, "", f"[{bounds}", longer["n"],
            ])  # fmt: skip
    return Figure(
        "preferred",
        _("What preferred answers have more of"),
        "",
        [_("way of asking"), _("measure"), _("preferred"), _("the other"), _("difference"), "n"],
        rows,
        group=_("What the way of asking does"),
        note=_(
            "Pairs that were decided; a rating decides where one person rated both answers differently. The interval "
            "takes each person as one."
        ),
        refused=refused,
    )
