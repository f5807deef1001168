"""Where the methods disagree: five orders of the same values, compared in pairs, context by context."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _

from elicitation.moral_graph.report.basis import Basis
from elicitation.moral_graph.report.said import Numbers, told

if TYPE_CHECKING:
    from elicitation.moral_graph.domain.criteria.resampling import Accord, View


def compared(basis: Basis) -> list[Numbers]:
    """Return, for all contexts together and for each, how far each pair of methods agrees, and each one's first."""
    from elicitation.moral_graph.domain.criteria.resampling import METHODS

    votes, resampled = basis.ballots.votes, basis.resampled
    (apart, together), (every, all_in_one) = resampled.views, resampled.scores
    found = [_block(basis, "", 0, together, all_in_one, resampled.together, METHODS)]
    for block in np.unique(apart.blocks.block).tolist():
        found.append(_block(basis, votes.contexts[block], block, apart, every, resampled.accords, METHODS))
    return [found[0], *sorted(found[1:], key=lambda one: one["context"])]


def _block(
    basis: Basis, context: str, block: int, view: "View", scored: Mapping[str, Any],
    accords: "tuple[Accord, ...]", methods: tuple[str, ...],
) -> Numbers:  # fmt: skip
    inside = np.flatnonzero(view.blocks.block == block)
    values = basis.ballots.votes.values
    firsts: dict[str, Numbers | None] = {}
    for method in methods:
        score = scored[method][0, inside]
        if not np.isfinite(score).any():
            firsts[method] = None  # published: no step passes its thresholds here
            continue
        best = float(np.nanmax(score))
        ties = int(np.sum(np.isclose(score, best, atol=1e-12)))
        value = values[view.blocks.value[inside[int(np.nanargmax(score))]]]
        firsts[method] = {"value": int(value), "title": basis.titles.get(value, value), "ties": ties - 1}
    return {
        "context": context,
        "text": basis.situations.get(context, (context, ()))[0] if context else "",
        "values": len(inside),
        "first": firsts,
        "pairs": [
            {
                "methods": list(one.pair),
                "values": one.values,
                "spearman": told(one.spearman, fewest=4, of="values", why=_why(one.values)),
                "kendall": told(one.kendall, fewest=4, of="values", why=_why(one.values)),
            }
            for one in accords
            if one.block == block
        ],
    }


def _why(values: int) -> str:
    return _("Both methods order only {n} of these values; at least 4 are needed.").format(n=values)
