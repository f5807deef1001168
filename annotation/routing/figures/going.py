"""Where the items go, and the money."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from annotation.routing.figures.draw import Line, Span, lines
from annotation.routing.figures.words import provenance, reason, routes
from multivocal.studies.reports import Figure

Numbers = dict[str, Any]


def figures(numbers: Numbers) -> Iterator[Figure]:
    """Yield the routes with their reasons, the final labels by provenance, and the burn-down."""
    counts, group = numbers["counts"], _("Where the items go")
    named = routes()
    shown = [f"{n} {named[key]}" for key, n in counts["to"].items() if n]
    yield Figure(
        "routes",
        _("Routes and why"),
        "",
        [_("reason"), _("items")],
        [[reason(key), n] for key, n in counts["reasons"].items()],
        group=group,
        lead=_("Of {n} items: {shown}.").format(n=counts["items"], shown=", ".join(shown)),
        note=_("The first reason that applies, as it was written before anything was done about the item."),
    )
    yield Figure(
        "labels",
        _("Final labels"),
        "",
        [_("from"), _("labels"), _("US dollars"), _("dollars a label")],
        [
            [provenance(row["provenance"]), row["labels"], row["usd"], row["usd"] / row["labels"]]
            for row in counts["provenance"]
        ],
        group=group,
        lead=_(
            "{n} of {all} items have their final label. People's labels: {wanted} wanted, {now} given since the start, "
            "{before} were there before."
        ).format(
            n=counts["final"], all=counts["items"], wanted=counts["human_wanted"], before=counts["human_before"],
            now=counts["human_since"],
        ),
        note=_("Labels of people and of models are never counted together without this column."),
    )  # fmt: skip
    money = numbers["money"]
    if money["burn"]:
        yield _burn(money, group)


def _burn(money: Numbers, group: str) -> Figure:
    last = money["burn"][-1]
    seconds, budget = last[0], money["budget_usd"]
    scale, unit = (
        (3600, _("hours")) if seconds > 7200 else (60, _("minutes")) if seconds > 120 else (1, _("seconds"))
    )
    spent = [(at / scale, budget - ai - human) for at, ai, human in money["burn"]]
    across = Span(
        0,
        seconds / scale,
        [(seconds / scale * n / 4, f"{seconds / scale * n / 4:.3g}") for n in range(5)],
        unit,
    )
    up = Span(0, budget, [(budget * n / 4, f"${budget * n / 4:.3g}") for n in range(5)])
    plot = lines(
        [
            Line(_("left"), spent, 0),
            Line(_("people"), [(at / scale, human) for at, _ai, human in money["burn"]], 1),
            Line(_("models"), [(at / scale, ai) for at, ai, _human in money["burn"]], 2),
        ],
        across,
        up,
        _("Money left and spent over time"),
    )
    return Figure(
        "burn",
        _("Money"),
        plot,
        [_("seconds since the start"), _("models, US dollars"), _("people, US dollars"), _("left")],
        [[round(at, 1), ai, human, budget - ai - human] for at, ai, human in money["burn"]],
        group=group,
        lead=_(
            "${left} of ${budget} are left: ${ai} went to models, ${human} to people, ${open} is held for what is "
            "on its way."
        ).format(
            left=f"{money['left_usd']:.2f}", budget=f"{budget:.2f}", ai=f"{money['ai_usd']:.4f}",
            human=f"{money['human_usd']:.2f}", open=f"{money['open_usd']:.2f}",
        ),
        note=_("A call or a screen begins only where the rest of the budget covers the most it can cost."),
    )  # fmt: skip
