"""Measures of a text that stand beside every preference: its length, its words, how dense it is."""

import re
import zlib
from collections.abc import Callable, Mapping
from typing import TypeAlias

from annotation.statistics.errors import NotEstimable

Measure: TypeAlias = Callable[[str], float]

_SENTENCE_END = re.compile(r"[.!?。！？؟।]+(?:\s|$)|\n{2,}")


def count_words(text: str) -> float:
    """Return the number of words: what blanks separate (languages without blanks: use characters)."""
    return float(len(text.split()))


def count_unique_words(text: str) -> float:
    """Return the number of different words, letter case and punctuation kept, as blanks separate them."""
    return float(len(set(text.split())))


def count_characters(text: str) -> float:
    """Return the number of Unicode code points without blanks at the ends."""
    return float(len(text.strip()))


def count_sentences(text: str) -> float:
    """Return the number of sentences, by their end marks and by blank lines."""
    return float(sum(1 for part in _SENTENCE_END.split(text) if part.strip()))


def word_variety(text: str) -> float:
    """Return the share of words that are new (types over tokens), 0 for an empty text. Falls with length."""
    words = text.casefold().split()
    return len(set(words)) / len(words) if words else 0.0


def words_per_sentence(text: str) -> float:
    """Return the mean number of words in a sentence, 0 for an empty text."""
    return count_words(text) / max(count_sentences(text), 1.0)


def letters_per_word(text: str) -> float:
    """Return the mean length of a word in characters, 0 for an empty text."""
    words = text.split()
    return sum(map(len, words)) / len(words) if words else 0.0


def information(text: str) -> float:
    """Return the bytes of the text when packed (zlib, level 9, without the header's 8): a proxy for its content."""
    return float(max(len(zlib.compress(text.strip().encode(), 9)) - 8, 0))


def density(text: str) -> float:
    """Return packed bytes per plain byte, 0 for an empty text: near 1 nothing repeats, near 0 all does.

    A proxy of ours for "dense": the paper on ratings and rankings does not publish its definition.
    """
    plain = len(text.strip().encode())
    return information(text) / plain if plain else 0.0


MEASURES: Mapping[str, Measure] = {
    "words": count_words,
    "unique_words": count_unique_words,
    "characters": count_characters,
    "sentences": count_sentences,
    "word_variety": word_variety,
    "words_per_sentence": words_per_sentence,
    "letters_per_word": letters_per_word,
    "density": density,
}


def measure_texts(
    texts: Mapping[str, str], measures: Mapping[str, Measure] = MEASURES
) -> dict[str, dict[str, float]]:
    """Return ``{measure: {stimulus: value}}``; ``measures`` may hold any function of a text.

    Measures that people made (an accuracy per stimulus) need no text: put them beside these by the same shape.
    Refuses a measure that gives no finite number, naming it and the stimulus.
    """
    found: dict[str, dict[str, float]] = {}
    for name, measure in measures.items():
        found[name] = {}
        for stimulus, text in texts.items():
            value = float(measure(text))
            if not abs(value) < float("inf"):
                raise NotEstimable(f"“{name}” of {stimulus} is not a finite number.")
            found[name][stimulus] = value
    return found
