"""Which model speaks is hidden as its words stream, however they are cut; nothing else is."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from multivocal.domain.veil import HIDDEN, Veil, veiled

IDS = ("gpt-4o", "openai/gpt-4o-2024-08-06", "GPT-4o (August)")


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("I'm gpt 4o, at your service.", "I'm […], at your service."),
        ("As GPT-4o-2024-08-06 I think so.", "As […] I think so."),
        (
            "I am a large model called Claude, made by Anthropic.",
            "I am a large model called […], made by […].",
        ),
        ("أنا نموذج اسمه Gemini.", "أنا نموذج اسمه […]."),
        ("I was trained by OpenAI on GPT‑4o data", "I was trained by […] on […] data"),
        ("The label says GPT-4o (August)", "The label says […] (August)"),
        ("gpt-4o", "[…]"),
    ],
)
def test_the_name_alone_is_hidden(told: str, shown: str) -> None:
    assert veiled(told, *IDS) == shown


@pytest.mark.parametrize(
    "told",
    [
        "Claude Monet painted it; Gemini season, Google it.",
        "I am sure. You might call your mother today, and then open a window.",
        "egpt-4ox is no name",
        "   spaces  \n\n- and lists\n",
        "",
    ],
)
def test_everything_else_stays_as_it_is(told: str) -> None:
    assert veiled(told, *IDS) == told


def test_an_id_of_words_is_hidden_only_as_it_is_written() -> None:
    assert (
        veiled("my-model is my model, and warm brief", "my-model", "warm", "")
        == f"{HIDDEN} is my model, and warm brief"
    )


WORDS = st.sampled_from(
    ["I am", "I'm", "called", "made by", "trained on", "Claude", "chat", "gpt", "GPT-4o", "4o", "open", "ai", "OpenAI",
     "Deep", "seek", "a", "word", "أنا", "Gemini", "gpt-4o-2024-08-06", "2024", "x" * 300]
)  # fmt: skip
GAPS = st.sampled_from([" ", "  ", "-", ", ", ". ", "\n\n", "_", ""])


@settings(max_examples=500)
@given(st.lists(st.tuples(WORDS, GAPS), max_size=40), st.integers(0, 1000))
def test_how_the_words_are_cut_changes_nothing(parts: list[tuple[str, str]], seed: int) -> None:
    text, dice = "".join(word + gap for word, gap in parts), Random(seed)
    veil, shown, at = Veil(*IDS), "", 0
    while at < len(text):
        size = dice.choice([1, 2, 7, 40])
        shown += veil.take(text[at : at + size])
        at += size
    assert shown + veil.take("", end=True) == veiled(text, *IDS)


def test_words_come_soon() -> None:
    veil = Veil(*IDS)
    assert veil.take("one two three four five six seven eight nine ten ") == "one two "
    assert veil.take("eleven ") == "three "
