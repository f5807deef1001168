"""Who is for what: each group's answers to the steps that were asked most, small cells hidden."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from elicitation.moral_graph.report.said import Numbers
from multivocal.domain.svg import Axis, Dot, dots
from multivocal.domain.telling import percent
from multivocal.studies.reports import Figure

DRAWN = 4


def figures(groups: Numbers) -> Iterator[Figure]:
    """Yield for each variable its answers, step by step, and each group's own first values."""
    heading = _("Who is for what?")
    for one in groups["variables"]:
        columns = [_name(group["group"]) for group in one["groups"]]
        what = _("arm") if one["name"] == "arm" else one["name"]
        sizes = ", ".join(f"{_name(group['group'])}: {_size(group)}" for group in one["groups"])
        yield Figure(
            f"groups-{one['name']}".replace("_", "-"),
            _("Steps held wiser, by {what}").format(what=what),
            _plot(one, columns),
            [
                _("situation"), _("from"), _("to"), _("people"), _("wiser"),
                *(f"{column}: {part}" for column in columns for part in (_("wiser"), _("low"), _("high"), "n")),
            ],
            [_row(step) for step in one["steps"]],
            group=heading,
            note=_(
                "Share that answers “wiser” to a step, of those who answered whether it is, with Wilson's 95 % "
                "interval. People: {sizes}. Cells of fewer than {k} people are hidden, and so is the next smallest "
                "where a row's total would tell what is hidden."
            ).format(sizes=sizes, k=groups["k"]),
        )  # fmt: skip
        yield Figure(
            f"groups-{one['name']}-firsts".replace("_", "-"),
            _("First value of each group, by {what}").format(what=what),
            "",
            [_("situation"), *columns],
            [
                [
                    step["text"],
                    *(f"< {groups['k']}" if cell["hidden"] else cell["title"] for cell in step["cells"]),
                ]
                for step in one["firsts"]
            ],
            group=heading,
            note=_("The graph of each group's votes alone. Few people: a first value may well be chance."),
        )


def _row(step: Numbers) -> list[Any]:
    row: list[Any] = [step["text"], *step["titles"], step["people"], step["wiser"]]
    for cell in step["cells"]:
        if cell["hidden"]:
            row += [None, None, None, _("hidden")]
        else:
            row += [cell.get("estimate"), cell.get("low"), cell.get("high"), cell["n"]]
    return row


def _plot(one: Numbers, columns: list[str]) -> str:
    axis = Axis(0, 1, [(n / 4, percent(n / 4, 0)) for n in range(5)])
    drawn = []
    for step in one["steps"][:DRAWN]:
        title = " → ".join(step["titles"])
        drawn.append(Dot(title, None))
        for n, (column, cell) in enumerate(zip(columns, step["cells"], strict=True)):
            if cell["hidden"] or "estimate" not in cell:
                drawn.append(Dot(column, None, told=_("hidden") if cell["hidden"] else _("nobody asked")))
            else:
                share = f"{percent(cell['estimate'], 0)}, n = {cell['n']}"
                drawn.append(Dot(column, cell["estimate"], cell["low"], cell["high"], told=share, colour=n))
    return dots(drawn, axis, _("Share that answers “wiser”, by group")) if drawn else ""


def _name(group: str) -> str:
    return group or _("not said")


def _size(group: Numbers) -> str:
    return _("hidden") if group["hidden"] else str(group["people"])
