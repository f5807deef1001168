"""What a person is told beside a screen: how long to read on, in its right number."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from annotation.protocols.comparison.judging import _too_early
from annotation.protocols.comparison.shapes import ComparisonConfig


@pytest.mark.parametrize(
    ("language", "left", "words"),
    [
        ("en", 1, "about 1 second."),
        ("en", 3, "about 3 seconds."),
        ("ar", 2, "نحو ثانيتين."),
        ("ar", 3, "3 ثوانٍ."),
    ],
)
def test_the_wait_is_told_in_its_right_number(language: str, left: int, words: str) -> None:
    now = timezone.now()
    config = ComparisonConfig.model_construct(min_dwell_ms=10_000)
    with translation.override(language):
        assert words in _too_early(config, now - timedelta(seconds=10 - left), now)
