"""From an interchange file to answers: what was shown, in which way of asking, and the payload it would have had."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from annotation.protocols.registry import ProtocolConfig, protocols
from multivocal.domain.files import BadFile, Problem

Kind = Literal["ratings", "rankings", "pairwise"]
KINDS: tuple[Kind, ...] = ("ratings", "rankings", "pairwise")
SLOTS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LIKERT_MOST, LIKERT_STARTS = 11, range(-5, 2)
STRONGEST = 3


@dataclass(frozen=True)
class Answer:
    """One judgement of a file, with the line it stands in (its first); names are those of the file."""

    line: int
    item: str
    rater: str
    stimuli: tuple[str, ...]
    payload: dict[str, Any]


@dataclass(frozen=True)
class ReadAnswers:
    """The answers of a file, how they count as asked, and how many of its rows were only said again."""

    config: ProtocolConfig
    answers: list[Answer]
    duplicates: int


def read_answers(raw: bytes, kind: Kind, *, name: str, scale: tuple[int, int] | None = None) -> ReadAnswers:
    """Return the answers of a file; ``scale`` is the lowest and highest point of ratings, else 1 or the lowest
    score, and the highest.

    Refuses with ``BadFile``, naming every line that is bad: also scores between the points of the scale, and
    strengths other than 1, 2 and 3.
    """
    from annotation.statistics import interchange

    if kind == "ratings":
        if scale is not None and scale[0] >= scale[1]:
            raise BadFile(name, [Problem(0, "the scale runs from its lowest to its highest point")])
        ends = (float(scale[0]), float(scale[1])) if scale else None
        rated = interchange.read_ratings(raw, name=name, scale=ends)
        scale = scale or _found_scale(rated.rows.score)
        return ReadAnswers(_scale(*scale), list(_ratings(rated, scale)), rated.counts.duplicate)
    if kind == "rankings":
        ranked = interchange.read_rankings(raw, name=name)
        config = protocols()["ranking"].config(kind="ranking")
        return ReadAnswers(config, list(_rankings(ranked)), ranked.counts.duplicate)
    paired = interchange.read_pairwise(raw, name=name)
    graded = bool((paired.rows.strength[paired.rows.outcome != 0] != 1).any())
    asked = "pairwise7" if graded else "pairwise3"
    answers = list(_pairs(paired, graded))
    return ReadAnswers(protocols()[asked].config(kind=asked), answers, paired.counts.duplicate)


def _found_scale(scores: Any) -> tuple[int, int]:
    low = min(1, int(scores.min() // 1))
    return low, max(low + 1, int(-(-scores.max() // 1)))


def _scale(low: int, high: int) -> ProtocolConfig:
    if low in LIKERT_STARTS and high - low < LIKERT_MOST:
        return protocols()["likert"].config.model_validate({"start": low, "points": high - low + 1})
    return protocols()["vas"].config.model_validate({"min": low, "max": high})


def _ratings(read: Any, scale: tuple[int, int]) -> Iterator[Answer]:
    rows = read.rows
    if rows.dimension is not None and len(set(rows.dimension.tolist())) > 1:
        raise BadFile(read.name, [Problem(0, "the ratings have several dimensions; give each its own file")])
    broken = [
        Problem(int(line), f"the score {score:g} is between the points of the scale")
        for line, score in zip(read.lines, rows.score, strict=True)
        if score != int(score)
    ]
    if broken:
        raise BadFile(read.name, broken)
    likert = _scale(*scale).kind == "likert"
    for n, line in enumerate(read.lines.tolist()):
        score = int(rows.score[n])
        yield Answer(
            line, rows.items[rows.item[n]], rows.raters[rows.rater[n]], (rows.stimuli[rows.stimulus[n]],),
            {"rating": score} if likert else {"scores": {"A": score}},
        )  # fmt: skip


def _pairs(read: Any, graded: bool) -> Iterator[Answer]:
    rows = read.rows
    wrong = [
        Problem(line, f"the strength {strength:g} is none of 1, 2 and 3")
        for line, strength, outcome in zip(read.lines.tolist(), rows.strength, rows.outcome, strict=True)
        if graded and outcome != 0 and strength not in range(1, STRONGEST + 1)
    ]
    if wrong:
        raise BadFile(read.name, wrong)
    for n, line in enumerate(read.lines.tolist()):
        outcome = int(rows.outcome[n])
        # On a graded scale negative is for what stands first.
        payload = {"strength": -outcome * int(rows.strength[n])} if graded else {"choice": _WORDS[outcome]}
        stimuli = (rows.stimuli[rows.a[n]], rows.stimuli[rows.b[n]])
        yield Answer(line, rows.items[rows.item[n]], rows.raters[rows.rater[n]], stimuli, payload)


_WORDS = {1: "a", -1: "b", 0: "tie"}


def _rankings(read: Any) -> Iterator[Answer]:
    rows = read.rows
    together: dict[int, list[int]] = {}
    for n, judgement in enumerate(rows.judgement.tolist()):
        together.setdefault(judgement, []).append(n)
    for members in together.values():
        first = members[0]
        ranks = {n: 1 + sum(rows.rank[m] < rows.rank[n] for m in members) for n in members}
        if not 2 <= len(members) <= len(SLOTS):
            said = f"a ranking has 2 to {len(SLOTS)} responses, and this one {len(members)}"
            raise BadFile(read.name, [Problem(int(read.lines[first]), said)])
        yield Answer(
            int(read.lines[first]), rows.items[rows.item[first]], rows.raters[rows.rater[first]],
            tuple(rows.stimuli[rows.stimulus[n]] for n in members),
            {"ranks": {SLOTS[place]: int(ranks[n]) for place, n in enumerate(members)}},
        )  # fmt: skip
