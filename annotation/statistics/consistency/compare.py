"""The comparison of two protocols from their rows: consistency, its decomposition, and what to read it beside."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from annotation.statistics.agreement.cohen import kappa_of_table
from annotation.statistics.agreement.judgements import from_both_sides, of_ratings
from annotation.statistics.agreement.krippendorff import krippendorff_alpha
from annotation.statistics.consistency.matching import MATCHERS, Matched, draw_again
from annotation.statistics.consistency.result import PAIRINGS, Pairing, ProtocolComparison
from annotation.statistics.consistency.tables import correlation_of_signs, cross_table
from annotation.statistics.consistency.votes import Rows, Votes, both_votes, other_votes, shared
from annotation.statistics.errors import NotEstimable
from annotation.statistics.rows import BoolArray, Comparisons, FloatArray, IntArray, Rankings, Ratings
from annotation.statistics.shares import wilson

MOST_GAPS = 12


def compare_protocols(
    ratings: Ratings,
    other: Rankings | Comparisons,
    *,
    pairing: Pairing,
    tie_margin: float = 0.0,
    seed: int = 0,
    resamples: int | None = None,
    strata: Mapping[str, str] | None = None,
) -> tuple[ProtocolComparison, BoolArray, BoolArray]:
    """Return ``(comparison, which ratings were used, which rankings or comparisons were used)``.

    The definition is that of Bansal, Dang and Grover (ICLR 2024): a pair is consistent where both protocols say a,
    both b, or both tie. ``pairing``: ``within`` (the same rater gave both), ``individual`` (every rating rater
    against every ranking rater of the pair) or ``aggregated`` (mean score against mean rank; net votes where
    ``other`` is pairwise). Scores at most ``tie_margin`` apart are a tie. The interval draws items and raters again.
    ``strata`` maps item to stratum. A rater who compared a pair several times has one vote on it, the sign of their
    sum; ``merged`` counts the rows that this saved. Refuses a rater with two scores or ranks of one response under one
    protocol, several dimensions, a negative margin, and rows that share no pair.
    """
    if pairing not in PAIRINGS:
        raise ValueError(f"pairing must be one of {', '.join(PAIRINGS)}")
    if not (np.isfinite(tie_margin) and tie_margin >= 0):
        raise NotEstimable("The margin of a tie is a finite number from 0.")
    if ratings.dimension is not None and len(np.unique(ratings.dimension)) > 1:
        raise NotEstimable(
            f"The ratings have several dimensions ({', '.join(ratings.dimensions)}); choose one."
        )
    rows = shared(ratings, other)
    _refuse_twice(rows)
    matched = MATCHERS[pairing](rows, tie_margin)
    if not matched.total.sum():
        hint = "; with pairing within the same rater must be in both" if pairing == "within" else ""
        raise NotEstimable(f"No pair of responses was both rated and ranked{hint}.")
    merged = len(other) - len(rows.other_rater)
    notes: dict[str, str] = {}
    if merged:
        notes["merged"] = (
            f"Of {merged} comparisons the same rater had compared the pair before: each rater has one vote"
            " on a pair, the sign of their sum."
        )

    def attempt(name: str, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except NotEstimable as error:
            notes[name] = error.reason
            return None

    table = cross_table(matched.outcome, matched.cross)
    n, consistent = int(table.sum()), int(np.trace(table))
    decisive, agree = int(table[:2, :2].sum()), int(table[0, 0] + table[1, 1])
    interval = attempt("ci95", lambda: draw_again(rows, matched, resamples=resamples, seed=seed))
    if interval and interval.notes:
        notes["ci95"] = " ".join(interval.notes)
    kappa = attempt("kappa", lambda: kappa_of_table(table).estimate)
    mine, theirs = both_votes(rows, tie_margin)
    pairs = np.unique(matched.pair)
    margins = (table.sum(axis=1) / n, table.sum(axis=0) / n)
    item_totals = _per_group(matched.item, matched)
    result = ProtocolComparison(
        pairing=pairing,
        tie_margin=float(tie_margin),
        seed=seed,
        matched_pairs=n,
        consistent=consistent,
        consistency=consistent / n,
        ci95=(interval.low, interval.high) if interval else None,
        table=tuple(map(tuple, table.tolist())),
        both_decisive={"n": decisive, "agree": agree},
        kappa=kappa,
        reversed=decisive - agree,
        rating_tie_only=int(table[2, :2].sum()),
        ranking_tie_only=int(table[:2, 2].sum()),
        baselines={
            "rating_vs_rating": attempt("baselines.rating_vs_rating", lambda: _baseline(mine, pairs)),
            "ranking_vs_ranking": attempt("baselines.ranking_vs_ranking", lambda: _baseline(theirs, pairs)),
        },
        agreement={
            "ratings": attempt("agreement.ratings", lambda: _alpha(*of_ratings(ratings))),
            "rankings": attempt("agreement.rankings", lambda: _alpha(*_of_other(rows))),
        },
        half_credit=(consistent + 0.5 * int(table[2, :2].sum() + table[:2, 2].sum())) / n,
        gamma=(2 * agree - decisive) / decisive if decisive else None,
        correlation_of_signs=attempt("correlation_of_signs", lambda: correlation_of_signs(table)),
        expected_by_chance=float(margins[0] @ margins[1]),
        wilson95=wilson(consistent, n),
        mean_over_items=float(np.mean(item_totals[1] / item_totals[0])),
        tie_rate={"ratings": float(margins[0][2]), "rankings": float(margins[1][2])},
        items=len(item_totals[0]),
        merged=merged,
        by_gap=_by_gap(matched),
        by_stratum=_by_stratum(matched, rows, strata),
        bootstrap=interval.as_json() if interval else None,
        notes=notes,
        findings=_findings(table, notes),
    )
    used = matched.used_other if rows.vote_of is None else matched.used_other[rows.vote_of]
    return result, matched.used_ratings, used


def _refuse_twice(rows: Rows) -> None:
    size = len(rows.raters)
    found = {"rated": rows.rating_cell * size + rows.rating_rater}
    if rows.ranking_cell is not None:
        found["ranked"] = rows.ranking_cell * size + rows.other_rater
    for what, key in found.items():
        if len(np.unique(key)) < len(key):
            raise NotEstimable(f"A rater has {what} the same responses twice; keep one of the rows.")


def _baseline(votes: Votes, pairs: IntArray) -> float:
    """Return the share of two different raters who say the same of a pair, over ``pairs``."""
    kept = np.isin(votes.pair, pairs)
    place = np.searchsorted(pairs, votes.pair[kept])
    count = np.bincount(place * 3 + votes.outcome[kept], minlength=3 * len(pairs)).reshape(-1, 3)
    size = count.sum(axis=1)
    every = int((size * (size - 1)).sum())
    if not every:
        raise NotEstimable("No pair has two raters under this protocol.")
    return float((count * (count - 1)).sum() / every)


def _alpha(unit: IntArray, value: FloatArray, rater: IntArray) -> float:
    return krippendorff_alpha(unit, value, rater, level="ordinal").estimate


def _of_other(rows: Rows) -> tuple[IntArray, FloatArray, IntArray]:
    """Return (unit, value, rater): ranks of responses, or the outcomes of pairs, seen from both sides."""
    if rows.ranking_cell is not None and rows.rank is not None:
        return rows.ranking_cell, rows.rank, rows.other_rater
    votes = other_votes(rows)
    unit, value = from_both_sides(votes.pair, np.array([1.0, -1.0, 0.0])[votes.outcome])
    return unit, value, np.tile(votes.rater, 2)


def _per_group(group: IntArray, matched: Matched) -> tuple[FloatArray, FloatArray, IntArray]:
    labels, place = np.unique(group, return_inverse=True)
    totals = np.bincount(place, weights=matched.total).astype(np.float64)
    return totals, np.bincount(place, weights=matched.agreeing).astype(np.float64), labels


def _by_gap(matched: Matched) -> tuple[dict[str, Any], ...]:
    """Return consistency by the distance of the two scores, in up to twelve classes of distances."""
    gaps = np.round(matched.gap, 9)
    different = np.unique(gaps)
    if len(different) <= MOST_GAPS:
        edges = different
    else:
        edges = np.unique(np.quantile(gaps, np.linspace(0, 1, MOST_GAPS + 1)[:-1], method="lower"))
    which = np.searchsorted(edges, gaps, side="right") - 1
    totals, agreeing, _ = _per_group(which, matched)
    rows = []
    for place, (total, alike) in enumerate(zip(totals.tolist(), agreeing.tolist(), strict=True)):
        inside = gaps[which == place]
        rows.append(
            {
                "gap": [float(inside.min()), float(inside.max())],
                "n": int(total),
                "consistent": int(alike),
                "consistency": alike / total,
            }
        )
    return tuple(rows)


def _by_stratum(matched: Matched, rows: Rows, strata: Mapping[str, str] | None) -> tuple[dict[str, Any], ...]:
    if not strata:
        return ()
    labels = sorted({*strata.values(), ""})
    place = {label: code for code, label in enumerate(labels)}
    of_item = np.array([place[strata.get(item, "")] for item in rows.items], dtype=np.int64)
    totals, agreeing, which = _per_group(of_item[matched.item], matched)
    return tuple(
        {"stratum": labels[code], "n": int(total), "consistent": int(alike), "consistency": alike / total}
        for code, total, alike in zip(which.tolist(), totals.tolist(), agreeing.tolist(), strict=True)
    )


def _findings(table: IntArray, notes: Mapping[str, str]) -> tuple[str, ...]:
    n = int(table.sum())
    found = []
    for axis, name in ((1, "ratings"), (0, "rankings")):
        if int(table.sum(axis=axis)[2]) == n:
            found.append(
                f"The {name} tie on every pair, so the consistency is only the other protocol's ties."
            )
    if "kappa" in notes:
        found.append(f"kappa: {notes['kappa']}")
    if "ci95" in notes:
        found.append(f"ci95: {notes['ci95']}")
    return tuple(found)
