"""The features of texts once more, one pair at a time and word by word, as their sentences say it."""

import math
import re
from collections import Counter
from collections.abc import Callable
from itertools import pairwise

LONGEST = 20_000
PLAIN: dict[str, Callable[["Taken"], float]] = {}
_LIST = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s", re.MULTILINE)
_CODE = (
    "```", "def ", "import ", "return ", "SELECT ", "function ", "#include", "public class", "();", "){", ") {", "</",
)  # fmt: skip


class Taken:
    """A pair taken apart: words as written, in small letters, and how often."""

    def __init__(self, prompt: str, a: str, b: str) -> None:
        self.prompt, self.a, self.b = prompt, a, b
        self.written = [re.findall(r"\w+", text[:LONGEST]) for text in (prompt, a, b)]
        self.words = [[word.lower() for word in words] for words in self.written]
        self.counts = Counter(self.words[1]), Counter(self.words[2])
        self.stems = [Counter(word[:4] for word in words) for words in self.words[1:]]
        known = set(self.words[0])
        self.copied = [
            sum(word in known for word in words) / len(words) if words else None for words in self.words[1:]
        ]


def plain(measure: Callable[[Taken], float]) -> Callable[[Taken], float]:
    PLAIN[measure.__name__] = measure
    return measure


@plain
def prompt_length(case: Taken) -> float:
    return math.log1p(len(case.words[0]))


@plain
def shorter(case: Taken) -> float:
    return math.log1p(min(len(case.words[1]), len(case.words[2])))


@plain
def longer(case: Taken) -> float:
    return math.log1p(max(len(case.words[1]), len(case.words[2])))


@plain
def length_gap(case: Taken) -> float:
    return abs(math.log1p(len(case.words[1])) - math.log1p(len(case.words[2])))


@plain
def word_overlap(case: Taken) -> float:
    return f1(*case.counts)


@plain
def word_order_overlap(case: Taken) -> float:
    a, b = (set(pairwise(words)) for words in case.words[1:])
    return 2 * len(a & b) / (len(a) + len(b)) if a or b else 1.0


@plain
def word_cosine(case: Taken) -> float:
    a, b = case.counts
    if not a or not b or a == b:
        return float(a == b)
    shared = sum(math.log1p(a[word]) * math.log1p(b[word]) for word in a.keys() & b.keys())
    lengths = sum(math.log1p(n) ** 2 for n in a.values()) * sum(math.log1p(n) ** 2 for n in b.values())
    return shared / math.sqrt(lengths)


@plain
def letter_overlap(case: Taken) -> float:
    return f1(*case.stems)


@plain
def letter_overlap_length(case: Taken) -> float:
    lengths = sorted((len(case.words[1]), len(case.words[2])))
    if not lengths[1]:
        return 1.0
    return letter_overlap(case) * math.exp(1 - lengths[1] / lengths[0]) if lengths[0] else 0.0


@plain
def named_overlap(case: Taken) -> float:
    whole = case.written[1:]
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


@plain
def identical(case: Taken) -> float:
    return float(case.a.strip() == case.b.strip())


@plain
def copies_prompt(case: Taken) -> float:
    return max((share for share in case.copied if share is not None), default=0.0)


@plain
def copies_prompt_gap(case: Taken) -> float:
    a, b = case.copied
    return abs((a or 0.0) - (b or 0.0))


@plain
def variety_gap(case: Taken) -> float:
    a, b = (len(words) / words.total() if words else 1.0 for words in case.counts)
    return abs(a - b)


@plain
def prompt_numbers(case: Taken) -> float:
    words = case.words[0]
    return sum(w.isdigit() for w in words) / len(words) if words else 0.0


@plain
def code(case: Taken) -> float:
    return float(any(mark in text for text in (case.prompt, case.a, case.b) for mark in _CODE))


@plain
def list_gap(case: Taken) -> float:
    return float(bool(_LIST.search(case.a[:LONGEST])) != bool(_LIST.search(case.b[:LONGEST])))


def f1(first: Counter[str], second: Counter[str]) -> float:
    total = first.total() + second.total()
    if not total:
        return 1.0
    return 2 * sum(min(first[word], second[word]) for word in first.keys() & second.keys()) / total
