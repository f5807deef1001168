"""Fitting models of a chance: each kind is one function in ``KINDS``; scikit-learn is loaded for trees alone."""

from collections.abc import Callable, Mapping

import numpy as np

from annotation.routing.domain.certainty import fit_certainty
from annotation.routing.domain.chances import (
    Adjusted,
    Chance,
    Constant,
    Logistic,
    Tree,
    Trees,
    design,
    log_odds,
)
from annotation.routing.domain.table import BoolArray, FloatArray, IntArray

ISOTONIC_FROM = 1000

Fit = Callable[[FloatArray, BoolArray, FloatArray, float, int], Chance]


def fit_constant(right: BoolArray, weights: FloatArray) -> Constant:
    """Return the share that was right, with one success and one failure added: never 0, never 1."""
    scale = len(right) / weights.sum()
    return Constant(float((scale * weights[right].sum() + 1) / (len(right) + 2)))


def fit_logistic(
    values: FloatArray, right: BoolArray, weights: FloatArray, ridge: float, seed: int
) -> Chance:
    """Return a logistic regression with a ridge penalty on standardised features; constant ones carry nothing."""
    if right.all() or not right.any():
        return fit_constant(right, weights)
    known = np.isfinite(values)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, values, 0.0).sum(axis=0) / count
    spread = np.sqrt((np.where(known, values - mean, 0.0) ** 2).sum(axis=0) / count)
    varies = spread > 1e-9 * np.maximum(np.abs(mean), 1e-9)
    scale = np.where(varies, spread, 1.0)
    unknown = np.flatnonzero((~known).any(axis=0) & known.any(axis=0))
    matrix = design(values, mean, scale, unknown)
    matrix[:, : len(mean)][:, ~varies] = 0.0
    found = ridge_logistic(matrix, right.astype(np.float64), weights * len(weights) / weights.sum(), ridge)
    return Logistic(mean, scale, unknown, found[:-1], float(found[-1]))


def ridge_logistic(matrix: FloatArray, right: FloatArray, weights: FloatArray, ridge: float) -> FloatArray:
    """Return coefficients and, last, the intercept that minimise weighted log loss + ridge/2 Σ coefficient².

    Newton's method with halved steps: a few milliseconds where general optimisers take a hundred. The intercept is not
    penalised.
    """
    whole = np.hstack([matrix, np.ones((len(matrix), 1))])
    penalty = np.append(np.full(matrix.shape[1], ridge), 1e-9)
    at = np.zeros(whole.shape[1])
    at[-1] = log_odds(np.array([np.average(right, weights=weights)]))[0]

    def loss(place: FloatArray) -> float:
        z = whole @ place
        return float(weights @ (np.logaddexp(0, z) - right * z) + penalty @ (place * place) / 2)

    now = loss(at)
    for _ in range(100):
        p = 1 / (1 + np.exp(-np.clip(whole @ at, -500, 500)))
        slope = whole.T @ (weights * (p - right)) + penalty * at
        bend = (whole.T * (weights * p * (1 - p))) @ whole + np.diag(penalty)
        step = np.linalg.solve(bend, slope)
        size = 1.0
        while (then := loss(at - size * step)) > now and size > 1e-6:
            size /= 2
        at, before, now = at - size * step, now, then
        if before - now <= 1e-10 * (1 + abs(now)):
            break
    return at


def fit_boosted(values: FloatArray, right: BoolArray, weights: FloatArray, ridge: float, seed: int) -> Chance:
    """Return gradient boosted trees of at most eight leaves; unknown values go their own way at each fork."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    if right.all() or not right.any():
        return fit_constant(right, weights)
    known = np.isfinite(values)
    high, low = np.where(known, values, -np.inf).max(axis=0), np.where(known, values, np.inf).min(axis=0)
    varies = np.flatnonzero((high > low) | (known.any(axis=0) & ~known.all(axis=0)))
    if not len(varies):
        return fit_constant(right, weights)
    model = HistGradientBoostingClassifier(
        max_iter=60, learning_rate=0.08, max_leaf_nodes=8, min_samples_leaf=max(5, len(right) // 40),
        l2_regularization=ridge, early_stopping=False, random_state=seed,
    )  # fmt: skip
    # Weights make scikit-learn's binning ten times slower, so they are given only where they differ.
    alike = float(np.ptp(weights)) == 0
    # One thread: those of OpenMP spin while other workers use the cores. It is loaded only now, so only now held back.
    with threadpool_limits(1):
        model.fit(
            values[:, varies], right, sample_weight=None if alike else weights * len(weights) / weights.sum()
        )
    # The trees are kept as numbers: a router is stored as JSON and must predict the same under a later scikit-learn.
    trees = tuple(_tree(stage[0].nodes, varies) for stage in model._predictors)
    return Trees(float(np.ravel(model._baseline_prediction)[0]), trees)


KINDS: Mapping[str, Fit] = {"logistic": fit_logistic, "boosted": fit_boosted}
RIDGES: Mapping[str, tuple[float, ...]] = {"logistic": (1.0, 5.0, 25.0, 100.0), "boosted": (5.0,)}


def adjustment(chance: FloatArray, right: BoolArray, weights: FloatArray, how: str) -> Adjusted | None:
    """Return how far chances of rows that were not learnt from are off; None where nothing can be told."""
    if how == "none" or right.all() or not right.any() or np.ptp(chance) < 1e-9:
        return None
    weights = weights * len(weights) / weights.sum()
    if how == "auto":
        how = (
            "isotonic"
            if len(right) >= ISOTONIC_FROM and _curve_is_better(chance, right, weights)
            else "platt"
        )
    return _adjusted(chance, right, weights, how)


def _adjusted(chance: FloatArray, right: BoolArray, weights: FloatArray, how: str) -> Adjusted:
    if how == "isotonic":
        curve = fit_certainty(chance, right.astype(float), weights)
        return Adjusted(Constant(0.5), points=(curve.said, curve.chance))
    slope, shift = _platt(log_odds(chance), right.astype(float), weights)
    return Adjusted(Constant(0.5), slope=slope, shift=shift)


def _curve_is_better(chance: FloatArray, right: BoolArray, weights: FloatArray) -> bool:
    """Return whether the curve tells the odd rows better from the even ones, and the other way round, than the line."""
    loss = dict.fromkeys(("isotonic", "platt"), 0.0)
    odd = np.arange(len(right)) % 2 == 1
    for fit, out in ((odd, ~odd), (~odd, odd)):
        for how in loss:
            held = _adjusted(chance[fit], right[fit], weights[fit], how).adjust(chance[out])
            loss[how] += float(weights[out] @ losses_of(held, right[out]))
    return loss["isotonic"] < loss["platt"]


def _platt(z: FloatArray, right: FloatArray, weights: FloatArray) -> tuple[float, float]:
    """Return slope and shift of a logistic regression on log odds, drawn towards 1 and 0 by a ridge of 1."""
    at = np.array([1.0, 0.0])
    matrix = np.column_stack([z, np.ones(len(z))])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(matrix @ at, -30, 30)))
        slope = matrix.T @ (weights * (right - p)) - (at - [1.0, 0.0])
        bend = (matrix.T * (weights * p * (1 - p))) @ matrix + np.eye(2)
        step = np.linalg.solve(bend, slope)
        at = at + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-10:
            break
    # A model that ranks the wrong way round knows nothing; turning it round would trust its noise.
    mean = np.average(right, weights=weights)
    return (float(at[0]), float(at[1])) if at[0] > 0 else (0.0, float(log_odds(np.array([mean]))[0]))


def losses_of(chance: FloatArray, right: BoolArray) -> FloatArray:
    """Return −ln of the chance given to what happened, per row."""
    return np.asarray(-np.log(np.clip(np.where(right, chance, 1 - chance), 1e-6, 1.0)))


def _tree(nodes: np.ndarray, columns: IntArray) -> Tree:
    leaf = nodes["is_leaf"].astype(bool)
    return Tree(
        np.where(leaf, -1, columns[np.where(leaf, 0, nodes["feature_idx"])]).astype(np.int64),
        np.where(leaf, 0.0, nodes["num_threshold"]).astype(np.float64),
        nodes["missing_go_to_left"].astype(bool),
        nodes["left"].astype(np.int64),
        nodes["right"].astype(np.int64),
        nodes["value"].astype(np.float64),
    )
