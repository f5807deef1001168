"""Cross-fitted chances that an annotator is right, from features; every chance is for a pair the model never saw."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotation.routing.domain.features import FloatArray

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
RIDGE = 1.0


def folds_of(groups: Sequence[str], folds: int, seed: int) -> IntArray:
    """Return the fold of every row; rows of one group (one prompt) share a fold, and folds are of like size."""
    names = sorted(set(groups))
    random = np.random.default_rng(seed)
    sizes = np.zeros(folds, dtype=int)
    count = dict.fromkeys(names, 0)
    for group in groups:
        count[group] += 1
    fold: dict[str, int] = {}
    for place in random.permutation(len(names)):
        smallest = int(np.argmin(sizes))
        fold[names[place]] = smallest
        sizes[smallest] += count[names[place]]
    return np.array([fold[group] for group in groups])


def cross_fit(table: FloatArray, right: BoolArray, fold: IntArray) -> FloatArray:
    """Return for every row the chance of ``right``, by logistic regressions fitted on the other folds.

    Features are scaled on the fitting rows; ridge penalty of 1 on standardised features. Where the fitting rows are all
    right or all wrong, the chance is their share with one success and one failure added.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    chance = np.empty(len(right))
    for number in np.unique(fold):
        held, fit = fold == number, fold != number
        if right[fit].all() or not right[fit].any():
            chance[held] = (right[fit].sum() + 1) / (fit.sum() + 2)
            continue
        model = make_pipeline(StandardScaler(), LogisticRegression(C=1 / RIDGE, max_iter=1000))
        chance[held] = model.fit(table[fit], right[fit]).predict_proba(table[held])[:, 1]
    return chance


@dataclass(frozen=True)
class Calibration:
    """How honest chances are: Brier score, expected calibration error, and bins (n, predicted, observed)."""

    brier: float
    ece: float
    bins: tuple[tuple[int, float, float], ...]


def calibration(chance: FloatArray, right: BoolArray, bins: int = 10) -> Calibration:
    """Compare chances with what happened, in ``bins`` bins of like size (fewer where there are fewer rows)."""
    order = np.argsort(chance, kind="stable")
    parts = [part for part in np.array_split(order, min(bins, len(order))) if len(part)]
    told = tuple((len(p), float(chance[p].mean()), float(right[p].mean())) for p in parts)
    ece = sum(n * abs(said - was) for n, said, was in told) / len(order)
    return Calibration(float(((chance - right) ** 2).mean()), float(ece), told)
