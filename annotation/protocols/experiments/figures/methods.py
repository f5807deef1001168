"""What each way of asking says of the systems in its own terms: one table per method, whatever the kind."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from multivocal.domain.svg import Axis, Dot, dots
from multivocal.domain.telling import Numbers, number, refusals
from multivocal.studies.reports import Figure

# Title, what the number is, and how to read it.
WORDS: Mapping[str, tuple[Any, Any, Any]] = {
    "severity": (
        gettext_lazy("Freed from severity"), gettext_lazy("logits"),
        gettext_lazy("Many-facet Rasch: what a system would get from an annotator of average severity."),
    ),
    "mushra": (
        gettext_lazy("MUSHRA, after screening"), gettext_lazy("mean"),
        gettext_lazy("Without those who rate the hidden reference below 90 on more than 15 % of their pages."),
    ),
    "best_worst": (
        gettext_lazy("Best–worst counts"), gettext_lazy("score"),
        gettext_lazy("Times best less times worst, by how often it was shown: from −1 to 1."),
    ),
    "orders": (
        gettext_lazy("Orders as a whole"), gettext_lazy("log-worth"),
        gettext_lazy("Plackett–Luce, with ties as Davidson–Luce has them. Intervals are clustered by person."),
    ),
    "joint": (
        gettext_lazy("Ratings and orders together"), gettext_lazy("share of the scale"),
        gettext_lazy("Mallows–Binomial: one order for both, and how far up the scale. Intervals draw people again."),
    ),
    "rank_centrality": (
        gettext_lazy("A second opinion on pairs"), gettext_lazy("log-worth"),
        gettext_lazy("Rank centrality: a pair met once weighs as much as one met often."),
    ),
    "elo": (
        gettext_lazy("Elo, and how much the order of the answers matters"), gettext_lazy("rating"),
        gettext_lazy("Low and high are the least and the most that twenty shuffles gave. They are no interval."),
    ),
}  # fmt: skip
Line = tuple[str, float | None, float | None, float | None]


def figures(lines: list[Numbers]) -> Iterator[Figure]:
    """Yield a plot with its table for each method of each protocol."""
    for line in lines:
        for name, (title, unit, note) in WORDS.items():
            if name in line:
                yield _figure(line, name, f"{title}, “{line['protocol']}”", str(unit), str(note))


def _figure(line: Numbers, name: str, title: str, unit: str, note: str) -> Figure:
    found = line[name]
    rows = (
        [] if "refused" in found else sorted(_READ.get(name, _columns)(found), key=lambda row: -(row[1] or 0))
    )
    values = [value for _label, *numbers in rows for value in numbers if value is not None]
    drawn = ""
    if rows:
        room = (max(values) - min(values)) * 0.1 or 0.5
        low, high = min(values) - room, max(values) + room
        axis = Axis(low, high, [(at, number(at, 1)) for at in (low, (low + high) / 2, high)])
        drawn = dots([Dot(*row) for row in rows], axis, title)
    return Figure(
        f"{name}_{line['protocol']}",
        title,
        drawn,
        [_("system"), unit, _("low"), _("high")],
        [list(row) for row in rows],
        group=_("Systems"),
        lead=_told(name, found),
        note=note,
        refused=refusals((line["protocol"], found)),
    )


def _columns(found: Numbers) -> list[Line]:
    return list(zip(found["labels"], found["estimate"], found["low"], found["high"], strict=True))


def _severity(found: Numbers) -> list[Line]:
    return _columns(found["systems"])


def _mushra(found: Numbers) -> list[Line]:
    return [(one["label"], one["estimate"], one["low"], one["high"]) for one in found["kept"]]


def _pairs(found: Numbers) -> list[Line]:
    return [(one["label"], one["worth"], one["low"], one["high"]) for one in found["systems"]]


def _elo(found: Numbers) -> list[Line]:
    return [(one["label"], one["rating"], one["least"], one["most"]) for one in found["systems"]]


_READ = {"severity": _severity, "mushra": _mushra, "rank_centrality": _pairs, "elo": _elo}


def _told(name: str, found: Numbers) -> str:
    if "refused" in found:
        return ""
    if name == "severity":
        raters = found["raters"]
        told = _(
            "{n} annotators, from {low} (lenient) to {high} (severe) logits; reliability of that spread {r}."
        )
        return told.format(
            n=raters["n"], low=number(raters["most_lenient"]), high=number(raters["most_severe"]),
            r=number(raters["reliability"]),
        )  # fmt: skip
    if name == "mushra":
        return _("{excluded} of {raters} annotators are excluded.").format(**found)
    return ""
