"""Drift: alarms ring when the AI gets worse, rarely when it does not; canary items are compared pair by pair."""

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportions_ztest

from annotation.routing.domain.audits import alarm, canary, cusum, windows
from annotation.statistics.errors import NotEstimable


def test_windows_follow_one_another() -> None:
    found = windows([1] * 50 + [0] * 50 + [1] * 20, size=50)
    assert [(w.start, w.end, w.share) for w in found] == [(0, 50, 1.0), (50, 120, pytest.approx(20 / 70))]
    assert windows([1, 0], size=50)[0].n == 2
    with pytest.raises(NotEstimable):
        windows([])
    with pytest.raises(NotEstimable):
        windows([0.5])


def test_two_windows_beside_statsmodels() -> None:
    found = alarm(90, 100, 38, 50)
    z, p = proportions_ztest([38, 90], [50, 100], alternative="smaller")
    assert (found.z, found.p) == (pytest.approx(z), pytest.approx(p))
    assert not alarm(90, 100, 50, 50).raised
    assert alarm(90, 100, 30, 50).raised
    assert alarm(10, 10, 10, 10).p == 0.5
    with pytest.raises(NotEstimable):
        alarm(1, 1, 0, 0)


def test_the_sum_rings_soon_after_a_fall_and_seldom_without_one() -> None:
    random = np.random.default_rng(0)
    false, late = 0, []
    for _ in range(200):
        false += cusum(random.random(100) < 0.85, 0.85).raised_at is not None
        fallen = cusum(random.random(300) < 0.65, 0.85)
        late.append(fallen.raised_at if fallen.raised_at is not None else 300)
    # An alarm in 200 audits on average or fewer, so in at most 39 % of runs of 100.
    assert false <= 60
    assert np.median(late) < 60
    with pytest.raises(NotEstimable):
        cusum([1, 0], 0.05, drop=0.1)


def test_the_sum_by_hand() -> None:
    found = cusum([0, 0, 1], 0.8, drop=0.3, threshold=1.5)
    up, down = np.log(0.5 / 0.2), np.log(0.5 / 0.8)
    assert found.path == pytest.approx([up, 2 * up, 2 * up + down])
    assert found.raised_at == 1


def test_canary_items_beside_statsmodels() -> None:
    gold = ["a"] * 40
    before = ["a"] * 36 + ["b"] * 4
    after = ["a"] * 22 + ["tie"] * 14 + ["a"] * 2 + [None, "b"]
    found = canary(before, after, gold)
    table = [[22, 14], [2, 2]]
    assert found.p == pytest.approx(mcnemar(table, exact=True).pvalue)
    assert found.raised
    assert (found.before, found.after, found.changed) == (0.9, 0.6, 17)
    assert not canary(after, before, gold).raised
    assert not canary(before, before, gold).raised
    with pytest.raises(NotEstimable):
        canary([], [], [])
