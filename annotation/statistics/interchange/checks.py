"""Checks of single cells that the three kinds of files share."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from annotation.statistics.interchange.counts import RowCounts
from annotation.statistics.interchange.rules import Rules
from annotation.statistics.rows import FloatArray, IntArray
from multivocal.domain.files import BadFile, Problem, Table


@dataclass
class Findings:
    """The bad rows of a table as they are found; a row is named once, for its first fault."""

    table: Table
    by_row: dict[int, str] = field(default_factory=dict)

    def bad(self, row: int, reason: str) -> None:
        """Say that ``row`` (its place in the table) is bad."""
        self.by_row.setdefault(row, reason)

    def settle(self, rules: Rules) -> IntArray:
        """Return the places of the good rows, or refuse the file where bad rows are not to be left out."""
        problems = self.problems()
        if problems and not rules.skip_invalid:
            raise BadFile(self.table.name, problems)
        if len(self.by_row) == len(self.table.lines):
            raise BadFile(self.table.name, [*problems, Problem(0, "no row is left")])
        good = np.ones(len(self.table.lines), dtype=bool)
        good[list(self.by_row)] = False
        return np.flatnonzero(good)

    def problems(self) -> list[Problem]:
        """Return every bad row by line."""
        lines = self.table.lines
        found = [Problem(lines[row], reason) for row, reason in self.by_row.items()]
        return sorted([*self.table.ragged, *found], key=lambda problem: problem.line)


@dataclass(frozen=True)
class ReadRows:
    """What reading a file gives beside its rows: the line of each, the counts, bad rows left out, and remarks.

    ``texts`` maps (item, stimulus) to the response's text and ``strata`` an item to its stratum, where the file
    has such columns.
    """

    name: str
    lines: IntArray
    counts: RowCounts
    skipped: tuple[Problem, ...]
    remarks: tuple[str, ...]
    texts: dict[tuple[str, str], str]
    strata: dict[str, str]


def check_ids(findings: Findings, names: Iterable[str]) -> None:
    """Say where an id is empty; ids are opaque, so nothing else can be wrong with one."""
    for name in names:
        column = findings.table.columns[name]
        if "" in column:
            for row, text in enumerate(column):
                if not text:
                    findings.bad(row, f"the {name} is empty")


def numbers(findings: Findings, name: str) -> FloatArray:
    """Return the column as numbers; what is no finite number is said and given as NaN."""
    column = findings.table.columns[name]
    try:
        values = np.fromiter(map(float, column), np.float64, len(column))
    except ValueError:
        values = np.fromiter(map(_number, column), np.float64, len(column))
    for row in np.flatnonzero(~np.isfinite(values)).tolist():
        text = column[row].strip()
        if not text:
            findings.bad(row, f"the {name} is empty")
        elif math.isnan(_number(text)):
            hint = "; write a decimal point" if "," in text else ""
            findings.bad(row, f"the {name} “{text[:40]}” is not a number{hint}")
        else:
            findings.bad(row, f"the {name} “{text[:40]}” is not finite")
        values[row] = np.nan
    return values


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def same_text(
    findings: Findings, columns: Sequence[tuple[str, str, str]], what: str = "response"
) -> dict[tuple[str, str], str]:
    """Return text by (item, id) from columns (item, id, text) and say where one id has two texts."""
    texts: dict[tuple[str, str], str] = {}
    table = findings.table.columns
    for item, name, text in columns:
        if text not in table:
            continue
        # Different triples are few; rows are looked at one by one only where two of them disagree.
        first: dict[tuple[str, str], str] = {}
        triples = dict.fromkeys(zip(table[item], table[name], table[text], strict=True))
        for one, two, words in triples:
            first.setdefault((one, two), words)
        clash = any(texts.setdefault(key, words) != words for key, words in first.items())
        if clash or len(first) < len(triples):
            for row, (one, two, words) in enumerate(zip(table[item], table[name], table[text], strict=True)):
                if texts[one, two] != words:
                    findings.bad(row, f"the {what} “{two[:40]}” of item “{one[:40]}” has another text before")
    return texts


def strata_of(findings: Findings) -> dict[str, str]:
    """Return the stratum of each item, where there is such a column, and say where an item has two."""
    table = findings.table.columns
    if "stratum" not in table:
        return {}
    found: dict[str, str] = {}
    for item, stratum in dict.fromkeys(zip(table["item"], table["stratum"], strict=True)):
        found.setdefault(item, stratum)
    for row, (item, stratum) in enumerate(zip(table["item"], table["stratum"], strict=True)):
        if found[item] != stratum:
            findings.bad(row, f"item “{item[:40]}” was in stratum “{found[item][:40]}” before")
    return found


def first_of_each(key: IntArray) -> IntArray:
    """Return the places of the first row with each key, in the order of the rows."""
    return np.sort(np.unique(key, return_index=True)[1]).astype(np.int64)


def pick(column: list[str], rows: IntArray) -> list[str]:
    """Return the cells at ``rows``."""
    if len(rows) == len(column):
        return column
    return list(map(column.__getitem__, rows.tolist()))


def remark_on(table: Table) -> tuple[str, ...]:
    """Return a sentence about the columns that are not read, if there are any."""
    if not table.extra:
        return ()
    return (f"{table.name}: not read: " + ", ".join(table.extra[:20]),)
