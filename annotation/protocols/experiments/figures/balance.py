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
        difference = _("differ by {n}").format(n=one["difference"])
        rows.append([_("orders ({where})").format(where=where), told, difference, _verdict(one["exact"])])
    for side in balance["sides"]:
        rows.append([
            _("sides ({protocol})").format(protocol=side["protocol"]),
            _("{left} left, {right} right").format(left=side["first_left"], right=side["first_right"]),
            _("{n} of {pairs} pairs differ by more than one").format(
                n=side["pairs_off_by_more_than_one"], pairs=side["pairs"]
            ),
            _verdict(side["exact"]),
        ])  # fmt: skip
    if rows:
        yield Figure(
            "balance",
            _("Did the randomisation hold?"),
            "",
            [_("what"), _("given"), _("balance"), _("exact")],
            rows,
            group=_("Design"),
            note=_(
                "Counted over what was given to people, also where they left. Arms: in every whole block."
            ),
        )


def _verdict(exact: bool) -> str:
    return _("yes") if exact else _("no")
