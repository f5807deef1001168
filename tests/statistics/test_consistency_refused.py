"""What has no consistency: each refused with its reason."""

from collections.abc import Callable
from typing import Any

import pytest

from annotation.statistics.consistency import compare_protocols
from annotation.statistics.errors import NotEstimable
from annotation.statistics.rows import Ratings
from tests.statistics.test_consistency import ANSWERS, ITEMS, PEOPLE, Row, rankings, ratings

RATED: list[Row] = [("i", "ann", "x", 3), ("i", "ann", "y", 4)]
RANKED: list[Row] = [("i", "ann", "x", 2), ("i", "ann", "y", 1)]
REFUSED: list[tuple[str, Callable[[], Any], str]] = [
    ("empty", lambda: compare_protocols(ratings([]), rankings(RANKED), pairing="within"), "No pair"),
    ("both empty", lambda: compare_protocols(ratings([]), rankings([]), pairing="within"), "No pair"),
    (
        "another rater",
        lambda: compare_protocols(
            ratings(RATED), rankings([("i", "bo", "x", 1), ("i", "bo", "y", 2)]), pairing="within"
        ),
        "same rater must be in both",
    ),
    (
        "rated twice",
        lambda: compare_protocols(ratings([*RATED, RATED[0]]), rankings(RANKED), pairing="within"),
        "rated the same responses twice",
    ),
    (
        "ranked twice",
        lambda: compare_protocols(ratings(RATED), rankings([*RANKED, RANKED[0]]), pairing="within"),
        "ranked the same responses twice",
    ),
    (
        "margin",
        lambda: compare_protocols(ratings(RATED), rankings(RANKED), pairing="within", tie_margin=-1),
        "margin",
    ),
    (
        "margin NaN",
        lambda: compare_protocols(
            ratings(RATED), rankings(RANKED), pairing="within", tie_margin=float("nan")
        ),
        "margin",
    ),
    (
        "dimensions",
        lambda: compare_protocols(
            Ratings.from_rows(
                {"item": "i", "rater": "ann", "stimulus": "x", "score": 1, "dimension": d} for d in "pq"
            ),
            rankings(RANKED),
            pairing="within",
        ),
        "several dimensions",
    ),
]


@pytest.mark.parametrize(("call", "reason"), [c[1:] for c in REFUSED], ids=[c[0] for c in REFUSED])
def test_what_cannot_be_compared_is_refused(call: Callable[[], Any], reason: str) -> None:
    with pytest.raises(NotEstimable, match=reason):
        call()


def test_one_pair_of_one_rater_has_no_interval_and_says_so() -> None:
    found = compare_protocols(ratings(RATED), rankings(RANKED), pairing="within")[0]
    assert (found.matched_pairs, found.consistency, found.ci95) == (1, 1, None)
    assert found.notes["ci95"].startswith("There is one item and one rater")


def test_all_ties_are_a_finding() -> None:
    rows: list[Row] = [(i, r, s, 3) for i in ITEMS for r in PEOPLE for s in ANSWERS]
    ordered: list[Row] = [(i, r, s, k) for i, r, _, _ in rows[::3] for k, s in enumerate(ANSWERS, 1)]
    found = compare_protocols(ratings(rows), rankings(ordered), pairing="within", resamples=100)[0]
    assert found.consistency == 0 and found.decisive_consistency is None
    assert found.findings[0].startswith("The ratings tie on every pair")
