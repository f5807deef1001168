"""How the answers came: time, sides, repeats, non-answers, checks."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from multivocal.domain.telling import number, percent, refusals, with_interval
from multivocal.studies.reports import Figure

Numbers = dict[str, Any]


def figures(part: Numbers) -> Iterator[Figure]:
    """Yield one table each."""
    for key, table in _TABLES.items():
        if lines := part[key]:
            yield table(lines, _("How the answers came"))


def _time(lines: Sequence[Numbers], group: str) -> Figure:
    return Figure(
        "time",
        _("Time"),
        "",
        [
            _("way of asking"),
            _("seconds a screen (median)"),
            _("seconds an item (median)"),
            _("minutes a person"),
            _("minutes in all"),
            _("timed"),
        ],
        [
            [
                line["protocol"],
                number(line.get("median_seconds"), 1),
                number(line.get("median_seconds_per_item"), 1),
                number(line.get("minutes_per_person"), 1),
                number(line.get("minutes"), 0),
                line["timed"],
            ]
            for line in lines
        ],
        group=group,
        note=_("Measured by the server. An item that is rated in two screens costs both."),
        refused=refusals(*((line["protocol"], line) for line in lines)),
    )


def _sides(lines: Sequence[Numbers], group: str) -> Figure:
    return Figure(
        "sides",
        _("Does standing first help?"),
        "",
        [_("way of asking"), _("the first one wins"), _("within pairs seen both ways round"), "n"],
        [
            [
                line["protocol"],
                with_interval(line["first_preferred"], shares=True),
                percent(line["first_preferred"].get("swapped")),
                line["first_preferred"].get("n"),
            ]
            for line in lines
        ],
        group=group,
        note=_(
            "Of all decided pairs shown side by side; 50 % without a pull of the side. Intervals take each "
            "person as one."
        ),
    )


def _repeats(lines: Sequence[Numbers], group: str) -> Figure:
    return Figure(
        "repeats",
        _("Asked the same again"),
        "",
        [
            _("way of asking"),
            _("same answer"),
            _("alpha"),
            _("mean distance"),
            _("repeated"),
            _("people"),
        ],
        [
            [
                line["protocol"],
                with_interval(line["same"], shares=True),
                number(line["alpha"].get("estimate")),
                number(line.get("mean_distance")),
                line["repeated"],
                line["people"],
            ]
            for line in lines
        ],
        group=group,
        note=_(
            "Repeats come later with sides swapped; they count in no estimate. Of a ranking every pair is an "
            "answer; the interval takes each person as one."
        ),
        refused=refusals(*((line["protocol"], line["alpha"]) for line in lines)),
    )


def _no_answers(lines: Sequence[Numbers], group: str) -> Figure:
    return Figure(
        "no_answers",
        _("Answers that are no judgement"),
        "",
        [
            _("way of asking"),
            _("asked"),
            _("not sure"),
            _("skipped"),
            _("invalid"),
            _("share"),
            _("highest of an item"),
        ],
        [
            [
                line["protocol"],
                line["asked"],
                line["unsure"],
                line["skip"],
                line["invalid"],
                with_interval(line["share"], shares=True),
                percent(line["highest_share_of_an_item"]),
            ]
            for line in lines
        ],
        group=group,
        note=_("Never counted as ties. The interval takes each person as one."),
    )


def _checks(lines: Sequence[Numbers], group: str) -> Figure:
    roles = {"gold": _("gold"), "attention": _("attention")}
    return Figure(
        "checks",
        _("Checks"),
        "",
        [_("kind"), _("way of asking"), _("answered"), _("passed")],
        [
            [
                roles[line["role"]],
                line["protocol"],
                line["answered"],
                with_interval(line["passed"], shares=True),
            ]
            for line in lines
        ],
        group=group,
        note=_("The interval takes each person as one."),
    )


_TABLES: dict[str, Callable[[Sequence[Numbers], str], Figure]] = {
    "timing": _time,
    "sides": _sides,
    "repeats": _repeats,
    "no_answers": _no_answers,
    "checks": _checks,
}
