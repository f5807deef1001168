"""Whether the randomisation kept its promises."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from multivocal.studies.reports import Figure

Numbers = dict[str, Any]


def figures(numbers: Numbers) -> Iterator[Figure]:
    """Yield one table: arms, orders, sides, each with its verdict."""
    balance = numbers["balance"]
    if not balance:
        return
    rows: list[list[Any]] = []
    arms = balance["arms"]
    if sum(arms["people"].values()):
        rows.append([
            _("arms"), ", ".join(f"{arm} {n}" for arm, n in arms["people"].items()),
            _("{exact} of {whole} whole blocks of {size} exact").format(
                exact=arms["exact_blocks"], whole=arms["whole_blocks"], size=arms["block_size"]
            ),
            _verdict(arms["exact"]),
        ])  # fmt: skip
    for one in balance["orders"]:
        told = ", ".join(f"{order} {n}" for order, n in one["people"].items())
        where = f"{one['stage']}, {one['arm']}" if one["arm"] else one["stage"]
        given = _("{exact} of {whole} whole blocks exact, in all {n} apart").format(
            exact=one["exact_blocks"], whole=one["whole_blocks"], n=one["difference"]
        )
        rows.append([_("orders ({where})").format(where=where), told, given, _verdict(one["exact"])])
    for side in balance["sides"]:
        told = _("{n} screens shown").format(n=side["shown"])
        if "first_left" in side:
            told = _("{left} left, {right} right").format(left=side["first_left"], right=side["first_right"])
        given = _("{n} of {screens} off by more than one person").format(
            n=side["off_by_more"], screens=side["screens"]
        )
        name = _what()[side["what"]].format(protocol=side["protocol"])
        rows.append([name, told, given, _verdict(side["exact"])])
    if rows:
        yield Figure(
            "balance",
            _("Did the randomisation hold?"),
            "",
            [_("what"), _("given"), _("balance"), _("exact")],
            rows,
            group=_("Design"),
            note=_(
                "Counted over what people judged or may still judge, without those who withdrew. Sides: for each "
                "pair, how often either answer stood first; turns: which of an item's answers came first on a "
                "screen of its own."
            ),
        )


def _what() -> dict[str, str]:
    return {
        "sides": _("sides ({protocol})"),
        "turns": _("turns ({protocol})"),
        "places": _("places ({protocol})"),
    }


def _verdict(exact: bool) -> str:
    return _("yes") if exact else _("no")
