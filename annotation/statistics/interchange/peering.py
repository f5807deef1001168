"""The authors' own files of “Peering Through Preferences”: no header, and texts in the place of ids."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from annotation.statistics.errors import NotEstimable
from annotation.statistics.interchange.counts import RowCounts
from annotation.statistics.interchange.pairwise import ReadPairwise, pair_of
from annotation.statistics.interchange.ratings import ReadRatings
from annotation.statistics.rows import Comparisons, Ratings
from annotation.statistics.winrate import WinRate, win_rate
from multivocal.domain.files import BadFile, Problem, read_cells

RATER = "model"  # the files hold one annotator, the language model
WORDS = {"(a)": "a", "(b)": "b", "equal": "tie"}
WON = {"(a)": 0.0, "(b)": 1.0, "equal": 0.5}  # (a) is the reference, (b) the system that is evaluated


def read_rated(path: Path) -> ReadRatings:
    """Return ``instruction, input, output, rating`` rows as ratings; the first of equal keys counts."""
    rows, lines = _cells(path, 4)
    scores = _scores(path, rows, lines)
    first = _firsts([tuple(row[:3]) for row in rows])
    ratings = Ratings.from_rows(
        {"item": _item(rows[i]), "rater": RATER, "stimulus": rows[i][2], "score": scores[i]} for i in first
    )
    texts = {(_item(rows[i]), rows[i][2]): rows[i][2] for i in first}
    counts = RowCounts(len(rows), len(first), len(rows) - len(first))
    return ReadRatings(path.name, np.asarray(lines)[first], counts, (), (), texts, {}, ratings)


def read_ranked(path: Path) -> ReadPairwise:
    """Return ``instruction, input, output1, output2, choice`` rows as comparisons; the first of a pair counts."""
    rows, lines = _cells(path, 5)
    _check_words(path, rows, lines)
    whole = Comparisons.from_rows(
        {"item": _item(row), "rater": RATER, "a": row[2], "b": row[3], "outcome": WORDS[row[4]]}
        for row in rows
    )
    first = np.sort(np.unique(pair_of(whole), return_index=True)[1])
    texts = {(_item(row), text): text for row in rows for text in row[2:4]}
    counts = RowCounts(len(rows), len(first), len(rows) - len(first))
    return ReadPairwise(path.name, np.asarray(lines)[first], counts, (), (), texts, {}, whole.take(first))


@dataclass(frozen=True)
class Evaluation:
    """Outcomes of the evaluated system by instruction; mean ratings where they were rated."""

    outcome: dict[str, float]
    mean_reference: float | None = None
    mean_system: float | None = None

    def rate(self, among: Sequence[str] | None = None) -> WinRate:
        """Return the win rate, among some instructions only where they are given."""
        chosen = self.outcome if among is None else [one for one in among if one in self.outcome]
        return win_rate([self.outcome[one] for one in chosen])


def evaluation_by_ranking(path: Path) -> Evaluation:
    """Return outcomes of ``instruction, input, reference, system, choice`` rows; the first of an instruction counts."""
    rows, lines = _cells(path, 5)
    _check_words(path, rows, lines)
    outcome: dict[str, float] = {}
    for row in rows:
        outcome.setdefault(row[0], WON[row[4]])
    return Evaluation(outcome)


def evaluation_by_rating(reference: Path, system: Path) -> Evaluation:
    """Return outcomes from two files of ratings: instructions in both, the higher score wins, equal scores tie."""
    scores = []
    for path in (reference, system):
        rows, lines = _cells(path, 4)
        found: dict[str, float] = {}
        for row, score in zip(rows, _scores(path, rows, lines), strict=True):
            found.setdefault(row[0], score)
        scores.append(found)
    both = [one for one in scores[0] if one in scores[1]]
    if not both:
        raise NotEstimable("The two files of evaluation ratings share no instruction.")
    theirs, ours = [np.array([found[one] for one in both]) for found in scores]
    outcome = dict(zip(both, ((np.sign(ours - theirs) + 1) / 2).tolist(), strict=True))
    return Evaluation(outcome, float(theirs.mean()), float(ours.mean()))


def _item(row: Sequence[str]) -> str:
    return f"{row[0]}-{row[1]}"


def _firsts(keys: Sequence[tuple[str, ...]]) -> list[int]:
    place: dict[tuple[str, ...], int] = {}
    for i, key in enumerate(keys):
        place.setdefault(key, i)
    return list(place.values())


def _cells(path: Path, width: int) -> tuple[list[list[str]], list[int]]:
    first, rest, later = read_cells(path, path.name)
    rows, lines = [first, *rest], [1, *later]
    wrong = [
        Problem(line, f"the row has {len(row)} cells, not {width}")
        for row, line in zip(rows, lines, strict=True)
        if len(row) != width
    ]
    if wrong:
        raise BadFile(path.name, wrong)
    return rows, lines


def _scores(path: Path, rows: Sequence[Sequence[str]], lines: Sequence[int]) -> list[float]:
    scores, wrong = [], []
    for row, line in zip(rows, lines, strict=True):
        try:
            scores.append(float(row[3]))
        except ValueError:
            scores.append(np.nan)
        if not np.isfinite(scores[-1]):
            wrong.append(Problem(line, f"the rating “{row[3][:40]}” is not a number"))
    if wrong:
        raise BadFile(path.name, wrong)
    return scores


def _check_words(path: Path, rows: Sequence[Sequence[str]], lines: Sequence[int]) -> None:
    wrong = [
        Problem(line, f"“{row[4][:40]}” is no choice; it is one of {', '.join(WORDS)}")
        for row, line in zip(rows, lines, strict=True)
        if row[4] not in WORDS
    ]
    if wrong:
        raise BadFile(path.name, wrong)
