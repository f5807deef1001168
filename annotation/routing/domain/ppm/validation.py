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
EXACT = 1e-12  # of the metric's variance: an error of rounding


@dataclass(frozen=True)
class Skill(Estimate):
    """One kind of model on held-out candidates.

    ``spearman`` is inflated by the budget, which everything follows; ``spearman_at_budget`` is of what is left of
    metric and prediction once the count-only model is taken off both. ``better`` is how much smaller the mean squared
    error is than the count-only model's (a share), with its interval by bootstrap over candidates; None where counting
    leaves no error.
    """

    kind: Kind
    rmse: float
    r2: float
    spearman: float
    spearman_at_budget: float | None
    better: float | None
    better_low: float | None
    better_high: float | None


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
    good = declared != "count_only" and mine.better_low is not None and mine.better_low > 0
    rmse = float(np.sqrt(((found - constant) ** 2).mean()))
    return Validation(skills, rmse, declared if good else None, _sentence(mine, good))


def _sentence(skill: Skill, good: bool) -> str:
    if skill.better is None:
        return "How many items go to people tells the metric exactly: which ones makes no difference to it."
    told = f"{skill.better:+.0%} [{skill.better_low:+.0%}, {skill.better_high:+.0%}]"
    if good:
        return f"The {skill.kind} model's squared error is smaller than that of counting alone by {told}."
    return (
        f"The {skill.kind} model is not surely better than counting how many items go to people (its squared error is "
        f"smaller by {told}): it may not route. Route by agreement with gold, or at random."
    )


def _skill(kind: Kind, held: FloatArray, base: FloatArray, metric: FloatArray, seed: int) -> Skill:
    mine, theirs = (metric - held) ** 2, (metric - base) ** 2
    n = len(metric)
    total = float(((metric - metric.mean()) ** 2).sum())
    better: tuple[float | None, float | None, float | None] = None, None, None
    if theirs.sum() > EXACT * total:
        draws = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=ROUNDS)
        low, high = np.quantile(
            1 - (draws @ mine) / np.maximum(draws @ theirs, EXACT * total), [0.025, 0.975]
        )
        better = 1 - float(mine.sum() / theirs.sum()), float(low), float(high)
    return Skill(
        kind,
        float(np.sqrt(mine.mean())),
        1 - float(mine.sum()) / total,
        _spearman(held, metric) or 0.0,
        _spearman(held - base, metric - base),
        *better,
    )


def _spearman(one: FloatArray, two: FloatArray) -> float | None:
    from scipy.stats import rankdata

    if np.ptp(one) < 1e-12 or np.ptp(two) < 1e-12:
        return None
    return float(np.corrcoef(rankdata(one), rankdata(two))[0, 1])
