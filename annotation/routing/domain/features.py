"""What can be measured of a pair's texts before anybody is asked; a new feature is one function.

The nine scores of the published framework (HyPER, Miranda et al. 2025) have their likes here, without a neural model:
likeness of words, of letters and of named things, and lengths. Bins come later (``bins.py``); here are numbers. A
measure is of one case (``feature``), or, where a hundred thousand cases must not take minutes, of many (``column``).
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from annotation.routing.domain.batch import Batch, f1, share
from annotation.routing.domain.cases import Case
from annotation.routing.domain.table import FloatArray
from annotation.routing.domain.texts import LONGEST, held, sums

Measure = Callable[[Batch], FloatArray]
_MARK = r"\s*(?:[-*•]|\d+[.)])\s"
_FIRST, _LATER = re.compile(_MARK), re.compile("\n" + _MARK)
_CODE = (
    "```",
    "def ",
    "import ",
    "return ",
    "SELECT ",
    "function ",
    "#include",
    "public class",
    "();",
    "){",
    ") {",
    "</",
)


@dataclass(frozen=True)
class Feature:
    """One measure of many cases, a number each, and the group it belongs to."""

    name: str
    group: str
    measure: Measure


REGISTRY: dict[str, Feature] = {}


def column(name: str, group: str) -> Callable[[Measure], Measure]:
    """Register a measure under a name that nobody else has; NaN is what it returns where it cannot tell."""

    def register(measure: Measure) -> Measure:
        if name in REGISTRY:
            raise ValueError(f"there is a feature {name} already")
        REGISTRY[name] = Feature(name, group, measure)
        return measure

    return register


def feature(name: str, group: str) -> Callable[[Callable[[Case], float]], Callable[[Case], float]]:
    """Register a measure of one case, likewise."""

    def register(measure: Callable[[Case], float]) -> Callable[[Case], float]:
        column(name, group)(lambda batch: np.array([measure(case) for case in batch.cases], dtype=np.float64))
        return measure

    return register


@column("prompt_length", "length")
def prompt_length(batch: Batch) -> FloatArray:
    """Return the log of the prompt's words."""
    return np.log1p(batch.sizes[0])


@column("shorter", "length")
def shorter(batch: Batch) -> FloatArray:
    """Return the log of the words of the shorter response."""
    return np.log1p(np.minimum(*batch.sizes[1:]))


@column("longer", "length")
def longer(batch: Batch) -> FloatArray:
    """Return the log of the words of the longer response."""
    return np.log1p(np.maximum(*batch.sizes[1:]))


@column("length_gap", "length")
def length_gap(batch: Batch) -> FloatArray:
    """Return how much longer one response is than the other, as a log ratio of words."""
    return longer(batch) - shorter(batch)


@column("word_overlap", "similarity")
def word_overlap(batch: Batch) -> FloatArray:
    """Return the F1 of shared words between the responses (ROUGE-1 without stemming); 1 where both are empty."""
    return f1(batch.shared, *batch.sizes[1:])


@column("word_order_overlap", "similarity")
def word_order_overlap(batch: Batch) -> FloatArray:
    """Return how many neighbouring words the responses share, twice, over those of each; 1 where there are none."""
    a, b = batch.both(batch.texts.neighbours)
    return f1(sums(a.multiply(b)), sums(a), sums(b))


@column("word_cosine", "similarity")
def word_cosine(batch: Batch) -> FloatArray:
    """Return the cosine of log word counts; 1 where both responses are empty, 0 where one is."""
    logs = batch.texts.counts.copy()
    logs.data = np.log1p(logs.data)
    lengths = np.sqrt(sums(logs.multiply(logs)))
    a, b = batch.both(logs)
    _prompt, first, second = batch.sizes
    same = (batch.shared == first) & (first == second)
    cosine = share(sums(a.multiply(b)), lengths[batch.a] * lengths[batch.b], 0.0)
    return np.where(same, 1.0, cosine)


@column("letter_overlap", "similarity")
def letter_overlap(batch: Batch) -> FloatArray:
    """Return the F1 of shared words' first four letters: likeness that forgives endings."""
    return batch.start_overlap


@column("letter_overlap_length", "similarity")
def letter_overlap_length(batch: Batch) -> FloatArray:
    """Return ``letter_overlap`` times exp(1 − words of the longer / words of the shorter); 0 where one is empty."""
    low, high = np.minimum(*batch.sizes[1:]), np.maximum(*batch.sizes[1:])
    shrunk = batch.start_overlap * np.exp(1 - share(high, low, math.inf))
    return np.where(high > 0, shrunk, 1.0)


@column("named_overlap", "similarity")
def named_overlap(batch: Batch) -> FloatArray:
    """Return the share of names and numbers that both responses have among those that any has; unknown without any.

    A name is a word with a large letter that neither response also writes small, and not the first of a sentence of
    more than three words.
    """
    texts = batch.texts
    every = len(texts.words)
    counted = ~texts.first | (texts.sizes <= 3).repeat(texts.sizes)
    numbers = texts.rows(texts.written, every, texts.of_words(lambda w: w[:1].isdigit()) & counted)
    large = texts.rows(texts.written, every, texts.of_words(lambda w: w[:1].isupper()) & counted)
    small = texts.rows(texts.written, every, texts.of_words(str.islower))
    either = small[batch.a] + small[batch.b]
    small_of = np.zeros(every, dtype=np.int64)
    small_of[texts.written] = texts.small
    sides = []
    for side in (batch.a, batch.b):
        names = large[side].tocoo()
        names.data[:] = ~held(either, names.row, small_of[names.col])
        found = (names.tocsr() + numbers[side]).astype(bool)
        sides.append(found.astype(np.float64))
    both = sums(sides[0].multiply(sides[1]))
    return share(both, sums(sides[0]) + sums(sides[1]) - both, math.nan)


@column("identical", "similarity")
def identical(batch: Batch) -> FloatArray:
    """Return 1 where the responses are the same text."""
    return np.array([case.a.strip() == case.b.strip() for case in batch.cases], dtype=np.float64)


@column("copies_prompt", "lexical")
def copies_prompt(batch: Batch) -> FloatArray:
    """Return the larger share of a response's words that stand in the prompt."""
    return np.maximum(*batch.copied)


@column("copies_prompt_gap", "lexical")
def copies_prompt_gap(batch: Batch) -> FloatArray:
    """Return how differently much the two responses take from the prompt; an empty one takes nothing."""
    return np.abs(np.subtract(*batch.copied))


@column("variety_gap", "lexical")
def variety_gap(batch: Batch) -> FloatArray:
    """Return how differently often the responses repeat their words: a model that loops stands out."""
    different = np.diff(batch.texts.counts.indptr).astype(np.float64)
    return np.abs(np.subtract(*batch.of_both(share(different, batch.texts.sizes.astype(np.float64), 1.0))))


@column("prompt_numbers", "lexical")
def prompt_numbers(batch: Batch) -> FloatArray:
    """Return the share of the prompt's words that are numbers."""
    texts = batch.texts
    numbers = np.concatenate([[0], np.cumsum(texts.of_words(str.isdigit))])
    per_text = share(np.diff(numbers[texts.bounds]).astype(np.float64), texts.sizes.astype(np.float64), 0.0)
    return per_text[batch.prompt]


@column("code", "lexical")
def code(batch: Batch) -> FloatArray:
    """Return 1 where the prompt or a response has a mark of program code."""
    has = batch.texts.having(_CODE)
    return (has[batch.prompt] | has[batch.a] | has[batch.b]).astype(np.float64)


@column("list_gap", "lexical")
def list_gap(batch: Batch) -> FloatArray:
    """Return 1 where one response is a list and the other is not."""
    a, b = batch.of_both(batch.texts.of_texts(_is_list))
    return np.abs(a - b)


def _is_list(text: str) -> bool:
    text = text[:LONGEST]
    # A pattern that begins with a letter that must be there is found at once; one for any line's start is not.
    return bool(_FIRST.match(text) or _LATER.search(text))
