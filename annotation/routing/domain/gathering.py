"""The table of all features of many cases: texts, tags, judges' signals, and those who would be asked."""

import math
from collections.abc import Hashable, Mapping, Sequence

import numpy as np

from annotation.routing.domain.batch import Batch
from annotation.routing.domain.cases import Case, Label
from annotation.routing.domain.certainty import Calibrator
from annotation.routing.domain.features import REGISTRY
from annotation.routing.domain.signals import signals_and_verdicts
from annotation.routing.domain.table import Table
from annotation.routing.domain.tags import columns, names_of_columns

_AT_ONCE = 4_000
_SIDES: Mapping[Label | None, float] = {"a": 0.0, "b": 1.0, "tie": 0.5, None: math.nan}


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
        parts.append(_judged(cases, judges, calibrators))
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
    # The words of a hundred thousand cases are gigabytes.
    for start in range(0, len(cases) if chosen else 0, _AT_ONCE):
        batch = Batch.of(cases[start : start + _AT_ONCE])
        for place, one in enumerate(chosen):
            values[start : start + _AT_ONCE, place] = one.measure(batch)
    values[~np.isfinite(values)] = np.nan
    return Table(tuple(one.name for one in chosen), tuple(one.group for one in chosen), values)


def _judged(
    cases: Sequence[Case], judges: Sequence[str], calibrators: Mapping[str, Calibrator] | None
) -> Table:
    """Return the signals, and of every judge whether it chose the longer response: many models do."""
    # Labels have few patterns, and what a pattern means is found out once.
    patterns: dict[tuple[Hashable, ...], int] = {}
    signals: list[Mapping[str, float]] = []
    chose: list[list[float]] = []
    places = np.empty(len(cases), dtype=np.int64)
    for place, case in enumerate(cases):
        pattern = tuple(
            [(r.judge, r.label, r.order, r.score_a, r.score_b, r.certainty) for r in case.replies]
        )
        places[place] = known = patterns.setdefault(pattern, len(patterns))
        if known == len(signals):
            row, verdicts = signals_and_verdicts(case.replies, judges, calibrators)
            signals.append(row)
            chose.append([_SIDES[verdicts[judge].label] for judge in judges])
    said = _from(signals, tuple(signals[0]) if signals else (), "judges")
    side = np.array(chose).reshape(len(chose), len(judges))[places]
    longer = np.array([len(case.a) < len(case.b) for case in cases], dtype=np.float64)[:, None]
    of_longer = np.where(np.isnan(side), np.nan, side == longer)
    return Table(said.names, said.groups, said.values[places]).beside(
        Table(tuple(f"{judge}: longer" for judge in judges), ("judges",) * len(judges), of_longer)
    )


def _from(rows: Sequence[Mapping[str, float]], names: tuple[str, ...], group: str) -> Table:
    values = np.array([[row.get(name, math.nan) for name in names] for row in rows], dtype=np.float64)
    values = values.reshape(len(rows), len(names))
    values[~np.isfinite(values)] = np.nan
    return Table(names, (group,) * len(names), values)
