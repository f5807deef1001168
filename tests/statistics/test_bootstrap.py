"""The cluster bootstrap: what is drawn, what it is held against, what it refuses."""

import itertools

import numpy as np
import pytest

from annotation.statistics.bootstrap import (
    cluster_bootstrap,
    multiplicities,
    ratio_interval,
    resamples_for,
    stratified,
)
from annotation.statistics.errors import NotEstimable


def test_every_draw_has_as_many_groups_as_there_are() -> None:
    draws = list(multiplicities(7, 50, 3))
    assert len(draws) == 50 and all(draw.sum() == 7 for draw in draws)
    assert np.array_equal(draws, list(multiplicities(7, 50, 3)))
    assert not np.array_equal(draws, list(multiplicities(7, 50, 4)))


def test_draws_stay_within_their_strata() -> None:
    strata = np.array([0, 0, 0, 1, 2, 2])
    for draw in stratified(strata, 30, 1):
        assert draw[:3].sum() == 3 and draw[3] == 1 and draw[4:].sum() == 2


def test_the_standard_error_of_a_mean_over_clusters_is_the_known_one() -> None:
    means = np.random.default_rng(5).normal(0, 1, 200)
    rows = np.repeat(means, 10)  # ten copies in each cluster carry no more than one
    cluster = np.repeat(np.arange(200), 10)
    found = ratio_interval(rows, np.ones(2000), [cluster], resamples=4000, seed=1)
    assert found.se == pytest.approx(means.std() / np.sqrt(200), rel=0.05)
    assert found.low < found.estimate < found.high


def test_all_draws_of_two_clusters_are_the_ones_that_exist() -> None:
    # With clusters worth 0 and 1 a draw is worth 0, 1/2 or 1.
    found = ratio_interval([0, 1], [1, 1], [[0, 1]], resamples=1000, seed=0)
    assert (found.low, found.high, found.estimate) == (0, 1, 0.5)


def test_summing_cells_first_changes_nothing() -> None:
    generator = np.random.default_rng(2)
    item, rater = generator.integers(0, 12, 400), generator.integers(0, 5, 400)
    top = generator.integers(0, 2, 400).astype(float)
    fast = ratio_interval(top, np.ones(400), [item, rater], resamples=300, seed=9)
    slow = cluster_bootstrap(lambda w: float(w @ top / w.sum()), [item, rater], resamples=300, seed=9)
    assert fast.low == pytest.approx(slow.low) and fast.high == pytest.approx(slow.high)


def test_a_factor_with_one_cluster_is_held_and_nothing_to_draw_is_refused() -> None:
    item = np.arange(30)
    top = (item % 3 == 0).astype(float)
    alone = ratio_interval(top, np.ones(30), [item], resamples=500, seed=4)
    beside = ratio_interval(top, np.ones(30), [item, np.zeros(30, int)], resamples=500, seed=4)
    assert (alone.low, alone.high) == (beside.low, beside.high)
    with pytest.raises(NotEstimable, match="one cluster"):
        ratio_interval(top, np.ones(30), [np.zeros(30, int)])
    with pytest.raises(NotEstimable, match="no rows"):
        ratio_interval([], [], [[]])
    with pytest.raises(NotEstimable, match="Too many"):
        cluster_bootstrap(lambda w: float("nan") if w.max() > 1 else 1.0, [item], resamples=100)


def test_large_files_get_fewer_draws_but_never_few() -> None:
    sizes = [resamples_for(rows) for rows in (1, 10_000, 1_000_000, 10**9)]
    assert sizes[0] == 10_000 and sizes[-1] == 1_000
    assert all(one >= two for one, two in itertools.pairwise(sizes))
