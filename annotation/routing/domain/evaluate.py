"""What routing would have done on pairs that people and judges have labelled already."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from annotation.routing.domain.features import FloatArray, feature_table
from annotation.routing.domain.frontier import frontier
from annotation.routing.domain.models import BoolArray, IntArray, calibration, cross_fit, folds_of
from annotation.routing.domain.pairs import UNPARSED, Gold, Pairs, rotate
from multivocal.domain.files import BadFile, Problem

FEWEST = 30


def evaluate(pairs: Pairs, *, budgets: Sequence[float], folds: int = 10, seed: int = 0) -> dict[str, Any]:
    """Return accuracies, frontier, calibration and rows; the same file and seed give the same numbers.

    The AI's label of a pair is that of the judge who was right more often on the other folds. A label that could not be
    read is wrong. Refuses (``BadFile``) fewer than 30 pairs with gold: a frontier of so few means nothing.
    """
    gold = rotate(pairs.pairs)
    if len(gold.pairs) < FEWEST:
        raise BadFile(
            pairs.name, [Problem(0, f"{len(gold.pairs)} pairs have a majority; a frontier needs {FEWEST}")]
        )
    prompts = [pair.prompt for pair in gold.pairs]
    if len(set(prompts)) < folds:
        raise BadFile(
            pairs.name, [Problem(0, f"{len(set(prompts))} different prompts are too few for {folds} folds")]
        )
    fold = folds_of(prompts, folds, seed)
    names, table = feature_table(gold.pairs, pairs.judges)
    human = gold.human == gold.gold
    right = {
        judge: np.array([pair.judges.get(judge, UNPARSED) for pair in gold.pairs]) == gold.gold
        for judge in pairs.judges
    }
    ai = _best_judge(right, fold)
    p_ai, p_human = cross_fit(table, ai, fold), cross_fit(table, human, fold)
    clusters = np.unique(prompts, return_inverse=True)[1]
    points = frontier(p_human - p_ai, human, ai, clusters, budgets, seed)
    honest = calibration(p_ai, ai)
    return {
        "n": len(gold.pairs),
        "accuracy": {"human": float(human.mean())} | {name: float(r.mean()) for name, r in right.items()},
        "frontier": [
            {
                "budget": point.budget,
                "asked": point.asked,
                "policy": {"accuracy": point.accuracy, "ci95": list(point.ci95)},
                "random": {"accuracy": point.random},
                "lift": point.lift,
                "lift_ci95": list(point.lift_ci95),
            }
            for point in points
        ],
        "calibration": {
            "brier": honest.brier,
            "ece": honest.ece,
            "bins": [{"n": n, "predicted": said, "observed": was} for n, said, was in honest.bins],
        },
        "features": _weights(names, table, ai),
        "rows": _rows(pairs, gold),
        "folds": folds,
        "seed": seed,
    }


def _best_judge(right: dict[str, BoolArray], fold: IntArray) -> BoolArray:
    table = np.array(list(right.values()))
    chosen = np.empty(len(fold), dtype=int)
    for number in np.unique(fold):
        chosen[fold == number] = table[:, fold != number].mean(axis=1).argmax()
    return np.asarray(table[chosen, np.arange(len(fold))])


def _weights(names: Sequence[str], table: FloatArray, ai: BoolArray) -> list[dict[str, Any]]:
    """Return for every feature how it goes with the AI being right: the correlation, None where it never varies."""
    told = []
    for place, name in enumerate(names):
        column = table[:, place]
        varies = column.std() > 0 and ai.std() > 0
        told.append({"name": name, "correlation": float(np.corrcoef(column, ai)[0, 1]) if varies else None})
    return told


def _rows(pairs: Pairs, gold: Gold) -> dict[str, Any]:
    unread = {
        judge: sum(p.judges.get(judge, UNPARSED) == UNPARSED for p in gold.pairs) for judge in pairs.judges
    }
    return {
        "read": pairs.read,
        "used": len(gold.pairs),
        "duplicate": pairs.duplicate,
        "without_majority": gold.without_majority,
        "invalid": 0,
        "unparsed": unread,
        "ignored_keys": dict(pairs.ignored_keys),
    }
