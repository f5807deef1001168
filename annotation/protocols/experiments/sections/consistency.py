"""R2 to R7: whether ratings and preferences say the same, beside how far each agrees with itself."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from statistics import fmean
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _

from annotation.protocols.experiments.arrays import comparisons_of, implied, ratings_of
from annotation.protocols.experiments.numbers import interval, safely
from annotation.protocols.experiments.rows import Row
from annotation.protocols.experiments.sections.halves import halves
from annotation.protocols.experiments.sections.variants import variants
from annotation.protocols.experiments.selection import Selection
from annotation.statistics.errors import NotEstimable

if TYPE_CHECKING:
    from annotation.statistics.rows import Comparisons

PAIRINGS = ("within", "individual", "aggregated")


def consistency(selection: Selection) -> list[dict[str, Any]]:
    """Return one comparison per rating protocol and preference protocol, in every pairing.

    Beside each stands how often two different people of one protocol say the same of a pair: two batches of one
    protocol disagree too, and what the way of asking does is only what goes beyond that.
    """
    from annotation.statistics.consistency.votes import one_each

    found = []
    for rating, ranking in _meetings(selection):
        rated, ranked = _once(selection.rating[rating]), _once(selection.ranking[ranking])
        followed = implied(rated, selection.plan.tie_margin)
        votes, _into = one_each(comparisons_of(ranked))
        found.append(
            {
                "rating": rating,
                "ranking": ranking,
                "primary": selection.plan.aggregation,
                "duplicates": {
                    "ratings": len(selection.rating[rating]) - len(rated),
                    "rankings": len(selection.ranking[ranking]) - len(ranked),
                },
                "pairings": {
                    pairing: safely(_compare, rated, ranked, pairing, selection) for pairing in PAIRINGS
                },
                "baselines": {
                    "rating_vs_rating": safely(same_protocol, followed, selection),
                    "ranking_vs_ranking": safely(same_protocol, votes, selection),
                    "rating_halves": safely(halves, followed, selection.plan),
                    "ranking_halves": safely(halves, votes, selection.plan),
                },
            }
        )
    return found


def _meetings(selection: Selection) -> Iterator[tuple[str, str]]:
    for rating in selection.rating:
        for ranking in selection.ranking:
            yield rating, ranking


def _compare(rated: list[Row], ranked: list[Row], pairing: Any, selection: Selection) -> Any:
    from annotation.statistics.consistency import compare_protocols

    plan = selection.plan
    scores, pairs = ratings_of(rated), comparisons_of(ranked)
    result, used_ratings, used_pairs = compare_protocols(
        scores,
        pairs,
        pairing=pairing,
        tie_margin=plan.tie_margin,
        seed=plan.seed,
        resamples=plan.resamples,
        strata={row.item: row.stratum for row in selection.counted},
    )
    return {
        **result.as_json(),
        "variants": variants(scores, pairs, pairing, plan),
        "rows": {
            "ratings": {"read": len(scores), "unmatched": int((~used_ratings).sum())},
            "pairs": {"read": len(pairs), "unmatched": int((~used_pairs).sum())},
        },
    }


def same_protocol(pairs: "Comparisons", selection: Selection) -> dict[str, Any]:
    """Return how often two people of one protocol say the same of a pair; the interval draws items again.

    ``pairs`` has each person's vote on a pair once: what one person says twice is no agreement of two. Refuses
    where no pair was judged by two people.
    """
    from annotation.statistics.bootstrap import cluster_bootstrap

    votes: dict[tuple[int, int, int], Counter[int]] = defaultdict(Counter)
    for item, a, b, outcome in zip(pairs.item, pairs.a, pairs.b, pairs.outcome, strict=True):
        key = (int(item), int(min(a, b)), int(max(a, b)))
        votes[key][int(outcome if a < b else -outcome)] += 1
    alike = np.array([sum(n * (n - 1) for n in said.values()) for said in votes.values()], dtype=float)
    every = np.array([said.total() * (said.total() - 1) for said in votes.values()], dtype=float)
    if not every.sum():
        raise NotEstimable(_("No pair was judged by two people under this protocol."))

    def share(weight: Any) -> float:
        total = float(weight @ every)
        return float(weight @ alike) / total if total else float("nan")

    items = np.array([key[0] for key in votes])
    drawn = cluster_bootstrap(
        share,
        [items],
        resamples=selection.plan.resamples,
        seed=selection.plan.seed,
        level=selection.plan.confidence,
    )
    return interval(
        drawn.estimate, drawn.low, drawn.high, pairs=int((every > 0).sum()), items=len(set(items.tolist()))
    )


def _once(rows: list[Row]) -> list[Row]:
    """Keep each person's first judgement of the same responses, and one score of a response in several sets.

    Sets may overlap (three of four responses at a time): such a score is the mean of those the person gave it.
    """
    seen: set[tuple[str, str, frozenset[str]]] = set()
    kept = []
    for row in rows:
        key = (row.item, row.rater, frozenset(row.shown))
        if key not in seen:
            seen.add(key)
            kept.append(row)
    given: dict[tuple[str, str, str, str], list[float]] = defaultdict(list)
    for row in kept:
        for stimulus, dimension, value in row.scores:
            given[row.item, row.rater, stimulus, dimension].append(value)
    return [_with_means(row, given) for row in kept]


def _with_means(row: Row, given: dict[tuple[str, str, str, str], list[float]]) -> Row:
    """Return a row with the mean of each score, taken from ``given`` by the first row that has it."""
    if not row.scores:
        return row
    scores = [
        (stimulus, dimension, fmean(values))
        for stimulus, dimension, _value in row.scores
        if (values := given.pop((row.item, row.rater, stimulus, dimension), None))
    ]
    return row._replace(scores=tuple(scores))
