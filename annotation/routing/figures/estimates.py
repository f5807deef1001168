"""How often each system wins, three ways side by side, and what more labels would buy."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from annotation.routing.figures.quality import SHARES
from annotation.routing.figures.words import as_estimate
from multivocal.domain.svg import Axis, Dot, dots
from multivocal.domain.telling import percent, refusals, three, with_interval
from multivocal.studies.reports import Figure

Numbers = dict[str, Any]


def figures(found: Numbers) -> Iterator[Figure]:
    """Yield the win rates and what labels are worth."""
    group = _("How often each system wins")
    ways = {
        "naive": _("all final labels as if true"),
        "aipw": _("people's, with known probabilities"),
        "control_variate": _("people's by lot, models beside"),
    }
    lines = [
        (one["system"], words, as_estimate(one[key]), n)
        for one in found["systems"]
        for n, (key, words) in enumerate(ways.items())
    ]
    drawn = [
        Dot(f"{system}: {words}" if not n else f"  {words}", *three(one), colour=(5, 0, 2)[n], hollow=not n,
            told=_("not yet") if "refused" in one else f"{with_interval(one, shares=True)}, n = {one['n']}")
        for system, words, one, n in lines
    ]  # fmt: skip
    axis = Axis(0, 1, SHARES.ticks, [(0.5, _("even"))])
    told = list(dict.fromkeys(refusals(*((words, one) for _system, words, one, _n in lines))))
    yield Figure(
        "wins",
        _("Win rates"),
        dots(drawn, axis, _("Win rates of systems, three estimates each")) if drawn else "",
        [_("system"), _("estimate"), _("share"), _("low"), _("high"), _("labels of people"), _("items")],
        [
            [system, words, *three(one), one.get("n"), record["pairs"]]
            for record, some in zip(found["systems"], _by_three(lines), strict=True)
            for system, words, one, _n in some
        ],
        group=group,
        note=_(
            "What people would say of all items. The first estimate takes models' labels for people's and is there to "
            "be compared, not to be believed; the other two are unbiased whatever models say. A tie counts a half."
        ),
        refused=told[:4],
    )
    yield _worth(found, group)


def _by_three(lines: list[Any]) -> list[list[Any]]:
    return [lines[n : n + 3] for n in range(0, len(lines), 3)]


def _worth(found: Numbers, group: str) -> Figure:
    both, more, better = found["all"], found["more_labels"], found["more_quality"]
    rows: list[list[Any]] = []
    sentences = []
    if "refused" not in both:
        rows += [
            [_("ρ² of models' and people's labels"), both["rho2"]],
            [_("labels of people by lot"), both["n"]],
            [_("effective number of labels"), both["effective_n"]],
            [_("share of labels saved"), both["saving"]],
        ]
        sentences.append(
            _("Models explain {rho} of people's labels: {n} labels are worth {effective}.").format(
                rho=percent(both["rho2"]), n=both["n"], effective=f"{both['effective_n']:.0f}"
            )
        )
        if both["rho2"] < 0.05:
            sentences.append(_("That is too little for models' labels to be worth their price here."))
    if "refused" not in more:
        rows += [
            [_("half-width now"), more["half_width_now"]],
            [_("half-width with more"), more["half_width_then"]],
        ]
        sentences.append(
            _("{n} more human labels buy you an interval of ± {then} in place of ± {now}.").format(
                n=more["extra"], now=percent(more["half_width_now"]), then=percent(more["half_width_then"])
            )
        )
    if "refused" not in better:
        rows.append([_("gain in right labels by 50 more"), better["value"]])
        sentences.append(
            _("Bought where most is expected of them, they make {gain} more of the labels right.").format(
                gain=with_interval(as_estimate(better), shares=True)
            )
        )
    return Figure(
        "worth",
        _("What labels are worth"),
        "",
        [_("what"), _("value")],
        rows,
        group=group,
        lead=" ".join(sentences),
        refused=refusals((_("Worth of models' labels"), both), (_("50 more labels"), better)),
    )
