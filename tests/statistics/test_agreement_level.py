"""The level of alpha's interval is the one that was asked for."""

import numpy as np
import pytest

from annotation.statistics.agreement.krippendorff import krippendorff_alpha
from tests.statistics.published import vectors


def test_an_interval_has_the_level_that_was_asked_for() -> None:
    table = np.random.default_rng(3).integers(1, 6, (40, 3)).astype(float)
    table[:, 1] = table[:, 0]
    wide, narrow = (
        krippendorff_alpha(*vectors(table), level="ordinal", resamples=300, confidence=confidence)
        for confidence in (0.95, 0.8)
    )
    assert (wide.level, narrow.level) == (0.95, 0.8)
    assert (
        wide.low is not None and narrow.low is not None and wide.high is not None and narrow.high is not None
    )
    assert wide.low < narrow.low < narrow.high < wide.high
    with pytest.raises(ValueError, match="between 0 and 1"):
        krippendorff_alpha(*vectors(table), level="ordinal", resamples=300, confidence=95)
