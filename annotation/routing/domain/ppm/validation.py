"""Whether a performance model may route: on candidates it has not seen, against a model that knows the budget alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from annotation.routing.domain.ppm.candidates import counts
from annotation.routing.domain.ppm.designs import make_design
from annotation.routing.domain.ppm.models import KINDS, Kind, fit_counts
from annotation.routing.domain.table import FloatArray
from annotation.statistics.errors import NotEstimable
from annotation.statistics.estimate import Estimate

ROUNDS = 1000


@dataclass(frozen=True)
class Skill(Estimate):
    """One kind of model on held-out candidates.

    ``spearman`` is inflated by the budget, which everything follows; ``spearman_at_budget`` is of what is left of
    metric and prediction once the count-only model is taken off both. ``better`` is how much smaller the mean squared
    error is than the count-only model's (a share), with its interval by bootstrap over candidates.
    """

    kind: Kind
    rmse: float
    r2: float
    spearman: float
    spearman_at_budget: float | None
    better: float
    better_low: float
    better_high: float


@dataclass(frozen=True)
class Validation(Estimate):
    """``chosen`` is the declared kind if it beats the count-only model for sure, else None; ``sentence`` says why."""

    skills: tuple[Skill, ...]
    constant_rmse: float
    chosen: Kind | None
    sentence: str


def validate(
    names: Sequence[str],
    tags: ArrayLike,
    routings: ArrayLike,
    metric: ArrayLike,
    *,
    declared: Kind = "ridge",
    kinds: Sequence[Kind] = KINDS,
    folds: int = 10,
    seed: int = 0,
) -> Validation:
    """Return the skill of every kind by cross-validation; penalties are chosen inside the fitting part of each fold.

    The declared kind is the only one that may route, and only where its error is below the count-only model's with
    the interval above zero: the best of several on the same candidates would flatter itself.
    """
    has, z = np.asarray(tags, dtype=np.float64), np.asarray(routings, dtype=np.float64)
    found = np.asarray(metric, dtype=np.float64)
    if not 2 <= folds <= len(found) // 3:
        raise NotEstimable(f"{len(found)} candidates are too few for {folds} folds.")
    if len(z) != len(found):
        raise NotEstimable("Every candidate needs a metric.")
    design = make_design(names, has.sum(axis=0), len(has))
    counted, asked = counts(z, has), z.sum(axis=1)
    fold = np.random.default_rng(seed).permutation(len(found)) % folds
    every = tuple(dict.fromkeys(["count_only", declared, *kinds]))
    held = {kind: np.empty(len(found)) for kind in every}
    constant = np.empty(len(found))
    for number in range(folds):
        fit, out = fold != number, fold == number
        constant[out] = found[fit].mean()
        for kind in every:
            model = fit_counts(design, counted[fit], asked[fit], found[fit], kind=kind, seed=seed)
            held[kind][out] = model.of_counts(counted[out], asked[out])
    base = held["count_only"]
    skills = tuple(_skill(kind, held[kind], base, found, seed) for kind in every)
    mine = next(skill for skill in skills if skill.kind == declared)
    good = declared != "count_only" and mine.better_low > 0
    sentence = (
        f"The {declared} model's squared error is {mine.better:.0%} below that of counting alone "
        f"[{mine.better_low:.0%}, {mine.better_high:.0%}]."
        if good
        else f"The {declared} model is not better than counting how many items go to people "
        f"({mine.better:+.0%} [{mine.better_low:+.0%}, {mine.better_high:+.0%}]): it may not route. "
        "Route by agreement with gold, or at random."
    )
    rmse = float(np.sqrt(((found - constant) ** 2).mean()))
    return Validation(skills, rmse, declared if good else None, sentence)


def _skill(kind: Kind, held: FloatArray, base: FloatArray, metric: FloatArray, seed: int) -> Skill:
    mine, theirs = (metric - held) ** 2, (metric - base) ** 2
    random = np.random.default_rng(seed)
    n = len(metric)
    draws = random.multinomial(n, np.full(n, 1 / n), size=ROUNDS)
    low, high = np.quantile(1 - (draws @ mine) / np.maximum(draws @ theirs, 1e-300), [0.025, 0.975])
    total = float(((metric - metric.mean()) ** 2).sum())
    return Skill(
        kind,
        float(np.sqrt(mine.mean())),
        1 - float(mine.sum()) / total,
        _spearman(held, metric) or 0.0,
        _spearman(held - base, metric - base),
        1 - float(mine.sum() / theirs.sum()),
        float(low),
        float(high),
    )


def _spearman(one: FloatArray, two: FloatArray) -> float | None:
    from scipy.stats import rankdata

    if np.ptp(one) < 1e-12 or np.ptp(two) < 1e-12:
        return None
    return float(np.corrcoef(rankdata(one), rankdata(two))[0, 1])
