"""R10: how far people agree with each other within a protocol, and how much reliability a minute buys."""

from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _

from annotation.protocols.experiments.arrays import comparisons_of, implied, ratings_of
from annotation.protocols.experiments.numbers import safely
from annotation.protocols.experiments.plan import Plan
from annotation.protocols.experiments.selection import Selection
from annotation.statistics.errors import NotEstimable

if TYPE_CHECKING:
    from annotation.statistics.rows import Comparisons, Ratings


def agreement(selection: Selection, timing: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return per protocol Krippendorff's alpha of what was answered, alpha of the pairs, and reliability per minute.

    Only the pairs' alpha may be compared between protocols: it has the same three outcomes and the same units.
    Reliability per minute projects it to as many judges as one minute of judging buys (Spearman–Brown).
    """
    seconds = {line["protocol"]: line.get("median_seconds_per_item") for line in timing}
    lines = []
    for key, rows in selection.by_protocol.items():
        rated = key in selection.rating
        pairs = implied(rows, selection.plan.tie_margin) if rated else comparisons_of(rows)
        alpha = safely(alpha_of_pairs, pairs, selection.plan)
        line: dict[str, Any] = {"protocol": key, "alpha_pairs": alpha}
        if rated:
            line["alpha_ratings"] = safely(alpha_of, ratings_of(rows), selection.plan)
        line["per_minute"] = safely(_per_minute, alpha, seconds.get(key))
        lines.append(line)
    return lines


def alpha_of(ratings: "Ratings", plan: Plan, *, bootstrap: bool = True) -> Any:
    """Return alpha of ratings with the plan's distance; the interval draws items again."""
    from annotation.statistics.agreement.judgements import of_ratings
    from annotation.statistics.agreement.krippendorff import krippendorff_alpha

    unit, value, rater = of_ratings(ratings)
    unit, value, rater, item = _once(unit, value, rater, ratings.item)
    resamples = plan.resamples if bootstrap else 0
    return krippendorff_alpha(
        unit, value, rater, level=plan.alpha, cluster=item, resamples=resamples, seed=plan.seed,
        confidence=plan.confidence,
    )  # fmt: skip


def alpha_of_pairs(pairs: "Comparisons", plan: Plan) -> Any:
    """Return ordinal alpha of pairs: a unit is a pair of an item's answers, seen from both; values a, tie and b."""
    from annotation.statistics.agreement.judgements import from_both_sides
    from annotation.statistics.agreement.krippendorff import krippendorff_alpha

    if not len(pairs):
        raise NotEstimable(_("Nobody judged two answers of one item."))
    low, high = np.minimum(pairs.a, pairs.b), np.maximum(pairs.a, pairs.b)
    value = np.where(pairs.a == low, pairs.outcome, -pairs.outcome)
    unit = (pairs.item * len(pairs.stimuli) + low) * len(pairs.stimuli) + high
    unit, value, rater, item = _once(unit, value, pairs.rater, pairs.item)
    unit, value = from_both_sides(unit, value)
    rater, item = np.tile(rater, 2), np.tile(item, 2)
    return krippendorff_alpha(
        unit, value, rater, level="ordinal", cluster=item, resamples=plan.resamples, seed=plan.seed,
        confidence=plan.confidence,
    )  # fmt: skip


def _once(unit: Any, value: Any, rater: Any, item: Any) -> tuple[Any, Any, Any, Any]:
    """Keep each rater's first value on a unit: agreement between people needs one of each."""
    pairs = np.stack([unit, rater], axis=1)
    first = np.unique(pairs, axis=0, return_index=True)[1] if len(pairs) else np.zeros(0, dtype=np.int64)
    first.sort()
    return unit[first], value[first], rater[first], item[first]


def _per_minute(alpha: dict[str, Any], seconds: float | None) -> dict[str, float]:
    if "refused" in alpha:
        raise NotEstimable(alpha["refused"])
    if not seconds:
        raise NotEstimable(_("No time was recorded."))
    judges = 60 / seconds
    found = {"judges_per_minute": judges}
    for key in ("estimate", "low", "high"):
        one = alpha[key]
        # Below chance there is no reliability to project.
        found[key] = 0.0 if one is None or one <= 0 else judges * one / (1 + (judges - 1) * one)
    return found
