"""Pairs of responses with labels of three people and of AI judges, read from JSONL or refused line by line."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from multivocal.domain.files import BadFile, Problem, read_lines

KEYS = ("id", "instruction", "input", "response_1", "response_2", "models", "human_labels", "ai_labels")
NEEDED = ("id", "instruction", "response_1", "response_2", "human_labels", "ai_labels")
_TEXTS = ("input", "response_1", "response_2")
UNPARSED = -1
_WORDS = {"0": 0, "tie": 0, "1": 1, "2": 2}
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Pair:
    """Two responses to one prompt; labels are 0 = tie, 1 or 2 = which response is better, -1 = unparsable."""

    id: str
    prompt: str
    first: str
    second: str
    human: tuple[int, ...]
    judges: Mapping[str, int]


@dataclass(frozen=True)
class Pairs:
    """The pairs of a file, the names of the judges, and how many rows became what."""

    name: str
    pairs: tuple[Pair, ...]
    judges: tuple[str, ...]
    read: int
    duplicate: int
    ignored_keys: Mapping[str, int]


@dataclass(frozen=True)
class Gold:
    """What two people agree on, and what the third said, for the pairs where two do.

    Person number ``i mod 3`` of pair ``i`` is the source that routing would ask; the other two are gold where they
    agree. A person who is right by being asked thrice would flatter people, so one is never both.
    """

    pairs: tuple[Pair, ...]
    gold: Labels
    human: Labels
    without_majority: int


def read_pairs(source: Path | bytes, *, name: str = "") -> Pairs:
    """Return the pairs of a JSONL file, or refuse it (``BadFile``) with every line that is wrong."""
    lines = read_lines(source, name=name)
    problems = list(lines.problems)
    pairs: dict[str, Pair] = {}
    ignored: Counter[str] = Counter()
    duplicate = 0
    for number, row in lines.rows:
        wrong = _wrong(row)
        problems += [Problem(number, sentence) for sentence in wrong]
        if wrong:
            continue
        ignored.update(key for key in row if key not in KEYS)
        pair = _pair(row)
        if pairs.setdefault(pair.id, pair) != pair:
            problems.append(Problem(number, f"id {pair.id!r} stands above with other content"))
        elif pairs[pair.id] is not pair:
            duplicate += 1
    judges = tuple(dict.fromkeys(judge for pair in pairs.values() for judge in pair.judges))
    if not problems and not judges:
        problems.append(Problem(0, "ai_labels: no pair has a judge's label"))
    if problems:
        raise BadFile(lines.name, sorted(problems, key=lambda problem: problem.line))
    return Pairs(lines.name, tuple(pairs.values()), judges, len(lines.rows), duplicate, dict(ignored))


def rotate(pairs: Sequence[Pair]) -> Gold:
    """Return gold and human source of every pair, leaving out those whose two gold people disagree."""
    kept, gold, human = [], [], []
    for number, pair in enumerate(pairs):
        source = number % 3
        first, second = (label for place, label in enumerate(pair.human) if place != source)
        if first == second:
            kept.append(pair)
            gold.append(first)
            human.append(pair.human[source])
    return Gold(tuple(kept), np.array(gold, dtype=int), np.array(human, dtype=int), len(pairs) - len(kept))


def _wrong(row: Any) -> list[str]:
    if not isinstance(row, dict):
        return ["not an object"]
    wrong = [f"no {name}" for name in NEEDED if name not in row]
    wrong += [
        f"{name} is no text" for name in ("id", "instruction") if not isinstance(row.get(name, ""), str)
    ]
    # Real files hold answers that somebody's tool has read as JSON: a response "True" that is now true, or null.
    wrong += [f"{name} is no text" for name in _TEXTS if isinstance(row.get(name), dict | list)]
    labels = row.get("human_labels")
    if "human_labels" in row and not (
        isinstance(labels, list)
        and len(labels) == 3
        and all(type(n) is int and n in (0, 1, 2) for n in labels)
    ):
        wrong.append("human_labels must be three numbers of 0 (tie), 1, 2")
    if "ai_labels" in row and not isinstance(row["ai_labels"], dict):
        wrong.append("ai_labels must name each judge's label")
    return wrong


def _pair(row: Mapping[str, Any]) -> Pair:
    given, first, second = ("" if row.get(name) is None else str(row[name]) for name in _TEXTS)
    prompt = "\n\n".join(filter(None, [row["instruction"], given]))
    judges = {
        name: _WORDS.get(str(label).strip().lower(), UNPARSED) for name, label in row["ai_labels"].items()
    }
    return Pair(row["id"], prompt, first, second, tuple(row["human_labels"]), judges)
