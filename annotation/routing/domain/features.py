"""What can be known of a pair before anybody is asked: lengths, likeness, and the judges' own hesitation.

A feature is one function with a line in ``FEATURES``. Lengths and likeness are the kinds of the published framework
(HyPER, Miranda et al. 2025), as continuous numbers; the signals of judges are ours, and carry most of what is known.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from annotation.routing.domain.pairs import UNPARSED, Pair

FloatArray = NDArray[np.float64]
_WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """Return the words of a text, in lower case."""
    return _WORD.findall(text.lower())


def overlap(pair: Pair) -> float:
    """Return the F1 of shared words between the responses (ROUGE-1 without stemming); 1 where both are empty."""
    first, second = Counter(words(pair.first)), Counter(words(pair.second))
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 1.0


def length_gap(pair: Pair) -> float:
    """Return how much longer one response is than the other, as a log ratio of words."""
    return abs(math.log((len(words(pair.first)) + 1) / (len(words(pair.second)) + 1)))


def longer(pair: Pair) -> float:
    """Return the log of the words of the longer response."""
    return math.log(max(len(words(pair.first)), len(words(pair.second))) + 1)


def shorter(pair: Pair) -> float:
    """Return the log of the words of the shorter response."""
    return math.log(min(len(words(pair.first)), len(words(pair.second))) + 1)


def prompt_length(pair: Pair) -> float:
    """Return the log of the prompt's words."""
    return math.log(len(words(pair.prompt)) + 1)


def identical(pair: Pair) -> float:
    """Return 1 where the responses are the same text."""
    return float(pair.first.strip() == pair.second.strip())


def copies_prompt(pair: Pair) -> float:
    """Return the larger share of a response's words that stand in the prompt."""
    known = set(words(pair.prompt))
    shares = [
        sum(w in known for w in text) / len(text) for text in (words(pair.first), words(pair.second)) if text
    ]
    return max(shares, default=0.0)


FEATURES: dict[str, Callable[[Pair], float]] = {
    "overlap": overlap,
    "length_gap": length_gap,
    "longer": longer,
    "shorter": shorter,
    "prompt_length": prompt_length,
    "identical": identical,
    "copies_prompt": copies_prompt,
}


def judge_signals(pair: Pair, judges: Sequence[str]) -> dict[str, float]:
    """Return per judge whether it said tie or could not be read and whether it chose the longer response, and how far
    the judges disagree."""
    longer_one = 1 if len(pair.first) >= len(pair.second) else 2
    labels = [pair.judges.get(judge, UNPARSED) for judge in judges]
    signals: dict[str, float] = {}
    for judge, label in zip(judges, labels, strict=True):
        signals[f"{judge}: tie"] = float(label == 0)
        signals[f"{judge}: unparsed"] = float(label == UNPARSED)
        signals[f"{judge}: chose the longer"] = float(label == longer_one)
    if len(judges) > 1:
        read = [label for label in labels if label != UNPARSED]
        most = max(Counter(read).values(), default=0)
        signals["judges disagree"] = 1 - most / len(labels)
        signals["judges oppose"] = float({1, 2} <= set(read))
    return signals


def feature_table(pairs: Sequence[Pair], judges: Sequence[str]) -> tuple[tuple[str, ...], FloatArray]:
    """Return the names of the features and their values, shape (pairs, features)."""
    rows = [{name: f(pair) for name, f in FEATURES.items()} | judge_signals(pair, judges) for pair in pairs]
    names = tuple(rows[0]) if rows else ()
    return names, np.array([[row[name] for name in names] for row in rows], dtype=float)
