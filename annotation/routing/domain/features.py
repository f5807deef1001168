"""What can be measured of a pair's texts before anybody is asked; a new feature is one function.

The nine scores of the published framework (HyPER, Miranda et al. 2025) have their likes here, without a neural model:
likeness of words, of letters and of named things, and lengths. Bins come later (``bins.py``); here are numbers.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from annotation.routing.domain.cases import Case

Measure = Callable[[Case], float]
_NAMED = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z][\w'-]+|\d[\d.,:/-]*", re.MULTILINE)
_CODE = re.compile(r"```|^\s{4,}\S|[{};]\s*$|\b(?:def|class|return|import|SELECT|function)\b", re.MULTILINE)
_LIST = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s", re.MULTILINE)
LONGEST = 20_000  # letters that are looked at; of longer texts the start


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
    return f1(case.words[1], case.words[2])


@feature("word_order_overlap", "similarity")
def word_order_overlap(case: Case) -> float:
    """Return the F1 of shared neighbouring words (ROUGE-2); 1 where neither response has two words."""
    _, a, b = case.words
    return f1(list(pairwise(a)), list(pairwise(b)))


@feature("word_cosine", "similarity")
def word_cosine(case: Case) -> float:
    """Return the cosine of log word counts; 1 where both responses are empty, 0 where one is."""
    a, b = Counter(case.words[1]), Counter(case.words[2])
    if not a or not b:
        return float(not a and not b)
    log = math.log1p
    if a == b:
        return 1.0
    shared = sum(log(n) * log(b[word]) for word, n in a.items() if word in b)
    lengths = sum(log(n) ** 2 for n in a.values()) * sum(log(n) ** 2 for n in b.values())
    return shared / math.sqrt(lengths)


@feature("letter_overlap", "similarity")
def letter_overlap(case: Case) -> float:
    """Return the F1 of shared words' first four letters: likeness that forgives endings."""
    return f1([w[:4] for w in case.words[1]], [w[:4] for w in case.words[2]])


@feature("letter_overlap_length", "similarity")
def letter_overlap_length(case: Case) -> float:
    """Return ``letter_overlap`` times exp(1 − words of the longer / words of the shorter); 0 where one is empty."""
    lengths = sorted((len(case.words[1]), len(case.words[2])))
    if not lengths[1]:
        return 1.0
    return letter_overlap(case) * math.exp(1 - lengths[1] / lengths[0]) if lengths[0] else 0.0


@feature("named_overlap", "similarity")
def named_overlap(case: Case) -> float:
    """Return the share of names and numbers that both responses have among those that any has; unknown without any."""
    a, b = (set(_NAMED.findall(text[:LONGEST])) for text in (case.a, case.b))
    return len(a & b) / len(a | b) if a | b else math.nan


@feature("identical", "similarity")
def identical(case: Case) -> float:
    """Return 1 where the responses are the same text."""
    return float(case.a.strip() == case.b.strip())


@feature("copies_prompt", "lexical")
def copies_prompt(case: Case) -> float:
    """Return the larger share of a response's words that stand in the prompt."""
    known = set(case.words[0])
    return max((sum(w in known for w in text) / len(text) for text in case.words[1:] if text), default=0.0)


@feature("copies_prompt_gap", "lexical")
def copies_prompt_gap(case: Case) -> float:
    """Return how differently much the two responses take from the prompt."""
    known = set(case.words[0])
    a, b = (sum(w in known for w in text) / len(text) if text else 0.0 for text in case.words[1:])
    return abs(a - b)


@feature("variety_gap", "lexical")
def variety_gap(case: Case) -> float:
    """Return how differently often the responses repeat their words: a model that loops stands out."""
    a, b = (len(set(text)) / len(text) if text else 1.0 for text in case.words[1:])
    return abs(a - b)


@feature("prompt_numbers", "lexical")
def prompt_numbers(case: Case) -> float:
    """Return the share of the prompt's words that are numbers."""
    words = case.words[0]
    return sum(w.isdigit() for w in words) / len(words) if words else 0.0


@feature("code", "lexical")
def code(case: Case) -> float:
    """Return 1 where the prompt or a response looks like program code."""
    return float(any(_CODE.search(text[:LONGEST]) for text in (case.prompt, case.a, case.b)))


@feature("list_gap", "lexical")
def list_gap(case: Case) -> float:
    """Return 1 where one response is a list and the other is not."""
    return float(bool(_LIST.search(case.a[:LONGEST])) != bool(_LIST.search(case.b[:LONGEST])))


def f1(first: Sequence[object], second: Sequence[object]) -> float:
    """Return twice the shared things over all; 1 where there are none at all."""
    total = len(first) + len(second)
    if not total:
        return 1.0
    if first == second:
        return 1.0
    counted = Counter(first)
    shared = 0
    for thing in second:
        if counted.get(thing, 0):
            counted[thing] -= 1
            shared += 1
    return 2 * shared / total
