"""Measures of texts, and win rates: by hand, by property, refusals."""

import json
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import sem

from annotation.statistics.errors import NotEstimable
from annotation.statistics.texts import MEASURES, density, measure_texts
from annotation.statistics.winrate import win_rate


def test_measures_by_hand() -> None:
    text = "The cat sat. The cat ran! Did the dog?\n\nNo"
    found = {name: values["x"] for name, values in measure_texts({"x": text}).items()}
    assert found["words"] == 10 and found["unique_words"] == 8  # The, cat, sat., ran!, Did, the, dog?, No
    assert found["sentences"] == 4 and found["words_per_sentence"] == 2.5
    assert found["word_variety"] == pytest.approx(7 / 10)  # letter case aside
    assert found["characters"] == len(text) and found["letters_per_word"] == pytest.approx(32 / 10)


@given(st.text(max_size=200))
def test_any_text_has_finite_measures_and_blanks_around_it_say_nothing(text: str) -> None:
    found, again = measure_texts({"x": text}), measure_texts({"x": f"  {text}\n "})
    for name in MEASURES:
        assert np.isfinite(found[name]["x"]) and found[name]["x"] >= 0
        assert found[name]["x"] == pytest.approx(again[name]["x"]), name
    assert found["unique_words"]["x"] <= found["words"]["x"]


def test_repetition_is_thin_and_chance_is_dense() -> None:
    letters = "".join(np.random.default_rng(0).choice(list("abcdefghijklmnopqrstuvwxyz "), 600))
    assert density("la " * 200) < 0.1 < density(letters) < 1.0
    assert density(letters) == (len(zlib.compress(letters.strip().encode(), 9)) - 8) / len(letters.strip())
    assert density("") == 0


def test_arabic_sentences_are_sentences_and_a_measure_of_ones_own_is_a_function() -> None:
    assert measure_texts({"x": "هل أنت هنا؟ نعم."})["sentences"]["x"] == 2
    assert measure_texts({"x": "a-b"}, {"dashes": lambda text: text.count("-")}) == {"dashes": {"x": 1.0}}
    for bad in (float("nan"), float("inf")):
        with pytest.raises(NotEstimable, match="“odd” of x"):
            measure_texts({"x": ""}, {"odd": lambda _, bad=bad: bad})  # type: ignore[misc]


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=1, max_size=40))
def test_a_win_rate_is_a_mean_with_its_error(outcomes: list[float]) -> None:
    found, turned = win_rate(outcomes), win_rate([1 - one for one in outcomes])
    assert found.rate == pytest.approx(np.mean(outcomes)) == pytest.approx(1 - turned.rate)
    assert (found.wins, found.ties, found.losses) == (turned.losses, turned.ties, turned.wins)
    assert found.n == found.wins + found.ties + found.losses == len(outcomes)
    if len(outcomes) == 1:
        assert found.half_width is None and found.percent_half_width is None
    else:
        assert found.half_width == pytest.approx(1.96 * sem(outcomes))
        assert found.percent_half_width == pytest.approx(100 * 1.96 * sem(outcomes))
    json.dumps(found.as_json(), allow_nan=False)


@pytest.mark.parametrize("outcomes", [[], [2.0], [0.3], [float("nan")], [1.0, float("inf")]])
def test_what_is_no_outcome_is_refused(outcomes: list[float]) -> None:
    with pytest.raises(NotEstimable):
        win_rate(outcomes)
