"""What routing would have done on pairs that people and judges have labelled already."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from annotation.routing.domain.folds import folds_of
from annotation.routing.domain.frontier import frontier
from annotation.routing.domain.gathering import feature_table
from annotation.routing.domain.gold import Gold, rotate
from annotation.routing.domain.judges import best_judges, by_judge, rightness, table_of_judges
from annotation.routing.domain.ladder import read, urgency
from annotation.routing.domain.learning import fit_constant
from annotation.routing.domain.pairs import Pairs
from annotation.routing.domain.routers import Kind, fit
from annotation.routing.domain.table import BoolArray, FloatArray, IntArray, Table
from annotation.statistics.calibration import calibration
from multivocal.domain.files import BadFile, Problem

FEWEST = 30
MANY = 5000  # pairs from which one partition is as good as three
BESIDE = ("text", "judges", "boosted", "ladder", "oracle")
LADDER = read(["failed", "orders_conflict", "judges_disagree", {"kind": "entropy", "at": 0.5}])


def evaluate(
    pairs: Pairs, *, budgets: Sequence[float], folds: int = 10, seed: int = 0, beside: Sequence[str] = BESIDE
) -> dict[str, Any]:
    """Return accuracies, frontier, calibration and rows; the same file and seed give the same numbers.

    The AI's label of a pair is that of the judge who was right more often on the other folds, or of the next best who
    has one; no label is wrong. ``frontier`` is of the one strategy that is declared beforehand, logistic chances from
    all features; ``strategies`` stand beside it to compare, never to choose from. Refuses (``BadFile``) fewer than 30
    pairs with gold, and fewer prompts than folds: such numbers mean nothing.
    """
    gold = rotate(pairs.pairs)
    prompts = [pair.case.prompt for pair in gold.pairs]
    _check(pairs, gold, len(set(prompts)), folds)
    cases = [pair.case for pair in gold.pairs]
    clusters = np.unique(prompts, return_inverse=True)[1]
    human = gold.human_right
    said = by_judge(cases, pairs.judges)
    right = rightness(said, gold.gold)
    labels, ai, whose = best_judges(said, right, folds_of(prompts, folds, seed))
    table = feature_table(cases, judges=pairs.judges)
    main = _Chances(table, ai, human, prompts, folds, seed)
    points = frontier(main.gain, human, ai, clusters, budgets, seed)
    honest = calibration(main.p_ai, ai)
    others: dict[str, Callable[[], FloatArray]] = {
        "text": lambda: _Chances(table.without("judges"), ai, human, prompts, folds, seed).gain,
        "judges": lambda: _Chances(table.only("judges"), ai, human, prompts, folds, seed).gain,
        "boosted": lambda: _Chances(table, ai, human, prompts, folds, seed, "boosted").gain,
        "ladder": lambda: urgency(LADDER, table),
        "oracle": lambda: human.astype(float) - ai,
    }
    return {
        "n": len(cases),
        "accuracy": {"human": float(human.mean())} | {name: float(r.mean()) for name, r in right.items()},
        "ai": {"accuracy": float(ai.mean()), "labels_of": dict(Counter(w or "none" for w in whose))},
        "frontier": [point.as_json() for point in points],
        "strategies": {
            name: [point.as_json() for point in frontier(others[name](), human, ai, clusters, budgets, seed)]
            for name in beside
        },
        "calibration": honest.as_json() | {"bins": [one.as_json() for one in honest.bins]},
        "judges": table_of_judges(cases, said, gold.gold),
        "features": _correlations(table, ai),
        "rows": _rows(pairs, gold, said),
        "findings": [*_findings(pairs, gold, said), *main.notes],
        "folds": folds,
        "seed": seed,
    }


class _Chances:
    """Cross-fitted chances of the AI and of a person, the mean over partitions: each partition is honest by itself."""

    def __init__(
        self, table: Table, ai: BoolArray, human: BoolArray, prompts: Sequence[str], folds: int, seed: int,
        kind: Kind = "logistic",
    ) -> None:  # fmt: skip
        again = 1 if len(table) >= MANY or kind != "logistic" else 3
        routers = [
            fit(table, ai, human, groups=prompts, kind=kind, folds=folds, seed=seed + part)
            for part in range(again)
        ]
        self.p_ai: FloatArray = np.mean([router.held_ai for router in routers], axis=0)
        gains = []
        for part, router in enumerate(routers):
            fold = folds_of(prompts, folds, seed + part)
            gains.append(levelled(router.held_human, human, fold) - levelled(router.held_ai, ai, fold))
        # Rounded, so that equal gains are equal and go by lot.
        self.gain: FloatArray = np.round(np.mean(gains, axis=0, dtype=np.float64), 9)
        # A person who errs alike everywhere is no finding; an AI of whom nothing can be told is one.
        self.notes = [note for note in routers[0].notes if "the AI" in note]


def levelled(held: FloatArray, right: BoolArray, fold: IntArray) -> FloatArray:
    """Return cross-fitted chances without what each fold's average owes to the rows it leaves out.

    The average of the other folds is high exactly where this fold's is low. Ranked over all folds, that alone would
    send people to the wrong pairs where nothing can be learnt; a router at work has one average for all.
    """
    level, once = held.copy(), np.ones(len(right))
    if right.all() or not right.any():
        return level
    whole = fit_constant(right, once).chance
    for number in np.unique(fold):
        rest = fold != number
        level[~rest] += whole - fit_constant(right[rest], once[rest]).chance
    return level


def _check(pairs: Pairs, gold: Gold, prompts: int, folds: int) -> None:
    if gold.few_people == len(pairs.pairs):
        reason = (
            "no pair has labels of three people; gold needs two who agree, beside the one who would be asked"
        )
    elif len(gold.pairs) < FEWEST:
        reason = f"{len(gold.pairs)} pairs have a majority; a frontier needs {FEWEST}"
    elif prompts < folds:
        reason = f"{prompts} different prompts are too few for {folds} folds"
    else:
        return
    raise BadFile(pairs.name, [Problem(0, reason)])


def _correlations(table: Table, ai: BoolArray) -> list[dict[str, Any]]:
    """Return for every feature how it goes with the AI being right: the correlation, None where it never varies."""
    told = []
    for name, group, column in zip(table.names, table.groups, table.values.T, strict=True):
        known = np.isfinite(column)
        varies = known.sum() > 1 and np.ptp(column[known]) > 0 and np.ptp(ai[known].astype(int)) > 0
        value = float(np.corrcoef(column[known], ai[known])[0, 1]) if varies else None
        told.append({"name": name, "group": group, "correlation": value, "unknown": int((~known).sum())})
    return told


def _rows(pairs: Pairs, gold: Gold, said: dict[str, Any]) -> dict[str, Any]:
    answered = {
        judge: sum(any(r.judge == judge for r in pair.case.replies) for pair in gold.pairs) for judge in said
    }
    unread = {
        judge: sum(
            any(r.judge == judge for r in pair.case.replies)
            and all(r.label is None for r in pair.case.replies if r.judge == judge)
            for pair in gold.pairs
        )
        for judge in said
    }
    return {
        "read": pairs.read,
        "used": len(gold.pairs),
        "duplicate": pairs.duplicate,
        "without_majority": gold.without_majority,
        "few_people": gold.few_people,
        "invalid": pairs.invalid,
        "unparsed": unread,
        "missing": {judge: len(gold.pairs) - n for judge, n in answered.items()},
        "ignored_keys": dict(pairs.ignored_keys),
    }


def _findings(pairs: Pairs, gold: Gold, said: dict[str, Any]) -> list[str]:
    found = []
    if pairs.invalid:
        found.append(f"{pairs.invalid} lines are invalid and were left out.")
    if gold.few_people:
        found.append(f"{gold.few_people} pairs have labels of fewer than three people and were not used.")
    silent = sum(not pair.case.replies for pair in gold.pairs)
    if silent:
        found.append(f"{silent} pairs have no label of any judge; the AI is taken to be wrong there.")
    return found
