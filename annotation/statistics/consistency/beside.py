"""What a consistency is read beside: transitivity, the pull of length, and the orders of systems per protocol."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from annotation.statistics.consistency.matching import MATCHERS
from annotation.statistics.consistency.result import Pairing
from annotation.statistics.consistency.systems import system_orders
from annotation.statistics.consistency.votes import both_votes, shared
from annotation.statistics.consistency.words import correlation, length_effects
from annotation.statistics.errors import NotEstimable
from annotation.statistics.rows import Comparisons, Rankings, Ratings
from annotation.statistics.transitivity import transitivity


def beside(
    ratings: Ratings,
    other: Rankings | Comparisons,
    *,
    pairing: Pairing,
    tie_margin: float = 0.0,
    texts: Mapping[tuple[str, str], str] | None = None,
) -> dict[str, Any]:
    """Return ``transitivity``, ``length`` and ``systems`` of the matched pairs; each is None where it has no basis.

    ``texts`` maps (item, stimulus) to the response's text; words are what blanks part. Length is that of all decisive
    words of the rankings, and of the ratings on the matched pairs. Rankings are transitive by
    their form, so transitivity is of pairwise comparisons alone.
    """
    rows = shared(ratings, other)
    matched = MATCHERS[pairing](rows, tie_margin)
    mine, theirs = both_votes(rows, tie_margin)
    pairs, cells = np.unique(matched.pair), len(rows.item_of)
    names = {label: code for code, label in enumerate(sorted({*ratings.stimuli, *other.stimuli}))}
    labels = _labels(ratings, other)
    stimulus_of = np.array([names[stimulus] for _, stimulus in labels], dtype=np.int64)
    found: dict[str, Any] = {"transitivity": None, "length": None, "systems": None}
    if isinstance(other, Comparisons):
        found["transitivity"] = _triads(other)
    if texts:
        words, unique = np.full(cells, np.nan), np.full(cells, np.nan)
        for place, label in enumerate(labels):
            parts = texts.get(label, "").split()
            if label in texts:
                words[place], unique[place] = len(parts), len(set(parts))
        found["length"] = {
            "ratings": length_effects(mine, pairs, words, unique, cells),
            "rankings": length_effects(theirs, np.unique(theirs.pair), words, unique, cells),
            "correlation_of_score_and_words": correlation(words[rows.rating_cell], rows.score),
        }
    orders = system_orders(rows, mine, theirs, pairs, stimulus_of)
    if orders is not None:
        by_code = {code: label for label, code in names.items()}
        for system in orders["systems"]:
            system["system"] = by_code[system["system"]]
        found["systems"] = orders
    return found


def _triads(comparisons: Comparisons) -> dict[str, Any] | None:
    """Return every rater's own triads; ``share`` and ``chance`` are of those without ties. None where there are none.

    Triads within one judgement cannot go round and are left out.
    """
    try:
        found = transitivity(comparisons)
    except NotEstimable:
        return None
    if not found.own.complete:
        return None
    return {
        "triads": found.own.complete,
        "cycles": found.own.cycles,
        "share": found.own.cycle_rate,
        "decisive_triads": found.own.decisive,
        "chance": found.chance,
    }


def _labels(ratings: Ratings, other: Rankings | Comparisons) -> list[tuple[str, str]]:
    """Return (item, stimulus) of every cell, in the order of ``shared``."""
    found = {(ratings.items[i], ratings.stimuli[s]) for i, s in _distinct(ratings.item, ratings.stimulus)}
    columns = [other.stimulus] if isinstance(other, Rankings) else [other.a, other.b]
    for column in columns:
        found |= {(other.items[i], other.stimuli[s]) for i, s in _distinct(other.item, column)}
    return sorted(found)


def _distinct(one: np.ndarray, two: np.ndarray) -> list[list[int]]:
    pairs: list[list[int]] = np.unique(np.stack([one, two]), axis=1).T.tolist()
    return pairs
