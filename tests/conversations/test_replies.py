"""Replies of one joint call are told apart whatever form the model chose, and counted once."""

import json

from hypothesis import given
from hypothesis import strategies as st

from annotation.conversations.replies import parse_replies

THREE = ["Call him today.", "Wait for him to call.", "Write a letter, by hand."]


def test_json_in_any_wrapping() -> None:
    assert parse_replies(json.dumps({"replies": THREE})) == THREE
    assert parse_replies(json.dumps(THREE)) == THREE
    assert parse_replies("```json\n" + json.dumps({"replies": THREE}) + "\n```") == THREE


def test_marked_paragraphs() -> None:
    assert parse_replies("### Reply 1\n" + "\n### Reply 2\n".join(THREE)) == THREE
    assert parse_replies("\n".join(f"{n}. {reply}" for n, reply in enumerate(THREE, 1))) == THREE


def test_the_same_reply_in_other_clothes_counts_once() -> None:
    assert parse_replies(json.dumps({"replies": ["Call him!", "call   him", "Wait."]})) == [
        "Call him!",
        "Wait.",
    ]


def test_garbage_gives_nothing() -> None:
    for text in ("", "no structure at all", "{", "[]", "null", "42", json.dumps({"replies": "x"}), "\x00"):
        assert parse_replies(text) == []


@given(st.text(max_size=300))
def test_any_text_is_survived(text: str) -> None:
    assert all(reply.strip() for reply in parse_replies(text))
