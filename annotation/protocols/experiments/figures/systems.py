"""Scores, orders and win rates of the systems under each protocol."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from multivocal.domain.svg import Axis, Dot, dots
from multivocal.domain.telling import number, percent, refusals, three, with_interval
from multivocal.studies.reports import Figure

Numbers = dict[str, Any]


def figures(part: Numbers) -> Iterator[Figure]:
    """Yield worths on one scale, mean ratings, win rates on shared items, and circles among three."""
    scores = part["scores"]
    if "refused" in scores:
        yield Figure(
            "systems", _("Which system is best?"), "", [], [], group=_("Systems"), refused=[scores["refused"]]
        )
        return
    if scores["protocols"]:
        yield _worths(scores)
        yield from _means(scores)
        yield _wins(part["win_rates"])
    if part["transitivity"]:
        yield _circles(part["transitivity"])


def _worths(scores: Numbers) -> Figure:
    by_system: dict[str, list[tuple[str, Numbers, int]]] = {}
    for n, line in enumerate(scores["protocols"]):
        for one in line["model"].get("systems", ()):
            found = {"estimate": one["worth"], "low": one["low"], "high": one["high"], "rank": one["rank"]}
            by_system.setdefault(one["label"], []).append((line["protocol"], found, n))
    order = sorted(by_system, key=lambda label: -max(found["estimate"] for _p, found, _n in by_system[label]))
    rows = [(label, *entry) for label in order for entry in by_system[label]]
    reach = max([abs(v) for _l, _p, found, _n in rows for v in three(found)] or [1.0]) * 1.1
    axis = Axis(-reach, reach, [(v, number(v, 1)) for v in (-reach, -reach / 2, 0.0, reach / 2, reach)])
    drawn = [
        Dot(
            label if n == 0 else "",
            found["estimate"],
            found["low"],
            found["high"],
            f"{protocol} {with_interval(found)}",
            n,
        )
        for label, protocol, found, n in rows
    ]
    taus = [
        _("{first} and {second}: {tau}").format(
            first=one["first"], second=one["second"],
            tau=one["tau"]["refused"] if "refused" in one["tau"] else f"τ = {number(one['tau']['estimate'])}",
        )
        for one in scores["tau"]
    ]  # fmt: skip
    return Figure(
        "systems",
        _("Which system is best?"),
        dots(drawn, axis, _("Worth of every system under each way of asking")) if rows else "",
        [_("system"), _("way of asking"), _("worth"), _("low"), _("high"), _("rank")],
        [[label, protocol, *three(found), found["rank"]] for label, protocol, found, _n in rows],
        group=_("Systems"),
        lead=_("Order of the systems, Kendall's tau-b. ") + "; ".join(taus) if taus else "",
        note=_(
            "Log-worths of the plan's model of pairs (ties counted as such); ratings enter through the pairs that "
            "follow from them. Intervals are clustered by person and item."
        ),
        refused=refusals(*((line["protocol"], line["model"]) for line in scores["protocols"])),
    )


def _means(scores: Numbers) -> Iterator[Figure]:
    for line in scores["protocols"]:
        means = line.get("means")
        if means is None:
            continue
        rows = means.get("systems", [])
        values = [v for one in rows for v in three(one) if v is not None]
        low, high = (min(values), max(values)) if values else (0.0, 1.0)
        room = (high - low) * 0.1 or 0.5
        low, high = low - room, high + room
        axis = Axis(low, high, [(v, number(v, 1)) for v in (low, (low + high) / 2, high)])
        drawn = [Dot(one["label"], *three(one), told=f"{with_interval(one)}, n = {one['n']}") for one in rows]
        key = "means" if line is scores["protocols"][0] else f"means_{line['protocol']}"
        yield Figure(
            key,
            _("Mean score, “{protocol}”").format(protocol=line["protocol"]),
            dots(drawn, axis, _("Mean score of every system")) if rows else "",
            [_("system"), _("mean"), _("low"), _("high"), "n"],
            [[one["label"], *three(one), one["n"]] for one in rows],
            group=_("Systems"),
            note=_("Means treat the scale's steps as equal. Intervals draw items and people again."),
            refused=refusals((line["protocol"], means)),
        )


def _wins(rates: Numbers) -> Figure:
    if "refused" in rates:
        return Figure(
            "wins",
            _("Win rates on the same items"),
            "",
            [],
            [],
            group=_("Systems"),
            refused=[rates["refused"]],
        )
    by_system: dict[str, list[tuple[str, Numbers, int]]] = {}
    for n, line in enumerate(rates["protocols"]):
        for one in line["systems"]:
            by_system.setdefault(one["label"], []).append((line["protocol"], one, n))
    rows = [(label, *entry) for label in sorted(by_system) for entry in by_system[label]]
    axis = Axis(0, 1, [(n / 4, f"{25 * n} %") for n in range(5)], [(0.5, _("even"))])
    drawn = [
        Dot(label if n == 0 else "", *three(found), colour=n,
            told=f"{protocol} {with_interval(found, shares=True)}")
        for label, protocol, found, n in rows
    ]  # fmt: skip
    return Figure(
        "wins",
        _("Win rates on the same items"),
        dots(drawn, axis, _("Win rate of every system under each way of asking")),
        [_("system"), _("way of asking"), _("win rate"), _("low"), _("high"), "n", _("p of even")],
        [
            [label, protocol, *three(found), found.get("n"), number(found.get("p_corrected"), 3)]
            for label, protocol, found, _n in rows
        ],
        group=_("Systems"),
        note=_(
            "A win counts 1, a tie ½. Only the {pairs} pairs that every way of asking judged. The p of an even "
            "match in the table is corrected over systems as the plan says. Intervals and p draw items and people "
            "again."
        ).format(pairs=rates["pairs"]),
        refused=refusals(*((f"{label}, {protocol}", found) for label, protocol, found, _n in rows)),
    )


def _circles(lines: list[Numbers]) -> Figure:
    whose = {"own": _("one person's"), "pooled": _("the majority's")}
    rows = [
        [
            line["protocol"], words, line[key]["complete"], line[key]["decisive"], line[key]["cycles"],
            percent(line[key]["cycle_rate"]),
        ]
        for line in lines if "refused" not in line for key, words in whose.items()
    ]  # fmt: skip
    return Figure(
        "circles",
        _("Preferences that go round in circles"),
        "",
        [_("way of asking"), _("whose"), _("complete triads"), _("without ties"), _("circles"), _("share")],
        rows,
        group=_("Systems"),
        note=_(
            "Three answers to one item, each compared with both others; tossed coins would give 25 % circles."
        ),
        refused=refusals(*((line["protocol"], line) for line in lines)),
    )
