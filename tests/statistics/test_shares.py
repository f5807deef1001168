"""The share of rows that come in clusters, beside statsmodels; Wilson's interval beside the same."""

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.stats.proportion import proportion_confint

from annotation.statistics.errors import NotEstimable
from annotation.statistics.shares import clustered_share, wilson


def test_the_error_is_that_of_a_clustered_mean() -> None:
    rng = np.random.default_rng(4)
    who = rng.integers(0, 15, 200)
    hit = rng.random(200) < np.linspace(0.2, 0.9, 15)[who]
    theirs = sm.OLS(hit.astype(float), np.ones(200)).fit(
        cov_type="cluster", cov_kwds={"groups": who, "use_correction": True}
    )
    found = clustered_share(hit, who)
    assert (found.share, found.se) == pytest.approx((theirs.params[0], theirs.bse[0]))
    assert 0 < found.low < found.share < found.high < 1
    narrow = clustered_share(hit, who, level=0.8)
    assert found.low < narrow.low < narrow.high < found.high and narrow.level == 0.8


def test_twenty_rows_of_one_person_are_hardly_more_than_one() -> None:
    person = np.repeat(np.arange(12), 20)
    hit = person % 3 == 0
    once = clustered_share(hit[::20], person[::20])
    often = clustered_share(hit, person)
    assert (often.low, often.high) == pytest.approx((once.low, once.high))
    low, high = wilson(int(hit.sum()), 240)
    assert often.high - often.low > 3 * (high - low)


def test_all_or_none_is_exact_over_clusters() -> None:
    found = clustered_share([True] * 24, np.repeat(np.arange(12), 2), kind="people")
    assert (found.share, found.high, found.p) == (1.0, 1.0, None)
    assert found.low == pytest.approx(0.025 ** (1 / 12))


def test_nobody_and_one_person_are_refused() -> None:
    with pytest.raises(NotEstimable, match="no answers"):
        clustered_share([], [])
    with pytest.raises(NotEstimable, match="fewer than two people"):
        clustered_share([True, False], ["ann", "ann"], kind="people")
    with pytest.raises(NotEstimable, match="no answers"):
        wilson(0, 0)


@pytest.mark.parametrize(("hits", "n"), [(0, 5), (3, 7), (117, 117), (66, 117)])
def test_wilson_is_that_of_statsmodels(hits: int, n: int) -> None:
    assert wilson(hits, n) == pytest.approx(proportion_confint(hits, n, method="wilson"), abs=1e-12)
