"""Performance models: from a routing to its metric. Linear, quadratic and boosted are published, ridge is ours."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from annotation.routing.domain.ppm.candidates import counts
from annotation.routing.domain.ppm.designs import Design, make_design
from annotation.routing.domain.table import FloatArray
from annotation.statistics.errors import NotEstimable

Kind = Literal["count_only", "linear", "ridge", "quadratic", "boosted"]
KINDS: tuple[Kind, ...] = ("count_only", "linear", "ridge", "quadratic", "boosted")
FEWEST = 20
RIDGES = tuple(10.0**power for power in range(-4, 5))


@dataclass(frozen=True, eq=False)
class Ppm:
    """A fitted performance model. ``coefficients`` are of standardised columns; a boosted one has none."""

    kind: Kind
    design: Design
    mean: FloatArray
    scale: FloatArray
    coefficients: FloatArray
    intercept: float
    trees: Any = None

    def predict(self, routings: ArrayLike, tags: ArrayLike) -> FloatArray:
        """Return the expected metric of routings, shape (routings, items), of the items with these tags."""
        z = np.asarray(routings, dtype=np.float64)
        return self.of_counts(counts(z, tags), z.sum(axis=1))

    def of_counts(self, counted: ArrayLike, asked: ArrayLike) -> FloatArray:
        """Return the expected metric for counts per tag (rows, tags), and how many items are asked about (rows,)."""
        columns = self.design.columns(
            np.asarray(counted, dtype=np.float64), np.asarray(asked, dtype=np.float64)
        )
        columns = _expanded(self.kind, (columns - self.mean) / self.scale)
        if self.trees is not None:
            return np.asarray(self.trees.predict(columns))
        return columns @ self.coefficients + self.intercept

    def gains(self, tags: ArrayLike) -> FloatArray:
        """Return the gain of sending each item alone to a person: the metric with it less the metric without any."""
        one = np.asarray(tags, dtype=np.float64)
        nothing = self.of_counts(np.zeros((1, one.shape[1])), np.zeros(1))
        return self.of_counts(one, np.ones(len(one))) - nothing

    def to_json(self) -> dict[str, Any]:
        """Return the model as JSON types. Refuses a boosted one: it is fitted again from its rows and seed."""
        if self.trees is not None:
            raise NotEstimable("A boosted performance model is kept as its rows and its seed.")
        return {
            "kind": self.kind,
            "design": self.design.to_json(),
            "mean": self.mean.tolist(),
            "scale": self.scale.tolist(),
            "coefficients": self.coefficients.tolist(),
            "intercept": self.intercept,
        }


def ppm_from_json(data: Mapping[str, Any]) -> Ppm:
    """Return the model of its JSON."""
    told = data["design"]
    design = Design(
        tuple(told["names"]), tuple(told["places"]), np.array(told["totals"], float), int(told["items"])
    )
    mean, scale, coefficients = (
        np.array(data[name], dtype=np.float64) for name in ("mean", "scale", "coefficients")
    )
    return Ppm(data["kind"], design, mean, scale, coefficients, float(data["intercept"]))


def fit_ppm(
    names: Sequence[str],
    tags: ArrayLike,
    routings: ArrayLike,
    metric: ArrayLike,
    *,
    kind: Kind = "ridge",
    seed: int = 0,
) -> Ppm:
    """Return the model of kind ``kind`` for routings (rows, items) of items with ``tags`` and what each brought."""
    has, z = np.asarray(tags, dtype=np.float64), np.asarray(routings, dtype=np.float64)
    design = make_design(names, has.sum(axis=0), len(has))
    return fit_counts(design, counts(z, has), z.sum(axis=1), metric, kind=kind, seed=seed)


def fit_counts(
    design: Design,
    counted: ArrayLike,
    asked: ArrayLike,
    metric: ArrayLike,
    *,
    kind: Kind = "ridge",
    seed: int = 0,
) -> Ppm:
    """Return the model of imported rows: counts per tag, how many items were asked about, and the metric.

    Refuses fewer than 20 rows, a metric that is no number, and one that is the same throughout.
    """
    columns = design.columns(np.asarray(counted, dtype=np.float64), np.asarray(asked, dtype=np.float64))
    found = np.asarray(metric, dtype=np.float64)
    if kind not in KINDS:
        raise NotEstimable(f"There is no performance model {kind}; there are {', '.join(KINDS)}.")
    if len(found) != len(columns) or len(found) < FEWEST:
        raise NotEstimable(f"{len(found)} candidates are too few for a performance model; it needs {FEWEST}.")
    if not np.isfinite(found).all():
        raise NotEstimable("A candidate's metric is not a number.")
    if np.ptp(found) == 0:
        raise NotEstimable("Every candidate has the same metric: there is nothing to predict.")
    mean, spread = columns.mean(axis=0), columns.std(axis=0)
    scale = np.where(spread > 1e-12, spread, 1.0)
    whole = _expanded(kind, (columns - mean) / scale)
    if kind == "boosted":
        return Ppm(kind, design, mean, scale, np.empty(0), 0.0, _boosted(whole, found, seed))
    coefficients, intercept = FITS[kind](whole, found)
    return Ppm(kind, design, mean, scale, coefficients, intercept)


def _expanded(kind: Kind, columns: FloatArray) -> FloatArray:
    """Return a performance model's own columns: of the count alone the share, of a quadratic one all products too."""
    if kind == "count_only":
        return np.column_stack([columns[:, 0], columns[:, 0] ** 2])
    if kind != "quadratic":
        return columns
    first, second = np.triu_indices(columns.shape[1])
    return np.hstack([columns, columns[:, first] * columns[:, second]])


def _least_squares(columns: FloatArray, metric: FloatArray) -> tuple[FloatArray, float]:
    """Return the shortest coefficients of least squares, as the published models are fitted."""
    middle = columns.mean(axis=0)
    found = np.linalg.lstsq(columns - middle, metric - metric.mean(), rcond=None)[0]
    return found, float(metric.mean() - middle @ found)


def _ridge(columns: FloatArray, metric: FloatArray) -> tuple[FloatArray, float]:
    """Return ridge coefficients; the penalty is the one with the least leave-one-out error (exact, from one SVD)."""
    middle = columns.mean(axis=0)
    u, s, vt = np.linalg.svd(columns - middle, full_matrices=False)
    y = metric - metric.mean()
    best, kept = np.inf, np.zeros(len(s))
    for alpha in RIDGES:
        shrink = s**2 / (s**2 + alpha)
        left = 1 - 1 / len(y) - (u**2 * shrink).sum(axis=1)
        error = float((((y - u @ (shrink * (u.T @ y))) / left) ** 2).mean())
        if error < best:
            best, kept = error, s / (s**2 + alpha)
    found = vt.T @ (kept * (u.T @ y))
    return found, float(metric.mean() - middle @ found)


def _boosted(columns: FloatArray, metric: FloatArray, seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits

    model = HistGradientBoostingRegressor(
        max_iter=100,
        learning_rate=0.1,
        max_leaf_nodes=31,
        min_samples_leaf=20,
        early_stopping=False,
        random_state=seed,
    )
    with threadpool_limits(1):
        model.fit(columns, metric)
    return model


FITS: Mapping[str, Callable[[FloatArray, FloatArray], tuple[FloatArray, float]]] = {
    "count_only": _least_squares,
    "linear": _least_squares,
    "ridge": _ridge,
    "quadratic": _least_squares,
}
