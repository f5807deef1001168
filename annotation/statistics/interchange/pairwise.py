"""The pairwise file: ``item, rater, a, b, outcome`` with outcome ``a``, ``b`` or ``tie`` (+ ``strength``)."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from annotation.statistics.interchange.checks import (
    Findings,
    ReadRows,
    check_ids,
    first_of_each,
    numbers,
    pick,
    remark_on,
    same_text,
    strata_of,
)
from annotation.statistics.interchange.counts import RowCounts
from annotation.statistics.interchange.rules import DEFAULT_RULES, Rules
from annotation.statistics.rows import Comparisons
from multivocal.domain.files import read_table

REQUIRED = ("item", "rater", "a", "b", "outcome")
OPTIONAL = ("strength", "text_a", "text_b", "stratum")
WORDS = frozenset({"a", "b", "tie"})


@dataclass(frozen=True)
class ReadPairwise(ReadRows):
    """``rows`` without duplicates, in the order of the file."""

    rows: Comparisons


def read_pairwise(source: Path | bytes, *, name: str = "", rules: Rules = DEFAULT_RULES) -> ReadPairwise:
    """Return the comparisons of a file.

    A rater who judges a pair of an item again, also with the sides swapped, is a duplicate: the first row is used.
    Refuses (``BadFile``, every line named) empty ids, another outcome than ``a``, ``b`` or ``tie``, a response
    better than itself, a strength that is negative or no number, and one response with two texts.
    """
    table = read_table(source, REQUIRED, OPTIONAL, name=name, delimiter=rules.delimiter)
    findings = Findings(table)
    check_ids(findings, REQUIRED[:4])
    firsts, seconds = table.columns["a"], table.columns["b"]
    outcomes = list(map(str.strip, table.columns["outcome"]))
    if set(outcomes) - WORDS:
        for row, word in enumerate(outcomes):
            if word not in WORDS:
                said = f"“{word[:40]}” is no outcome" if word else "the outcome is empty"
                findings.bad(row, f"{said}; write a, b or tie")
    for row, (one, two) in enumerate(zip(firsts, seconds, strict=True)):
        if one == two and outcomes[row] != "tie":
            findings.bad(
                row, f"“{one[:40]}” is compared with itself, and one of the two is said to be better"
            )
    columns = {}
    if "strength" in table.columns:
        strength = columns["strength"] = numbers(findings, "strength")
        for row in np.flatnonzero(strength < 0).tolist():
            findings.bad(row, f"the strength {strength[row]:g} is negative; the outcome says which is better")
    texts = same_text(findings, [("item", "a", "text_a"), ("item", "b", "text_b")])
    strata = strata_of(findings)
    good = findings.settle(rules)
    rows = Comparisons.from_columns(
        {id_: pick(table.columns[id_], good) for id_ in REQUIRED[:4]}
        | {"outcome": pick(outcomes, good)}
        | {id_: column[good] for id_, column in columns.items()}
    )
    first = first_of_each(pair_of(rows) * len(rows.raters) + rows.rater)
    return ReadPairwise(
        name=table.name,
        lines=np.asarray(table.lines)[good][first],
        counts=RowCounts(table.read, len(first), len(good) - len(first), 0, table.read - len(good)),
        skipped=tuple(findings.problems()),
        remarks=remark_on(table),
        texts=texts,
        strata=strata,
        rows=rows.take(first),
    )


def pair_of(rows: Comparisons) -> np.ndarray:
    """Return one code per (item, unordered pair of responses)."""
    size = len(rows.stimuli)
    low, high = np.minimum(rows.a, rows.b), np.maximum(rows.a, rows.b)
    return np.asarray((rows.item * size + low) * size + high, dtype=np.int64)
