"""Candidate routings on file: a line each, to train on, to fill in the metric of, and to read again."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from annotation.routing.domain.ppm.candidates import candidates
from annotation.routing.domain.table import BoolArray, FloatArray
from multivocal.domain.files import BadFile, Problem, read_lines


@dataclass(frozen=True, eq=False)
class Candidates:
    """``routings`` has shape (candidates, items), True where a person labels; ``metric`` (candidates,)."""

    routings: BoolArray
    metric: FloatArray


def lines_of(ids: Sequence[str], tags: FloatArray, *, count: int, seed: int) -> str:
    """Return ``count`` candidates of items with these ids and tags as JSONL, the metric of each to be filled in."""
    rows = []
    for number, routing in enumerate(candidates(tags, count=count, seed=seed), 1):
        human = [one for one, asked in zip(ids, routing, strict=True) if asked]
        rows.append({"candidate": number, "asked": len(human), "human": human, "metric": None})
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def read_candidates(path: Path, ids: Sequence[str]) -> Candidates:
    """Return the candidates of a JSONL file (``human``: ids, ``metric``: a number), or refuse it by line (BadFile)."""
    lines = read_lines(path)
    place = {one: n for n, one in enumerate(ids)}
    problems = list(lines.problems)
    routings = np.zeros((len(lines.rows), len(ids)), dtype=bool)
    metric = np.zeros(len(lines.rows))
    for row, (number, told) in enumerate(lines.rows):
        wrong = _wrong(told, place)
        problems += [Problem(number, sentence) for sentence in wrong]
        if not wrong:
            routings[row, [place[str(one)] for one in told["human"]]] = True
            metric[row] = told["metric"]
    if problems or not lines.rows:
        raise BadFile(lines.name, sorted(problems, key=lambda one: one.line) or [Problem(0, "no candidate")])
    return Candidates(routings, metric)


def _wrong(told: Any, place: Mapping[str, int]) -> list[str]:
    if not isinstance(told, dict):
        return ["not an object"]
    human, metric = told.get("human"), told.get("metric")
    wrong = []
    if not isinstance(human, list) or not all(type(one) in (str, int) for one in human):
        wrong.append("human must be a list of ids")
    else:
        names = [str(one) for one in human]
        unknown = [one for one in names if one not in place]
        if unknown:
            wrong.append(f"human: no pair has the id {unknown[0]!r}" + _more(len(unknown)))
        if len(set(names)) < len(names):
            wrong.append("human: an id stands twice")
        if told.get("asked", len(names)) != len(names):
            wrong.append(f"asked is {told['asked']}, and human has {len(names)} ids")
    if isinstance(metric, bool) or not isinstance(metric, int | float) or not math.isfinite(metric):
        wrong.append("metric must be a number: what came of this candidate")
    return wrong


def _more(number: int) -> str:
    return f" (and {number - 1} more)" if number > 1 else ""
