"""Mean ranks and Friedman's test: scipy, hand counts, refusals."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import friedmanchisquare, rankdata

from annotation.statistics.errors import NotEstimable
from annotation.statistics.orders.rank_summary import friedman, mean_ranks
from annotation.statistics.rows import Rankings
from tests.statistics.make import ranked

tables = st.lists(st.lists(st.integers(1, 4), min_size=4, max_size=4), min_size=2, max_size=8).map(np.array)


def rows(table: np.ndarray, per_rater: int = 1) -> Rankings:
    return Rankings.from_rows(
        {"item": f"i{r}", "rater": f"r{r // per_rater}", "stimulus": s, "rank": rank}
        for r, row in enumerate(table.tolist())
        for s, rank in zip("abcd", row, strict=True)
    )


@settings(max_examples=25, deadline=None)
@given(tables)
def test_ranks_are_scipys_and_so_is_friedman(table: np.ndarray) -> None:
    middle = rankdata(table, axis=1)
    found = mean_ranks(rows(table))
    assert found.estimate == pytest.approx(middle.mean(axis=0))
    assert found.se == pytest.approx(middle.std(axis=0, ddof=1) / np.sqrt(len(table)))
    assert found.first.sum() == pytest.approx(1)
    assert found.first == pytest.approx(
        (
            (table == table.min(axis=1, keepdims=True))
            / (table == table.min(axis=1, keepdims=True)).sum(1, keepdims=True)
        ).mean(0)
    )
    json.dumps(found.as_json(), allow_nan=False)
    assume((np.ptp(table, axis=1) > 0).any())
    theirs = friedmanchisquare(*table.T)
    tested = friedman(rows(table))
    assert (tested.statistic, tested.p) == (pytest.approx(theirs.statistic), pytest.approx(theirs.pvalue))


def test_a_raters_judgements_are_one_block() -> None:
    table = np.array([[1, 2, 3, 4], [1, 2, 4, 3], [2, 1, 3, 4], [1, 2, 3, 4]])
    assert friedman(rows(table)).blocks == 4
    assert friedman(rows(table, per_rater=2), block="rater").blocks == 2
    wide, narrow = (
        mean_ranks(rows(np.repeat(table, 5, axis=0), per_rater=5)),
        mean_ranks(rows(np.repeat(table, 5, axis=0))),
    )
    assert (wide.estimate == narrow.estimate).all() and (wide.se >= narrow.se).all()
    assert wide.clusters == 4 and narrow.clusters == 20


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: mean_ranks(ranked([])), "no rankings"),
        (lambda: mean_ranks(ranked([list("abc"), list("ab")])), "different numbers"),
        (lambda: mean_ranks(ranked([list("abc"), list("def")])), "2 parts"),
        (lambda: mean_ranks(ranked([["a"], ["a"]])), "two stimuli"),
        (lambda: mean_ranks(ranked([list("abc")] * 2, raters=["ann"] * 2)), "one cluster"),
        (lambda: friedman(ranked([list("abc"), list("abd")])), "complete blocks"),
        (lambda: friedman(ranked([list("abc")])), "two blocks"),
        (lambda: friedman(ranked([list("ab"), list("ab")])), "three stimuli"),
        (lambda: friedman(ranked([[("a", "b", "c")]] * 2)), "one tie"),
    ],
)
def test_what_has_no_mean_rank_is_refused(call: Any, reason: str) -> None:
    with pytest.raises(NotEstimable, match=reason):
        call()
