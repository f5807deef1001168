"""The rankings file: ``item, rater, stimulus, rank`` with 1 = best and equal ranks for ties."""

from collections.abc import Mapping
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
from annotation.statistics.rows import FloatArray, IntArray, Rankings, coded
from multivocal.domain.files import Table, read_table

REQUIRED = ("item", "rater", "stimulus", "rank")
OPTIONAL = ("text", "stratum")
TOLD = 20  # bad judgements that are described in full
RANK_READINGS: Mapping[str, str] = {
    "best-first": "1 is the best (as in the interchange files)",
    "zero-based": "0 is the best",
    "worst-first": "1 is the worst",
}


@dataclass(frozen=True)
class ReadRankings(ReadRows):
    """``rows`` with 1 = best, without duplicates, in the order of the file."""

    rows: Rankings


def read_rankings(
    source: Path | bytes,
    *,
    name: str = "",
    ranks: str = "best-first",
    partial: bool = False,
    rules: Rules = DEFAULT_RULES,
) -> ReadRankings:
    """Return the rankings of a file, one judgement per item and rater.

    ``ranks`` says how they are written (``RANK_READINGS``); ties may be written 1, 1, 3 or 1, 1, 2 or 1.5, 1.5, 3.
    Refuses (``BadFile``, every line named) empty ids, ranks that are no number or below 1, a response ranked twice
    differently, ranks that cannot be of the responses given (1, 2, 4), and, unless ``partial``, a ranking that misses
    a response which others ranked on the same item. The same row twice is a duplicate.
    """
    if ranks not in RANK_READINGS:
        raise ValueError(f"ranks must be one of {', '.join(RANK_READINGS)}")
    table = read_table(source, REQUIRED, OPTIONAL, name=name, delimiter=rules.delimiter)
    findings = Findings(table)
    check_ids(findings, REQUIRED[:3])
    rank = numbers(findings, "rank")
    lowest = 0 if ranks == "zero-based" else 1
    for row in np.flatnonzero(rank < lowest).tolist():
        hint = "; where 0 is the best, say --ranks zero-based" if rank[row] == 0 else ""
        findings.bad(row, f"the rank {rank[row]:g} is below {lowest}{hint}")
    if lowest == 0:
        rank = rank + 1
    texts = same_text(findings, [("item", "stimulus", "text")])
    strata = strata_of(findings)
    judged = np.array([row for row in range(len(rank)) if row not in findings.by_row], dtype=np.int64)
    first = _check_sets(findings, table, rank, judged, partial) if len(judged) else judged
    good = findings.settle(rules)
    first = first[np.isin(first, good)]
    rank = _from_best(table, rank, good) if ranks == "worst-first" else rank
    columns = {id_: pick(table.columns[id_], first) for id_ in REQUIRED[:3]}
    return ReadRankings(
        name=table.name,
        lines=np.asarray(table.lines)[first],
        counts=RowCounts(table.read, len(first), len(good) - len(first), 0, table.read - len(good)),
        skipped=tuple(findings.problems()),
        remarks=remark_on(table),
        texts=texts,
        strata=strata,
        rows=Rankings.from_columns({**columns, "rank": rank[first]}),
    )


def _codes(table: Table, rows: IntArray) -> tuple[IntArray, IntArray, IntArray, int]:
    item = coded(pick(table.columns["item"], rows))[0]
    rater, raters = coded(pick(table.columns["rater"], rows))
    stimulus, stimuli = coded(pick(table.columns["stimulus"], rows))
    return item * len(raters) + rater, item, stimulus, len(stimuli)


def _check_sets(
    findings: Findings, table: Table, rank: FloatArray, rows: IntArray, partial: bool
) -> IntArray:
    """Say which judgements are no ranking of their responses; return the rows that are no duplicates."""
    group, item, stimulus, width = _codes(table, rows)
    key = group * width + stimulus
    first = first_of_each(key)
    _, start, place = np.unique(key, return_index=True, return_inverse=True)
    before = start[place]
    for at in np.flatnonzero(rank[rows] != rank[rows][before]).tolist():
        line = table.lines[int(rows[before[at]])]
        response = table.columns["stimulus"][int(rows[at])]
        findings.bad(
            int(rows[at]), f"“{response[:40]}” is ranked a second time, differently (first in line {line})"
        )
    g, r = group[first], rank[rows[first]]
    for count, at in enumerate(np.flatnonzero(~_possible(g, r)).tolist()):
        # Looking up the other ranks takes a pass over all rows, so only the first rows are told them.
        given = (
            ", ".join(f"{value:g}" for value in np.sort(r[g == g[at]])[:12]) if count < TOLD else "with a gap"
        )
        findings.bad(
            int(rows[first[at]]), f"the ranks of this judgement are {given}: one is missing or wrong"
        )
    if not partial:
        _check_whole(findings, table, rows[first], g, item[first], stimulus[first], width)
    return rows[first]


def _possible(group: IntArray, rank: FloatArray) -> np.ndarray:
    """Return per row whether its judgement's ranks are 1..n in one of the four ways of writing ties."""
    order = np.lexsort((rank, group))
    g, r = group[order], rank[order]
    index = np.arange(len(g))
    new_group = np.r_[True, g[1:] != g[:-1]]
    new_tie = new_group | np.r_[True, r[1:] != r[:-1]]
    start = np.maximum.accumulate(np.where(new_group, index, 0))
    tie = np.cumsum(new_tie) - 1
    low = index[new_tie][tie] - start + 1.0
    high = np.r_[index[new_tie][1:], len(g)][tie] - start
    dense = tie - tie[start] + 1.0
    which = np.cumsum(new_group) - 1
    sizes = np.bincount(which)
    fits = np.zeros(len(sizes), dtype=bool)
    for way in (low, high, (low + high) / 2, dense):
        fits |= np.bincount(which, weights=np.abs(way - r) < 1e-9) == sizes
    result = np.empty(len(g), dtype=bool)
    result[order] = fits[which]
    return result


def _check_whole(
    findings: Findings,
    table: Table,
    rows: IntArray,
    group: IntArray,
    item: IntArray,
    stimulus: IntArray,
    width: int,
) -> None:
    full = np.bincount(np.unique(item * width + stimulus) // width)
    groups, start, sizes = np.unique(group, return_index=True, return_counts=True)
    short = groups[sizes < full[item[start]]]
    first_at = dict(zip(groups.tolist(), start.tolist(), strict=True))
    named: dict[int, str] = {}
    for at in np.flatnonzero(np.isin(group, short)).tolist():
        one = int(group[at])
        if one not in named:
            begin = first_at[one]
            named[one] = "some responses"
            if len(named) <= TOLD:
                others = np.flatnonzero((item == item[begin]) & ~np.isin(stimulus, stimulus[group == one]))
                missed = sorted({table.columns["stimulus"][int(rows[other])] for other in others.tolist()})
                named[one] = ", ".join(f"“{name[:40]}”" for name in missed[:5])
        row = int(rows[at])
        rater = table.columns["rater"][row]
        reason = f"the ranking of “{rater[:40]}” misses {named[one]}, which others ranked on this item"
        findings.bad(row, f"{reason}; where nobody was to rank all, say --partial")


def _from_best(table: Table, rank: FloatArray, rows: IntArray) -> FloatArray:
    """Return ranks turned round within each judgement, so that 1 is the best."""
    group = _codes(table, rows)[0]
    places = np.unique(group, return_inverse=True)[1]
    top = np.full(int(places.max()) + 1, -np.inf)
    np.maximum.at(top, places, rank[rows])
    turned = rank.copy()
    turned[rows] = top[places] + 1 - rank[rows]
    return turned
