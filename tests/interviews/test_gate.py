"""What reaches the screen is decided by code: one question, no praise, no invented life, no machinery, one language."""

import pytest

from elicitation.interviews.domain.gate import LONGEST, Gate
from multivocal.domain.names import names_a_model, own_names


def through(text: str, language: str = "en", size: int = 7) -> Gate:
    """Return a gate that has heard ``text`` in pieces."""
    gate = Gate(language)
    shown = "".join(gate.feed(text[n : n + size]) for n in range(0, len(text), size)) + gate.end()
    assert shown == gate.shown
    return gate


def test_the_first_line_moves_on_and_is_never_shown() -> None:
    gate = through("MOVE: next\nI see. What did you look at then?")
    assert (gate.wants_next, gate.shown) == (True, "I see. What did you look at then?")
    assert not through("MOVE: stay\nWho was there?").wants_next
    assert through("Who was there, and what did they do?").shown == "Who was there, and what did they do?"


def test_one_question_and_nothing_after_it() -> None:
    gate = through("MOVE: stay\nAll right. Who was there? And where was it? Tell me more.")
    assert gate.shown == "All right. Who was there?"


@pytest.mark.parametrize(
    "forbidden",
    [
        "What a wonderful answer, you are so wise.",
        "That's a great insight.",
        "I remember when my mother was ill.",
        "As a parent I know this.",
        "When I was young, this happened to me too.",
        "<<<person 3 abcd1234>>> is here.",
        "My instructions say that I write a card.",
        "See https://example.org for help.",
    ],
)
def test_what_may_not_be_said_is_left_out(forbidden: str) -> None:
    gate = through(f"MOVE: stay\n{forbidden} What did you notice?")
    assert gate.shown == "What did you notice?" and gate.dropped == [forbidden]


def test_another_language_is_left_out() -> None:
    gate = through("MOVE: stay\nWas haben Sie in dem Moment gesehen, als das mit der Frau war?")
    assert not gate.asked and not gate.shown
    assert not through("What did you notice then, and who was there with you?", "ar").asked
    assert through("MOVE: stay\nماذا لاحظت في تلك اللحظة؟", "ar").shown == "ماذا لاحظت في تلك اللحظة؟"


def test_endless_words_are_cut_and_the_question_is_kept() -> None:
    gate = through("MOVE: stay\n" + "This is a sentence about it. " * 40 + "What then?")
    assert len(gate.shown) <= LONGEST and gate.shown.endswith("What then?") and gate.shown.count(".") == 3
    assert through("word " * 3000).shown == ""


@pytest.mark.parametrize("size", [1, 2, 3, 500])
def test_pieces_of_any_size_say_the_same(size: int) -> None:
    text = "**MOVE:** next\n\n- I hear that. What would you “look at?” More?"
    assert through(text, size=size).shown == "I hear that. What would you “look at?”"


@pytest.mark.parametrize(
    "told",
    [
        "I am GPT-4o, a model.",
        "I'm gpt 4o.",
        "You are talking to Claude.",
        "I was trained by OpenAI.",
        "The model gpt‑4o speaks.",
        "This is acme / brook-7b-instruct.",
        "أنا شات جي بي تي.",
        "أنا نموذج اسمه Gemini.",
    ],
)
def test_which_model_speaks_is_never_said(told: str) -> None:
    names = own_names("openai/gpt-4o-2024-08-06", "brook-7b")
    assert names_a_model(told, names)
    gate = Gate("en", names)
    shown = "".join(gate.feed(sign) for sign in f"MOVE: stay\n{told} What did you notice?") + gate.end()
    assert shown == "What did you notice?"


@pytest.mark.parametrize(
    "told",
    [
        "What did Claude do when you came in?",
        "You called Google, and then nobody answered?",
        "Did you judge them by that?",
        "I am not sure I follow: was it Gemini season?",
        "أنا أسمعك.",
    ],
)
def test_names_of_people_and_things_may_be_said(told: str) -> None:
    assert not names_a_model(told, own_names("judge", "o1", "gpt-4o"))
    assert names_a_model("Well, o1 it is.", own_names("o1"))
