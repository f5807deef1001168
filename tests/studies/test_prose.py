"""Designers' texts become HTML that can hold nothing but text."""

import re

from hypothesis import given
from hypothesis import strategies as st

from multivocal.studies.prose import paint


def test_paragraphs_headings_lists_emphasis_and_links() -> None:
    assert paint("# Hello\n\nOne\ntwo **three**\n\n- a\n- b [c](https://example.org/?a=1&b=2)") == (
        '<h2 dir="auto">Hello</h2>\n<p dir="auto">One<br>two <strong>three</strong></p>\n'
        '<ul dir="auto"><li>a</li><li>b <a href="https://example.org/?a=1&amp;b=2" '
        'rel="noopener noreferrer" target="_blank">c</a></li></ul>'
    )


def test_a_link_that_is_a_script_stays_text() -> None:
    assert "<a" not in paint("[x](javascript:alert(1))")
    assert "<script" not in paint("<script>alert(1)</script>")


@given(st.text(alphabet="ab<>\"'&*[]()#- \n:/", max_size=60))
def test_only_our_own_tags_come_out(text: str) -> None:
    tags = set(re.findall(r"</?([a-z0-9]+)", paint(text)))
    assert tags <= {"p", "h2", "ul", "li", "strong", "br", "a"}
