"""How far the values hang on the way cards were merged: other partitions of the same cards beside it."""

from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _

from elicitation.moral_graph.models import Membership, Partition
from elicitation.moral_graph.report.asked import cards_asked
from elicitation.moral_graph.report.basis import Basis
from elicitation.moral_graph.report.criteria.measure import CORRELATION, measure
from elicitation.moral_graph.report.said import Numbers, refused

if TYPE_CHECKING:
    from elicitation.moral_graph.domain.criteria.intervals import Measured

PARTS, FEWEST, MOST = 20, 10, 3


def measures_of_partitions(basis: Basis) -> list[Numbers]:
    """Return the adjusted Rand index of the counting partition and each of the newest three others."""
    title = _("Values under another merging")
    means = _(
        "Adjusted Rand index of the values that count and those of the same cards merged with {parameters}: 1 is the "
        "same, 0 is chance. Interval by leaving out a twentieth of the cards at a time."
    )
    partitions = {row.pk: row for row in Partition.objects.filter(study=basis.study).order_by("-pk")}
    current = next((row for row in partitions.values() if row.current), None)
    cards = set(cards_asked(basis.study, basis.asked).values_list("pk", flat=True))
    belongs: dict[int, dict[Any, Any]] = {}
    rows = Membership.objects.filter(partition__in=partitions, ended_at=None, card__in=cards)
    for partition, card, value in rows.values_list("partition", "card", "canonical"):
        belongs.setdefault(partition, {})[card] = value
    others = [row for row in partitions.values() if not row.current and row.pk in belongs][:MOST]
    if current is None or not others:
        why = _("Cards were merged in one way only. Another is made with “moral_graph partition”.")
        return [measure("merging", title, means.format(parameters="…"), refused(why), unit=CORRELATION)]
    mine = belongs.get(current.pk, {})
    found = []
    for row in others:
        both = sorted(mine.keys() & belongs[row.pk].keys(), key=str)
        told = _("{neighbours} neighbours within {distance}").format(
            neighbours=row.parameters.get("neighbours", "?"), distance=row.parameters.get("distance", "?")
        )
        index = agreement([str(mine[card]) for card in both], [str(belongs[row.pk][card]) for card in both])
        found.append(
            measure(
                f"merging_{row.pk}",
                title,
                means.format(parameters=told),
                index,
                unit=CORRELATION,
                of=_("cards"),
                fewest=FEWEST,
            )
        )
    return found


def agreement(first: list[str], second: list[str]) -> "Measured | None":
    """Return the adjusted Rand index of two labellings of the same cards with a grouped jackknife's interval."""
    from elicitation.moral_graph.domain.criteria.agreement import adjusted_rand_index
    from elicitation.moral_graph.domain.criteria.intervals import Measured, Z

    n = len(first)
    if n < 2:
        return None
    index = adjusted_rand_index(first, second)
    parts = min(PARTS, n)
    place = np.arange(n) % parts
    a, b = np.array(first), np.array(second)
    rest = [place != part for part in range(parts)]
    without = np.array([adjusted_rand_index(a[kept].tolist(), b[kept].tolist()) for kept in rest])
    se = float(np.sqrt((parts - 1) / parts * ((without - without.mean()) ** 2).sum()))
    return Measured(index, max(index - Z * se, -1.0), min(index + Z * se, 1.0), n)
