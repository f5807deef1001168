"""Sets that overlap: somebody who meets a pair twice has one vote on it, in every pairing."""

import numpy as np
import pytest

from annotation.statistics.consistency import PAIRINGS, Pairing, compare_protocols
from annotation.statistics.consistency.votes import one_each
from annotation.statistics.errors import NotEstimable
from tests.statistics.test_consistency import Pair, Row, pairs, ratings

RATED: list[Row] = [("i", r, s, v) for r in ("ann", "bo") for s, v in zip("wxyz", (5, 4, 3, 2), strict=True)]
# Of four responses ann ranks w, x, y and then x, y, z, so that x and y are in both sets; bo ranks w, x, y once.
SETS: list[Pair] = [
    ("i", "ann", "w", "x", "a"), ("i", "ann", "w", "y", "a"), ("i", "ann", "x", "y", "a"),
    ("i", "ann", "y", "x", "b"), ("i", "ann", "x", "z", "a"), ("i", "ann", "y", "z", "a"),
    ("i", "bo", "w", "x", "b"), ("i", "bo", "w", "y", "b"), ("i", "bo", "x", "y", "b"),
]  # fmt: skip


@pytest.mark.parametrize(("pairing", "matched", "consistent"), [
    # ann agrees with the ratings five times, bo never; individual: two raters rated each of the eight votes.
    ("within", 8, 5), ("individual", 16, 10),
    # w-x, w-y and x-y stand one to one, a tie; x-z and y-z are ann's.
    ("aggregated", 5, 2),
])  # fmt: skip
def test_two_sets_of_one_person_are_one_vote_per_pair(
    pairing: Pairing, matched: int, consistent: int
) -> None:
    found, _, used = compare_protocols(ratings(RATED), pairs(SETS), pairing=pairing, resamples=2)
    assert (found.matched_pairs, found.consistent, found.merged) == (matched, consistent, 1)
    assert "Of 1 comparisons" in found.notes["merged"]
    assert used.tolist() == [True] * len(SETS)


@pytest.mark.parametrize("pairing", PAIRINGS)
def test_who_says_both_of_a_pair_ties_it(pairing: Pairing) -> None:
    both: list[Pair] = [("i", "ann", "w", "x", "a"), ("i", "ann", "x", "w", "a")]
    found, _, _ = compare_protocols(ratings(RATED[:4]), pairs(both), pairing=pairing, resamples=2)
    assert (found.matched_pairs, found.ranking_tie_only, found.merged) == (1, 1, 1)


def test_one_person_who_repeats_herself_is_no_agreement_of_two() -> None:
    ann = [row for row in SETS if row[1] == "ann"]
    found, _, _ = compare_protocols(ratings(RATED), pairs(ann), pairing="individual", resamples=2)
    assert found.baselines["ranking_vs_ranking"] is None


def test_rows_without_a_second_word_stay_as_they_are() -> None:
    once = pairs([row for row in SETS if row[1] == "bo"])
    same, into = one_each(once)
    assert same is once and np.array_equal(into, np.arange(3))


def test_a_score_given_twice_is_still_refused() -> None:
    with pytest.raises(NotEstimable, match="rated the same responses twice"):
        compare_protocols(ratings([*RATED, RATED[0]]), pairs(SETS), pairing="within")
