"""The ratings file: ``item, rater, stimulus, score`` (+ ``dimension``)."""

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
from annotation.statistics.rows import FloatArray, IntArray, Ratings
from multivocal.domain.files import read_table

REQUIRED = ("item", "rater", "stimulus", "score")
OPTIONAL = ("dimension", "text", "stratum")
FAR = 10  # spans of the middle 90 % of scores: a score further off is remarked on


@dataclass(frozen=True)
class ReadRatings(ReadRows):
    """``rows`` without duplicates, in the order of the file; ``suspect`` sentences about scores far from the rest."""

    rows: Ratings
    suspect: tuple[str, ...] = ()


def read_ratings(
    source: Path | bytes,
    *,
    name: str = "",
    scale: tuple[float, float] | None = None,
    rules: Rules = DEFAULT_RULES,
) -> ReadRatings:
    """Return the ratings of a file; the first of several rows with the same ids is used, the others are duplicates.

    ``scale`` is the lowest and the highest possible score. Refuses (``BadFile``, every line named) empty ids, scores
    that are no finite number or off the scale, and one response with two texts (in an optional ``text`` column).
    """
    table = read_table(source, REQUIRED, OPTIONAL, name=name, delimiter=rules.delimiter)
    findings = Findings(table)
    ids = ("item", "rater", "stimulus", *(("dimension",) if "dimension" in table.columns else ()))
    check_ids(findings, ids)
    score = numbers(findings, "score")
    if scale is not None:
        low, high = scale
        for row in np.flatnonzero((score < low) | (score > high)).tolist():
            findings.bad(row, f"the score {score[row]:g} is off the scale {low:g} to {high:g}")
    texts = same_text(findings, [("item", "stimulus", "text")])
    strata = strata_of(findings)
    good = findings.settle(rules)
    rows = Ratings.from_columns({id_: pick(table.columns[id_], good) for id_ in ids} | {"score": score[good]})
    first = first_of_each(_key(rows))
    lines = np.asarray(table.lines)[good]
    suspect = () if scale is not None else _far_off(table.name, score[good], lines)
    return ReadRatings(
        name=table.name,
        lines=lines[first],
        counts=RowCounts(table.read, len(first), len(good) - len(first), 0, table.read - len(good)),
        skipped=tuple(findings.problems()),
        remarks=remark_on(table),
        texts=texts,
        strata=strata,
        rows=rows.take(first),
        suspect=suspect,
    )


def _key(rows: Ratings) -> IntArray:
    key = (rows.item * len(rows.raters) + rows.rater) * len(rows.stimuli) + rows.stimulus
    return key if rows.dimension is None else key * len(rows.dimensions) + rows.dimension


def _far_off(name: str, score: FloatArray, lines: IntArray) -> tuple[str, ...]:
    """Return a remark on scores that no scale with the others would have, such as 77 among 1 to 7."""
    low, high = np.quantile(score, [0.05, 0.95]) if len(score) > 19 else np.sort(score)[[0, -1]]
    span = max(float(high - low), 1.0)
    far = np.flatnonzero((score > high + FAR * span) | (score < low - FAR * span))
    if not len(far):
        return ()
    named = ", ".join(f"{score[row]:g} in line {lines[row]}" for row in far[:5].tolist())
    return (
        f"{name}: {len(far)} scores lie far from the others ({named}); --scale LOW HIGH refuses such rows",
    )
