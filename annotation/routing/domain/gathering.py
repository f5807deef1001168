"""The table of all features of many cases: texts, tags, judges' signals, and those who would be asked."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from annotation.routing.domain.cases import Case
from annotation.routing.domain.certainty import Calibrator
from annotation.routing.domain.features import REGISTRY
from annotation.routing.domain.signals import signals_and_verdicts
from annotation.routing.domain.table import Table
from annotation.routing.domain.tags import columns, names_of_columns


def feature_table(
    cases: Sequence[Case],
    *,
    judges: Sequence[str] = (),
    groups: Sequence[str] | None = None,
    calibrators: Mapping[str, Calibrator] | None = None,
) -> Table:
    """Return the features of ``cases``, a row each; what is not known, or not finite, is NaN.

    ``groups`` are those of ``features.REGISTRY`` (lexical, similarity, length), "tags", "judges" and "pool"; None is
    all of which any case has something. ``calibrators`` turn a judge's stated certainty into a chance.
    """
    wanted = set(groups) if groups is not None else None
    parts = [_texts(cases, wanted)]
    if (wanted is None or "tags" in wanted) and any(case.tags for case in cases):
        names = names_of_columns()
        parts.append(_from([columns(case.tags) for case in cases], names, "tags"))
    if (wanted is None or "judges" in wanted) and judges:
        rows = [_judged(case, judges, calibrators) for case in cases]
        parts.append(_from(rows, tuple(rows[0]) if rows else (), "judges"))
    if wanted is None or "pool" in wanted:
        known = tuple(dict.fromkeys(name for case in cases for name in case.pool))
        pool = [{f"pool: {name}": value for name, value in case.pool.items()} for case in cases]
        parts.append(_from(pool, tuple(f"pool: {name}" for name in known), "pool"))
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.beside(part)
    return whole


def _texts(cases: Sequence[Case], wanted: set[str] | None) -> Table:
    chosen = [one for one in REGISTRY.values() if wanted is None or one.group in wanted]
    values = np.empty((len(cases), len(chosen)))
    measures = [one.measure for one in chosen]
    for place, case in enumerate(cases):
        values[place] = [measure(case) for measure in measures]
        # The words of a hundred thousand cases are gigabytes; they are not needed again.
        case.__dict__.pop("parts", None)
    values[~np.isfinite(values)] = np.nan
    return Table(tuple(one.name for one in chosen), tuple(one.group for one in chosen), values)


def _judged(
    case: Case, judges: Sequence[str], calibrators: Mapping[str, Calibrator] | None
) -> dict[str, float]:
    """Return the signals, and of every judge whether it chose the longer response: many models do."""
    row, verdicts = signals_and_verdicts(case.replies, judges, calibrators)
    longer = "a" if len(case.a) >= len(case.b) else "b"
    for judge, said in verdicts.items():
        row[f"{judge}: longer"] = math.nan if said.label is None else float(said.label == longer)
    return row


def _from(rows: Sequence[Mapping[str, float]], names: tuple[str, ...], group: str) -> Table:
    values = np.array([[row.get(name, math.nan) for name in names] for row in rows], dtype=np.float64)
    values = values.reshape(len(rows), len(names))
    values[~np.isfinite(values)] = np.nan
    return Table(names, (group,) * len(names), values)
