"""The likeness of two orders of systems."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.statistics.consistency.systems import tau_b


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=8))
def test_tau_is_scipys(rows: list[tuple[int, int]]) -> None:
    from scipy.stats import kendalltau

    one, two = np.array(rows, float).T
    if np.ptp(one) == 0 or np.ptp(two) == 0:
        assert tau_b(one, two) is None
    else:
        assert tau_b(one, two) == pytest.approx(kendalltau(one, two).statistic)
