"""How good the labels are: both routes, all together, against the lot, and whether the router's chances hold."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from annotation.routing.figures.draw import Line, Span, chances, lines
from annotation.routing.figures.words import as_estimate
from multivocal.domain.svg import Axis, Dot, dots
from multivocal.domain.telling import percent, refusals, three, with_interval
from multivocal.studies.reports import Figure

Numbers = dict[str, Any]
SHARES = Axis(0, 1, [(n / 5, f"{20 * n} %") for n in range(6)])


def figures(numbers: Numbers) -> Iterator[Figure]:
    """Yield agreement per route, the audits as they came, the lift, and the calibration."""
    found, group = numbers["quality"], _("How good the labels are")
    yield _routes(found, group)
    if "refused" not in found["ai"]:
        yield _path(found["ai"], group)
    yield _lift(found["lift"], group)
    yield _calibration(found["calibration"], group)
    yield _parts(numbers["parts"], group)


def _routes(found: Numbers, group: str) -> Figure:
    every = [
        (_("models' labels agree with a person"), as_estimate(found["ai"]), 0),
        (_("  the same, corrected for people's own errors"), as_estimate(found["ai_corrected"]), 5),
        (_("two people agree"), as_estimate(found["human"]), 1),
        (_("a final label is what another person says"), as_estimate(found["hybrid"]), 2),
    ]
    drawn = [
        Dot(words, *three(one), told=_("not yet, see below") if "refused" in one else _told(one), colour=colour,
            hollow=colour == 5)
        for words, one, colour in every
    ]  # fmt: skip
    return Figure(
        "quality",
        _("Agreement by route"),
        dots(drawn, SHARES, _("Agreement by route, with intervals"))
        if any("refused" not in one for _words, one, _colour in every)
        else "",
        [_("what"), _("share"), _("low"), _("high"), "n"],
        [[words.strip(), *three(one), one.get("n")] for words, one, _colour in every if "refused" not in one],
        group=group,
        lead=_lead(found),
        note=_(
            "Intervals at 95 %. Those of agreement hold at every look, however often this page is opened; they are "
            "wider than intervals for one look. Audits are drawn by lot and nobody knows which screens they are."
        ),
        refused=refusals(*((words.strip(), one) for words, one, _colour in every)),
    )


def _lead(found: Numbers) -> str:
    if "refused" in found["ai"]:
        return ""
    return _("Of {n} audited labels of models a person gives the same in {share}.").format(
        n=found["ai"]["n"], share=with_interval(as_estimate(found["ai"]), shares=True)
    )


def _told(one: Numbers) -> str:
    return f"{with_interval(one, shares=True)}, n = {one['n']}"


def _path(ai: Numbers, group: str) -> Figure:
    most = ai["path"][-1][0]
    across = Span(0, most, [(most * n / 4, f"{most * n / 4:.0f}") for n in range(5)], _("audits"))
    up = Span(0, 1, [(n / 4, f"{25 * n} %") for n in range(5)])
    return Figure(
        "audits",
        _("Audits as they came"),
        lines([Line(_("agree"), ai["path"], 0)], across, up, _("Agreement after each audit")),
        [_("audits"), _("share"), _("low"), _("high")],
        ai["path"],
        group=group,
        note=_("The band holds the true share at all points at once, 95 times in a hundred."),
    )


def _lift(lift: Numbers, group: str) -> Figure:
    one = as_estimate(lift)
    plot, rows = "", []
    if "refused" not in one:
        reach = max(0.05, abs(one["low"]), abs(one["high"]))
        axis = Axis(
            -reach,
            reach,
            [(reach * n / 2, f"{100 * reach * n / 2:+.1f}") for n in range(-2, 3)],
            [(0, _("by lot"))],
        )
        told = f"{100 * one['estimate']:+.1f} [{100 * one['low']:+.1f}, {100 * one['high']:+.1f}]"
        plot = dots([Dot(_("gain in points"), *three(one), told=told)], axis, _("Lift over random routing"))
        rows = [[one["estimate"], one["low"], one["high"], one["n"]]]
    return Figure(
        "lift",
        _("What routing gains over the lot"),
        plot,
        [_("gain (share of items)"), _("low"), _("high"), "n"],
        rows,
        group=group,
        note=_(
            "In percentage points of right labels, against sending as many items to people at random. What a person is "
            "right at does not depend on the item here, so it is the gain on the models' side."
        ),
        refused=refusals((_("Lift"), lift)),
    )


def _calibration(found: Numbers, group: str) -> Figure:
    bins = found.get("bins", [])
    points = [(one["predicted"], one["observed"], one["n"]) for one in bins]
    lead = ""
    if bins:
        lead = _(
            "Brier score {brier} ({base} for always saying the average), calibration error {ece}."
        ).format(brier=f"{found['brier']:.3f}", base=f"{found['base_brier']:.3f}", ece=f"{found['ece']:.3f}")
    return Figure(
        "calibration",
        _("Do the router's chances hold?"),
        chances(points, _("Chances against what happened"), _("chance that the model is right"), _("a person agrees"))
        if points
        else "",
        [_("chance said"), _("agreed"), "n"],
        [[said, was, n] for said, was, n in points],
        group=group,
        lead=lead,
        note=_("On items outside the seed that have a person's label. A person errs too, so points lie a little low."),
        refused=refusals((_("Calibration"), found)),
    )  # fmt: skip


def _parts(parts: list[Numbers], group: str) -> Figure:
    if not parts:
        return Figure(
            "parts", _("Kinds of items"), "", [], [], group=group,
            refused=[_("Nothing to show yet: the items have neither strata nor tags, or none that was drawn by lot has "
                       "a person's label. A tagger in the policy gives items their kinds.")],
        )  # fmt: skip
    drawn = [
        Dot(one["name"], one["shrunken"], one["low"], one["high"], hollow=one["few"], colour=5 if one["few"] else 0,
            told=f"{percent(one['shrunken'])}, n = {one['n']}")
        for one in parts[:20]
    ]  # fmt: skip
    return Figure(
        "parts",
        _("Kinds of items"),
        dots(drawn, SHARES, _("Agreement by kind of item")),
        [_("kind"), _("items"), _("to people"), _("with a label"), _("agree"), _("shrunken"), _("low"), _("high"),
         _("fewer than 30")],
        [
            [one["name"], one["pairs"], one["to_people"], one["n"], one["agree"], one["shrunken"], one["low"],
             one["high"], _("yes") if one["few"] else ""]
            for one in parts
        ],
        group=group,
        note=_(
            "How often models agree with people, drawn towards the whole as by 20 more items of average kind. Hollow: "
            "fewer than 30 labels, no finding."
        ),
    )  # fmt: skip
