"""Test–retest: shares by hand, the chance-corrected measures beside it, refusals."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from annotation.statistics.agreement.retest import retest
from annotation.statistics.errors import NotEstimable

repeats = st.lists(
    st.tuples(st.integers(1, 5), st.integers(1, 5), st.sampled_from(["ann", "bo"])), min_size=1
)


@settings(max_examples=30, deadline=None)
@given(repeats)
def test_it_is_the_share_of_equal_answers_beside_kappa_and_alpha(rows: list[tuple[int, int, str]]) -> None:
    import krippendorff

    first, second, who = (np.array(column) for column in zip(*rows, strict=True))
    found = retest(first, second, who, level="ordinal")
    assert found.same == pytest.approx(np.mean([a == b for a, b, _ in rows]))
    assert (found.n, found.raters) == (len(rows), len(set(who)))
    assert found.shift == pytest.approx(np.mean(second - first))
    if len(np.unique(np.r_[first, second])) > 1:
        assert found.alpha is not None and found.kappa is not None
        theirs = krippendorff.alpha(np.stack([first, second]), level_of_measurement="ordinal")
        assert found.alpha.estimate == pytest.approx(theirs, abs=1e-9)
        assert found.kappa.estimate == pytest.approx(cohen_kappa_score(first, second), abs=1e-9)
        assert not found.refused
    else:
        assert found.alpha is None and found.kappa is None and len(found.refused) == 2
    json.dumps(found.as_json(), allow_nan=False)
    back = retest(second, first, who, level="ordinal")
    assert back.same == found.same and back.shift == pytest.approx(-found.shift)


def test_words_have_no_shift_and_an_interval_draws_raters() -> None:
    first, second = ["a", "b", "tie", "a"] * 6, ["a", "b", "a", "b"] * 6
    who = np.repeat(["ann", "bo", "cy", "dee"], 6)
    one, two = (retest(first, second, who, level="nominal", resamples=200, seed=3) for _ in range(2))
    assert one.shift is None and one.same == 0.5
    assert one.alpha is not None and one.alpha.low is not None and one.alpha.high is not None
    assert one.alpha.low <= one.alpha.estimate <= one.alpha.high
    assert one == two


def test_what_says_nothing_is_refused() -> None:
    with pytest.raises(NotEstimable, match="judged twice"):
        retest([], [], [], level="nominal")
    for bad in (np.nan, np.inf):
        with pytest.raises(NotEstimable, match="finite"):
            retest([1.0, bad], [1.0, 2.0], ["ann", "ann"], level="interval")
    with pytest.raises(ValueError, match="one length"):
        retest([1, 2], [1], ["ann", "ann"], level="nominal")
