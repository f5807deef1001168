"""What the numbers rest on: rows per way of asking, and the rows that met nothing or came twice."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from annotation.protocols.experiments.figures.consistency import names
from multivocal.studies.reports import Figure

Numbers = dict[str, Any]


def figures(part: Numbers) -> Iterator[Figure]:
    """Yield the rows of every protocol, and how many of them met in each comparison."""
    if lines := part["protocols"]:
        yield Figure(
            "rows",
            _("What the numbers rest on"),
            "",
            [
                _("way of asking"), _("kind"), _("judgements"), _("people"), _("items"), _("pairs given"),
                _("items judged by two or more"),
            ],
            [
                [
                    line["protocol"], line["kind"], line["judgements"], line["people"], line["items"],
                    line["pairs"], line["items_judged_twice"],
                ]
                for line in lines
            ],
            group=_("Rows"),
            note=_("Main items with a real answer; practice, checks, repeats and answers taken back are apart."),
        )  # fmt: skip
    rows, refused = [], []
    for one in part["consistency"]:
        for pairing, found in one["pairings"].items():
            named = f"{one['rating']}, {one['ranking']}: {names()[pairing]}"
            if "refused" in found:
                refused.append(f"{named}: {found['refused']}")
                continue
            read, twice = found["rows"], one["duplicates"]
            rows.append([
                named, found["matched_pairs"], found["items"], read["ratings"]["read"],
                read["ratings"]["unmatched"], read["pairs"]["read"], read["pairs"]["unmatched"],
                twice["ratings"] + twice["rankings"],
            ])  # fmt: skip
    if rows or refused:
        yield Figure(
            "matched",
            _("What met"),
            "",
            [
                _("pairing"), _("pairs compared"), _("items"), _("ratings"), _("met nothing"), _("pairs given"),
                _("met nothing"), _("came twice"),
            ],
            rows,
            group=_("Rows"),
            note=_("Of several judgements of one person on the same answers the first counts."),
            refused=refused,
        )  # fmt: skip
