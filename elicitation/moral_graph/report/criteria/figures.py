"""The dashboard's plots: each criterion's shares with their intervals, and the curves of growth."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elicitation.moral_graph.report.criteria.curves import curve
from elicitation.moral_graph.report.said import Numbers
from multivocal.domain.svg import Axis, Dot, dots
from multivocal.domain.telling import number, percent
from multivocal.studies.reports import Figure

QUESTIONS = {
    "fine_grained": gettext_lazy("Does it say something about particular situations?"),
    "generalizable": gettext_lazy("Does it carry over to situations nobody was asked about?"),
    "scalable": gettext_lazy("What do more people bring, and what do they cost?"),
    "robust": gettext_lazy("Would other people, words or orders have given another graph?"),
    "legitimate": gettext_lazy("Do the people recognise their values, and find their place fair?"),
    "auditable": gettext_lazy("Can everything be traced and made again?"),
}


def figures(numbers: Numbers) -> Sequence[Figure]:
    """Return one figure per criterion, and the two curves."""
    found = []
    for one in numbers["criteria"]:
        found.append(_criterion(one))
        if one["key"] == "scalable":
            found += _growth(numbers["growth"])
    return found


def told(measure: Numbers) -> str:
    """Return a measure's number in its unit, with its interval: “77 % [58, 89]”."""
    if "refused" in measure:
        return _("not measured")
    value, low, high = measure["estimate"], measure["low"], measure["high"]
    if measure["unit"] == "share":
        text = percent(value, 0)
        return text if low is None else f"{text} [{100 * low:.0f}, {100 * high:.0f}]"
    digits = 0 if isinstance(value, int) or (value == round(value) and abs(value) >= 10) else 2
    if 0 < abs(value) < 0.1:
        digits = 4
    text = number(value, digits)
    return text if low is None else f"{text} [{number(low, digits)}, {number(high, digits)}]"


def _criterion(one: Numbers) -> Figure:
    shares = [row for row in one["measures"] if row["unit"] == "share" and "refused" not in row]
    axis = Axis(0, 1, [(n / 4, percent(n / 4, 0)) for n in range(5)])
    drawn = [
        Dot(
            row["title"],
            row["estimate"],
            row["low"],
            row["high"],
            told=f"{told(row)}, n = {row['n']}",
            hollow=bool(row.get("counted")),
        )
        for row in shares
    ]
    return Figure(
        one["key"].replace("_", "-"),
        one["title"],
        dots(drawn, axis, one["title"]) if drawn else "",
        [
            _("measure"),
            _("value"),
            _("low"),
            _("high"),
            "n",
            _("of"),
            _("what it means"),
            _("why there is none"),
        ],
        [_row(row) for row in one["measures"]],
        group=one["title"],
        lead=str(QUESTIONS[one["key"]]),
    )


def _row(row: Numbers) -> list[Any]:
    return [
        row["title"],
        row.get("estimate"),
        row.get("low"),
        row.get("high"),
        row["n"],
        row["of"],
        row["means"],
        row.get("refused"),
    ]


def _growth(growth: Numbers) -> Iterator[Figure]:
    batches, values = growth["batches"], growth["values"]
    if batches:
        yield Figure(
            "growth",
            _("How the graph settles"),
            curve(
                [
                    (_("order, rho with the end"), [(one["people"], one["spearman"]) for one in batches]),
                    (
                        _("first values as at the end"),
                        [(one["people"], one["winners"] / one["contexts"]) for one in batches],
                    ),
                ],
                1.0,
                _("people"),
                _("How the graph settles as people come"),
            ),
            [
                _("people"),
                _("votes"),
                _("values voted on"),
                _("supported steps"),
                _("first values as at the end"),
                _("situations"),
                "rho",
            ],
            [
                [
                    one[key]
                    for key in ("people", "votes", "values", "supported", "winners", "contexts", "spearman")
                ]
                for one in batches
            ],
            group=_("Scalable"),
            note=_(
                "The graph of the first people only, in the order in which they voted. It ends at 1 by itself."
            ),
        )
    if len(values) > 1:
        most = max(values)
        yield Figure(
            "novelty",
            _("How many values there are"),
            curve(
                [(_("values"), [(n, count) for n, count in enumerate(values, 1)])],
                float(most),
                _("people with cards"),
                _("Values as people come"),
            ),
            [_("people with cards"), _("values")],
            [[n, count] for n, count in enumerate(values, 1)],
            group=_("Scalable"),
            note=_("Where it flattens, new people give cards that are values already."),
        )
