"""What can be measured of a pair's texts before anybody is asked; a new feature is one function.

The nine scores of the published framework (HyPER, Miranda et al. 2025) have their likes here, without a neural model:
likeness of words, of letters and of named things, and lengths. Bins come later (``bins.py``); here are numbers.
"""

import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from annotation.routing.domain.cases import LONGEST, Case

Measure = Callable[[Case], float]
_LIST = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s", re.MULTILINE)
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
_LOG = [math.log1p(n) for n in range(1000)]


@dataclass(frozen=True)
class Feature:
    """One measure of a case, and the group it belongs to."""

    name: str
    group: str
    measure: Measure


REGISTRY: dict[str, Feature] = {}


def feature(name: str, group: str) -> Callable[[Measure], Measure]:
    """Register a measure under a name that nobody else has; NaN is what it returns where it cannot tell."""

    def register(measure: Measure) -> Measure:
        if name in REGISTRY:
            raise ValueError(f"there is a feature {name} already")
        REGISTRY[name] = Feature(name, group, measure)
        return measure

    return register


@feature("prompt_length", "length")
def prompt_length(case: Case) -> float:
    """Return the log of the prompt's words."""
    return math.log1p(len(case.words[0]))


@feature("shorter", "length")
def shorter(case: Case) -> float:
    """Return the log of the words of the shorter response."""
    return math.log1p(min(len(case.words[1]), len(case.words[2])))


@feature("longer", "length")
def longer(case: Case) -> float:
    """Return the log of the words of the longer response."""
    return math.log1p(max(len(case.words[1]), len(case.words[2])))


@feature("length_gap", "length")
def length_gap(case: Case) -> float:
    """Return how much longer one response is than the other, as a log ratio of words."""
    return abs(math.log1p(len(case.words[1])) - math.log1p(len(case.words[2])))


@feature("word_overlap", "similarity")
def word_overlap(case: Case) -> float:
    """Return the F1 of shared words between the responses (ROUGE-1 without stemming); 1 where both are empty."""
    return f1(*case.parts.counts)


@feature("word_order_overlap", "similarity")
def word_order_overlap(case: Case) -> float:
    """Return how many neighbouring words the responses share, twice, over those of each; 1 where there are none."""
    a, b = (set(pairwise(words)) for words in case.words[1:])
    return 2 * len(a & b) / (len(a) + len(b)) if a or b else 1.0


@feature("word_cosine", "similarity")
def word_cosine(case: Case) -> float:
    """Return the cosine of log word counts; 1 where both responses are empty, 0 where one is."""
    a, b = case.parts.counts
    if not a or not b or a == b:
        return float(a == b)
    shared = sum(_log(a[word]) * _log(b[word]) for word in a.keys() & b.keys())
    lengths = sum(_log(n) ** 2 for n in a.values()) * sum(_log(n) ** 2 for n in b.values())
    return shared / math.sqrt(lengths)


@feature("letter_overlap", "similarity")
def letter_overlap(case: Case) -> float:
    """Return the F1 of shared words' first four letters: likeness that forgives endings."""
    return f1(*case.parts.stems)


@feature("letter_overlap_length", "similarity")
def letter_overlap_length(case: Case) -> float:
    """Return ``letter_overlap`` times exp(1 − words of the longer / words of the shorter); 0 where one is empty."""
    lengths = sorted((len(case.words[1]), len(case.words[2])))
    if not lengths[1]:
        return 1.0
    return letter_overlap(case) * math.exp(1 - lengths[1] / lengths[0]) if lengths[0] else 0.0


@feature("named_overlap", "similarity")
def named_overlap(case: Case) -> float:
    """Return the share of names and numbers that both responses have among those that any has; unknown without any.

    A name is a word with a large letter that neither response also writes small, and not the first of a sentence of
    more than three words.
    """
    whole = (case.parts.a, case.parts.b)
    small = {word for words in whole for word in words if word.islower()}
    a, b = (
        {
            w
            for w in set(words[len(words) > 3 :])
            if (w[0].isupper() and w.lower() not in small) or w[0].isdigit()
        }
        for words in whole
    )
    return len(a & b) / len(a | b) if a | b else math.nan


@feature("identical", "similarity")
def identical(case: Case) -> float:
    """Return 1 where the responses are the same text."""
    return float(case.a.strip() == case.b.strip())


@feature("copies_prompt", "lexical")
def copies_prompt(case: Case) -> float:
    """Return the larger share of a response's words that stand in the prompt."""
    return max((share for share in case.parts.copied if share is not None), default=0.0)


@feature("copies_prompt_gap", "lexical")
def copies_prompt_gap(case: Case) -> float:
    """Return how differently much the two responses take from the prompt; an empty one takes nothing."""
    a, b = case.parts.copied
    return abs((a or 0.0) - (b or 0.0))


@feature("variety_gap", "lexical")
def variety_gap(case: Case) -> float:
    """Return how differently often the responses repeat their words: a model that loops stands out."""
    a, b = (len(words) / words.total() if words else 1.0 for words in case.parts.counts)
    return abs(a - b)


@feature("prompt_numbers", "lexical")
def prompt_numbers(case: Case) -> float:
    """Return the share of the prompt's words that are numbers."""
    words = case.words[0]
    return sum(w.isdigit() for w in words) / len(words) if words else 0.0


@feature("code", "lexical")
def code(case: Case) -> float:
    """Return 1 where the prompt or a response has a mark of program code."""
    return float(any(mark in text for text in (case.prompt, case.a, case.b) for mark in _CODE))


@feature("list_gap", "lexical")
def list_gap(case: Case) -> float:
    """Return 1 where one response is a list and the other is not."""
    return float(bool(_LIST.search(case.a[:LONGEST])) != bool(_LIST.search(case.b[:LONGEST])))


def f1(first: Counter[str], second: Counter[str]) -> float:
    """Return twice the shared words over all; 1 where there are none at all."""
    total = first.total() + second.total()
    if not total:
        return 1.0
    return 2 * sum(min(first[word], second[word]) for word in first.keys() & second.keys()) / total


def _log(n: int) -> float:
    return _LOG[n] if n < len(_LOG) else math.log1p(n)
