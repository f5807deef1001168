"""What a browser noticed is taken where it has its form, and is nothing where it has not."""

import pytest

from annotation.protocols.comparison.paradata import parse_paradata

GOOD = '{"page_ms": 900, "slots": {"A": {"seen_ms": 400, "first_ms": null}}}'


def test_what_was_noticed_is_kept() -> None:
    assert parse_paradata(GOOD) == {"page_ms": 900, "slots": {"A": {"seen_ms": 400, "first_ms": None}}}


@pytest.mark.parametrize(
    "forged",
    [
        r'{"slots": {"\u0000": {"a": 1}}}', r'{"slots": {"\ud800": {"a": 1}}}', r'{"slots": {"A": {"\u0000": 1}}}',
        r'{"slots": {"A": {"\ud800": 1}}}', '{"slots": {"A": {"seen_ms": %s}}}' % ("9" * 400), '{"page_ms": -1}',
        "[" * 10_000, "null", "", GOOD + " " * 20_000,
    ],
)  # fmt: skip
def test_what_has_no_form_is_nothing(forged: str) -> None:
    assert parse_paradata(forged) == {}
