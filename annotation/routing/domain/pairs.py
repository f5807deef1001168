"""Pairs of responses with labels of people and of AI judges, read from JSONL or refused line by line."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotation.routing.domain.cases import Case, Label, Reply
from annotation.routing.domain.replies import Unreadable, certainty_of, replies_of, scores_of
from multivocal.domain.files import BadFile, Problem, read_lines

KEYS = (
    "id", "instruction", "input", "response_1", "response_2", "models", "human_labels", "ai_labels",
    "ai_labels_swapped", "ai_scores", "ai_certainty",
)  # fmt: skip
NEEDED = ("id", "instruction", "response_1", "response_2", "human_labels")
_TEXTS = ("input", "response_1", "response_2")
_OF_JUDGES = ("ai_labels", "ai_labels_swapped", "ai_scores", "ai_certainty")
_PEOPLE: Mapping[int, Label] = {0: "tie", 1: "a", 2: "b"}


@dataclass(frozen=True)
class Pair:
    """A case, and what each person said of it; people who gave no label are left out."""

    case: Case
    human: tuple[Label, ...]


@dataclass(frozen=True)
class Pairs:
    """The pairs of a file, the names of the judges, and how many rows became what."""

    name: str
    pairs: tuple[Pair, ...]
    judges: tuple[str, ...]
    read: int
    duplicate: int
    invalid: int
    ignored_keys: Mapping[str, int]
    problems: tuple[Problem, ...] = ()


def read_pairs(source: Path | bytes, *, name: str = "", skip_invalid: bool = False) -> Pairs:
    """Return the pairs of a JSONL file, or refuse it (``BadFile``) with every line that is wrong.

    With ``skip_invalid`` bad lines are left out, counted, and kept in ``problems``; a file without one good line, and
    one without any judge, is refused all the same.
    """
    lines = read_lines(source, name=name)
    problems = list(lines.problems)
    pairs: dict[str, Pair] = {}
    ignored: Counter[str] = Counter()
    duplicate = 0
    for number, row in lines.rows:
        wrong = _wrong(row)
        pair = None
        if not wrong:
            try:
                pair = _pair(row)
            except Unreadable as fault:
                wrong = [str(fault)]
        if pair is not None and pairs.setdefault(pair.case.key, pair) != pair:
            wrong = [f"id {pair.case.key!r} stands above with other content"]
        problems += [Problem(number, sentence) for sentence in wrong]
        if wrong or pair is None:
            continue
        ignored.update(key for key in row if key not in KEYS)
        duplicate += pairs[pair.case.key] is not pair
    problems.sort(key=lambda problem: problem.line)
    judges = tuple(dict.fromkeys(reply.judge for pair in pairs.values() for reply in pair.case.replies))
    if (problems and not skip_invalid) or not pairs:
        raise BadFile(lines.name, problems)
    if not judges:
        raise BadFile(lines.name, [*problems, Problem(0, "ai_labels: no pair has a judge's label")])
    invalid = len({problem.line for problem in problems})
    read = len(lines.rows) + len(lines.problems)
    return Pairs(
        lines.name, tuple(pairs.values()), judges, read, duplicate, invalid, dict(ignored), tuple(problems)
    )


def _wrong(row: Any) -> list[str]:
    if not isinstance(row, dict):
        return ["not an object"]
    wrong = [f"no {name}" for name in NEEDED if name not in row]
    if "id" in row and (isinstance(row["id"], bool) or not isinstance(row["id"], str | int)):
        wrong.append("id is no text")
    if not isinstance(row.get("instruction", ""), str):
        wrong.append("instruction is no text")
    # Real files hold answers that somebody's tool has read as JSON: a response "True" that is now true, or null.
    wrong += [f"{name} is no text" for name in _TEXTS if isinstance(row.get(name), dict | list)]
    labels = row.get("human_labels")
    if "human_labels" in row and not (isinstance(labels, list) and all(map(_of_a_person, labels))):
        wrong.append("human_labels must be numbers of 0 (tie), 1, 2; null is a person who gave none")
    for name in _OF_JUDGES:
        if row.get(name) is not None and not isinstance(row[name], dict):
            wrong.append(f"{name} must name each judge's")
        elif "human" in (row.get(name) or {}):
            wrong.append(f"{name}: a judge cannot be called human, which is what people are called")
    if any(map(_half, (*row, *(judge for name in _OF_JUDGES for judge in _names(row.get(name)))))):
        wrong.append("a name is no text: half a character (\\ud800 to \\udfff)")
    return wrong


def _names(told: Any) -> Sequence[str]:
    return tuple(told) if isinstance(told, dict) else ()


def _half(name: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in name)


def _of_a_person(label: Any) -> bool:
    return (
        label is None
        or (type(label) is int and label in _PEOPLE)
        or (type(label) is float and label != label)
    )


def _pair(row: Mapping[str, Any]) -> Pair:
    given, first, second = ("" if row.get(name) is None else str(row[name]) for name in _TEXTS)
    prompt = "\n\n".join(filter(None, [row["instruction"], given]))
    human = tuple(_PEOPLE[label] for label in row["human_labels"] if type(label) is int)
    return Pair(Case(str(row["id"]), prompt, first, second, _replies(row)), human)


def _replies(row: Mapping[str, Any]) -> tuple[Reply, ...]:
    """Return every judge's answers; a judge whose label is null gave none."""
    told = {name: row.get(name) or {} for name in _OF_JUDGES}
    found: list[Reply] = []
    for judge in dict.fromkeys([*told["ai_labels"], *told["ai_labels_swapped"]]):
        said: list[Any] = []
        if told["ai_labels"].get(judge) is not None:
            said.append(told["ai_labels"][judge])
        if told["ai_labels_swapped"].get(judge) is not None:
            said.append({"swapped": told["ai_labels_swapped"][judge]})
        try:
            replies = replies_of(judge, said)
            scores, certainty = (
                scores_of(told["ai_scores"].get(judge)),
                certainty_of(told["ai_certainty"].get(judge)),
            )
        except Unreadable as fault:
            raise Unreadable(f"{judge}: {fault}") from None
        found += [_with(reply, scores, certainty) for reply in replies]
    return tuple(found)


def _with(reply: Reply, scores: tuple[float | None, float | None], certainty: float | None) -> Reply:
    """Return a reply with the judge's scores and certainty of the row, where it has none of its own."""
    own = reply.score_a is not None
    return Reply(
        reply.judge, reply.label, reply.order, reply.sample,
        reply.score_a if own else scores[0], reply.score_b if own else scores[1],
        reply.certainty if reply.certainty is not None else certainty,
    )  # fmt: skip


def judges_of(pairs: Sequence[Pair]) -> tuple[str, ...]:
    """Return who judged any of these pairs, in the order of appearance."""
    return tuple(dict.fromkeys(reply.judge for pair in pairs for reply in pair.case.replies))
