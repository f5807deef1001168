"""The report of ``protocols compare``: from files to one JSON object, with every row accounted for."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from annotation.statistics.consistency import Pairing, compare_protocols
from annotation.statistics.consistency.beside import beside
from annotation.statistics.errors import NotEstimable
from annotation.statistics.interchange import (
    ReadPairwise,
    ReadRankings,
    ReadRatings,
    RowCounts,
    Rules,
    read_pairwise,
    read_rankings,
    read_ratings,
)
from annotation.statistics.interchange import peering as authors
from annotation.statistics.interchange.rules import DEFAULT_RULES
from annotation.statistics.rows import Ratings
from multivocal.domain.files import BadFile, Problem

# Fewer than one decisive pair in ten agreeing, over at least so many, is nearly always a file read upside down.
REVERSED_SHARE, REVERSED_FEWEST = 0.1, 20


@dataclass(frozen=True)
class Request:
    """What is to be compared and how the files are to be read; one of ``rankings`` and ``pairwise`` is given."""

    ratings: Path
    rankings: Path | None
    pairwise: Path | None
    pairing: Pairing
    tie_margin: float = 0.0
    seed: int = 0
    resamples: int | None = None
    dimension: str | None = None
    scale: tuple[float, float] | None = None
    ranks: str | None = None
    partial: bool = False
    rules: Rules = DEFAULT_RULES
    layout: str = "interchange"
    evaluation_rankings: Path | None = None
    evaluation_ratings: tuple[Path, Path] | None = None


def report_on_files(request: Request) -> dict[str, Any]:
    """Return the report as JSON values; its keys are those of the interfaces page and more.

    Refuses with ``BadFile`` (rows named by line) or ``NotEstimable`` (nothing to compare).
    """
    rated, other = _read(request)
    ratings, left_out = _of_dimension(rated, request.dimension)
    strata = {**other.strata, **rated.strata}
    compared, used_ratings, used_other = compare_protocols(
        ratings,
        other.rows,
        pairing=request.pairing,
        tie_margin=request.tie_margin,
        seed=request.seed,
        resamples=request.resamples,
        strata=strata,
    )
    decisive = compared.both_decisive
    upside_down = decisive["n"] >= REVERSED_FEWEST and decisive["agree"] <= REVERSED_SHARE * decisive["n"]
    if upside_down and request.ranks is None and isinstance(other, ReadRankings):
        share = f"only {decisive['agree']} of {decisive['n']} decisive pairs agree with the ratings"
        reason = f"the ranks look reversed: {share}; say --ranks worst-first if 1 is the worst, else --ranks best-first"
        raise BadFile(other.name, [Problem(0, reason)])
    counts = {
        "ratings": rated.counts.matched(int(used_ratings.sum())),
        "rankings": other.counts.matched(int(used_other.sum())),
    }
    texts = {**other.texts, **rated.texts}
    report = compared.as_json()
    notes, findings = report.pop("notes"), report.pop("findings")
    findings += list(rated.suspect)
    for one in (rated, other):
        if one.skipped:
            findings.append(f"{one.name}: {len(one.skipped)} bad rows were left out, as asked.")
    if left_out:
        notes["dimension"] = f"{left_out} ratings of other dimensions are counted as unmatched."
    report |= beside(ratings, other.rows, pairing=request.pairing, tie_margin=request.tie_margin, texts=texts)
    report |= {
        "win_rates": _win_rates(request),
        "rows": sum(counts.values(), start=RowCounts(0, 0)).as_json(),
        "files": {
            part: {
                "name": one.name,
                "rows": counts[part].as_json(),
                "left_out": [str(p) for p in one.skipped],
            }
            for part, one in (("ratings", rated), ("rankings", other))
        },
        "notes": notes,
        "remarks": [*rated.remarks, *other.remarks],
        "findings": findings,
    }
    return report


def _read(request: Request) -> tuple[ReadRatings, ReadRankings | ReadPairwise]:
    """Return both files, naming the faults of both where both have some."""
    faults: list[BadFile] = []
    found: list[Any] = []
    peering = request.layout == "peering"
    for kind in ("ratings", "other"):
        try:
            if kind == "ratings":
                found.append(
                    authors.read_rated(request.ratings)
                    if peering
                    else read_ratings(request.ratings, scale=request.scale, rules=request.rules)
                )
            elif request.pairwise is not None:
                found.append(
                    authors.read_ranked(request.pairwise)
                    if peering
                    else read_pairwise(request.pairwise, rules=request.rules)
                )
            elif request.rankings is not None:
                found.append(
                    authors.read_ranked(request.rankings)
                    if peering
                    else read_rankings(
                        request.rankings,
                        ranks=request.ranks or "best-first",
                        partial=request.partial,
                        rules=request.rules,
                    )
                )
        except BadFile as fault:
            faults.append(fault)
    if len(faults) == 1:
        raise faults[0]
    if faults:
        both: Sequence[Problem] = [
            Problem(0, f"{fault.name}: {problem}") for fault in faults for problem in fault.problems
        ]
        raise BadFile("both files", both)
    return found[0], found[1]


def _of_dimension(rated: ReadRatings, dimension: str | None) -> tuple[Ratings, int]:
    """Return the ratings of one dimension, and how many rows that leaves out."""
    rows = rated.rows
    if rows.dimension is None:
        if dimension is not None:
            raise NotEstimable(f"{rated.name} has no column “dimension”.")
        return rows, 0
    known = [rows.dimensions[code] for code in np.unique(rows.dimension)]
    if dimension is None and len(known) > 1:
        raise NotEstimable(f"The ratings have several dimensions ({', '.join(known)}); say --dimension NAME.")
    if dimension is not None and dimension not in known:
        raise NotEstimable(f"No rating has the dimension “{dimension}”; there are {', '.join(known)}.")
    if dimension is None:
        return rows, 0
    kept = rows.dimension == rows.dimensions.index(dimension)
    return rows.take(kept), int((~kept).sum())


def _win_rates(request: Request) -> dict[str, Any] | None:
    """Return the win rates of evaluation files in the authors' layout, each alone and on the same items."""
    by: dict[str, authors.Evaluation] = {}
    if request.evaluation_rankings is not None:
        by["rankings"] = authors.evaluation_by_ranking(request.evaluation_rankings)
    if request.evaluation_ratings is not None:
        by["ratings"] = authors.evaluation_by_rating(*request.evaluation_ratings)
    if not by:
        return None
    found: dict[str, Any] = {name: evaluation.rate().as_json() for name, evaluation in by.items()}
    if "ratings" in by:
        means = {"reference": by["ratings"].mean_reference, "system": by["ratings"].mean_system}
        found["ratings"]["mean_ratings"] = means
    if len(by) == 2:
        common = [one for one in by["rankings"].outcome if one in by["ratings"].outcome]
        found["same_items"] = (
            {name: one.rate(common).as_json() for name, one in by.items()} if common else None
        )
    return found
