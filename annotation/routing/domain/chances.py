"""Models of a chance from features: a constant, a logistic regression, boosted trees. Each is plain numbers as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from annotation.routing.domain.table import FloatArray

NEVER, ALWAYS = 0.001, 0.999
_LEAF = -1


class Chance(Protocol):
    """A fitted model: it can predict, and become JSON."""

    def predict(self, values: FloatArray) -> FloatArray:
        """Return a chance per row of ``values``; NaN is unknown."""

    def to_json(self) -> dict[str, Any]:
        """Return all that predicting needs, with the model's kind."""


@dataclass(frozen=True)
class Constant:
    """The same chance for every item."""

    chance: float

    def predict(self, values: FloatArray) -> FloatArray:
        """Return the chance, once per row."""
        return np.full(len(values), self.chance)

    def to_json(self) -> dict[str, Any]:
        """Return the chance."""
        return {"kind": "constant", "chance": self.chance}


@dataclass(frozen=True, eq=False)
class Logistic:
    """Standardised features, an unknown one at its mean, and a column for each that may be unknown."""

    mean: FloatArray
    scale: FloatArray
    unknown: NDArray[np.int64]
    coefficients: FloatArray
    intercept: float

    def predict(self, values: FloatArray) -> FloatArray:
        """Return a chance per row."""
        z = design(values, self.mean, self.scale, self.unknown) @ self.coefficients + self.intercept
        return np.asarray(1 / (1 + np.exp(-np.clip(z, -30, 30))))

    def to_json(self) -> dict[str, Any]:
        """Return the coefficients and what features are standardised by."""
        return {
            "kind": "logistic",
            "mean": self.mean.tolist(),
            "scale": self.scale.tolist(),
            "unknown": self.unknown.tolist(),
            "coefficients": self.coefficients.tolist(),
            "intercept": self.intercept,
        }


def design(
    values: FloatArray, mean: FloatArray, scale: FloatArray, unknown: Sequence[int] | NDArray[np.int64]
) -> FloatArray:
    """Return the matrix of a regression: standardised columns, then 1 where a column of ``unknown`` is not known."""
    missing = np.isnan(values)
    standard = np.where(missing, 0.0, (values - mean) / scale)
    # A value far off what was learnt from pulls no further than ten standard deviations.
    return np.hstack([np.clip(standard, -10, 10), missing[:, list(unknown)].astype(float)])


@dataclass(frozen=True, eq=False)
class Tree:
    """Nodes as columns; ``feature`` is −1 at a leaf.

    A value of at most ``threshold`` goes left, an unknown one where ``nan_left`` says so.
    """

    feature: NDArray[np.int64]
    threshold: FloatArray
    nan_left: NDArray[np.bool_]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    value: FloatArray

    def predict(self, values: FloatArray) -> FloatArray:
        """Return the leaf's value of every row."""
        at = np.zeros(len(values), dtype=np.int64)
        rows = np.arange(len(values))
        while len(rows):
            feature = self.feature[at[rows]]
            rows = rows[feature != _LEAF]
            node = at[rows]
            x = values[rows, self.feature[node]]
            left = np.where(np.isnan(x), self.nan_left[node], x <= self.threshold[node])
            at[rows] = np.where(left, self.left[node], self.right[node])
        return self.value[at]


@dataclass(frozen=True, eq=False)
class Trees:
    """Boosted trees: the log odds are the start and every tree's value."""

    start: float
    trees: tuple[Tree, ...]

    def predict(self, values: FloatArray) -> FloatArray:
        """Return a chance per row."""
        z = np.full(len(values), self.start)
        for tree in self.trees:
            z += tree.predict(values)
        return np.asarray(1 / (1 + np.exp(-z)))

    def to_json(self) -> dict[str, Any]:
        """Return every tree's nodes."""
        columns = ("feature", "threshold", "nan_left", "left", "right", "value")
        told = [{name: getattr(tree, name).tolist() for name in columns} for tree in self.trees]
        return {"kind": "boosted", "start": self.start, "trees": told}


@dataclass(frozen=True, eq=False)
class Adjusted:
    """A model whose chances are held to what happened on rows it had not seen.

    Log odds times ``slope`` plus ``shift`` (Platt), or a rising curve between ``points``.
    """

    model: Chance
    slope: float = 1.0
    shift: float = 0.0
    points: tuple[tuple[float, ...], tuple[float, ...]] | None = None

    def predict(self, values: FloatArray) -> FloatArray:
        """Return a chance per row."""
        return self.adjust(self.model.predict(values))

    def adjust(self, chance: FloatArray) -> FloatArray:
        """Return the chances that the model's own chances stand for."""
        if self.points:
            return np.interp(chance, *self.points)
        z = self.slope * log_odds(chance) + self.shift
        return np.asarray(1 / (1 + np.exp(-z)))

    def to_json(self) -> dict[str, Any]:
        """Return the model and its adjustment."""
        points = [list(part) for part in self.points] if self.points else None
        return {
            "kind": "adjusted",
            "model": self.model.to_json(),
            "slope": self.slope,
            "shift": self.shift,
            "points": points,
        }


def log_odds(chance: FloatArray) -> FloatArray:
    """Return the log odds of chances, which are held off 0 and 1."""
    held = np.clip(chance, NEVER, ALWAYS)
    return np.asarray(np.log(held / (1 - held)))


def chance_from_json(data: Mapping[str, Any]) -> Chance:
    """Return the model of its JSON; it predicts the same to the last bit."""
    kind = data["kind"]
    if kind == "constant":
        return Constant(float(data["chance"]))
    if kind == "logistic":
        numbers = (np.array(data[name], dtype=np.float64) for name in ("mean", "scale", "coefficients"))
        mean, scale, coefficients = numbers
        unknown = np.array(data["unknown"], dtype=np.int64)
        return Logistic(mean, scale, unknown, coefficients, float(data["intercept"]))
    if kind == "boosted":
        return Trees(float(data["start"]), tuple(_tree(one) for one in data["trees"]))
    if kind == "adjusted":
        points = data["points"] and (tuple(data["points"][0]), tuple(data["points"][1]))
        return Adjusted(chance_from_json(data["model"]), float(data["slope"]), float(data["shift"]), points)
    raise ValueError(f"there is no model of the kind {kind}")


def _tree(data: Mapping[str, Any]) -> Tree:
    feature, left, right = (np.array(data[name], dtype=np.int64) for name in ("feature", "left", "right"))
    threshold, value = (np.array(data[name], dtype=np.float64) for name in ("threshold", "value"))
    return Tree(feature, threshold, np.array(data["nan_left"], dtype=bool), left, right, value)
