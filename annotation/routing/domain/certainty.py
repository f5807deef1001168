"""A judge's stated certainty, turned into the chance that it is right: learnt per judge, since each means its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from annotation.routing.domain.table import FloatArray
from annotation.statistics.errors import NotEstimable

FEWEST = 30


@dataclass(frozen=True)
class Calibrator:
    """A rising function of what was said, by straight lines between points; flat beyond its ends."""

    said: tuple[float, ...]
    chance: tuple[float, ...]

    def apply(self, said: ArrayLike) -> FloatArray:
        """Return the chance of being right; NaN stays NaN."""
        x = np.asarray(said, dtype=np.float64)
        found = np.interp(x, self.said, self.chance)
        return np.where(np.isnan(x), np.nan, found)

    def to_json(self) -> dict[str, Any]:
        """Return the points."""
        return {"said": list(self.said), "chance": list(self.chance)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the calibrator of its points."""
        return cls(tuple(data["said"]), tuple(data["chance"]))


def fit_certainty(said: ArrayLike, right: ArrayLike, weights: ArrayLike | None = None) -> Calibrator:
    """Return the isotonic regression of being right on ``said``; unknown rows (NaN in either) are left out.

    Levels are drawn to the average by two rows' worth, so that no chance is 0 or 1. ``weights`` are 1/π where rows came
    by audit. Refuses fewer than 30 known rows.
    """
    from sklearn.isotonic import IsotonicRegression

    x, y = np.asarray(said, dtype=np.float64), np.asarray(right, dtype=np.float64)
    known = np.isfinite(x) & np.isfinite(y)
    if known.sum() < FEWEST:
        raise NotEstimable(
            f"{int(known.sum())} judged items with gold are too few to calibrate; it needs {FEWEST}."
        )
    weight = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=np.float64)
    x, y, weight = x[known], y[known], weight[known] / weight[known].mean()
    model = IsotonicRegression(out_of_bounds="clip").fit(x, y, weight)
    points, heights = model.X_thresholds_, model.y_thresholds_
    steps = model.predict(x)
    # A level held by few rows is as sure as few rows are.
    count = np.array([weight[steps == height].sum() for height in heights])
    heights = (heights * count + 2 * np.average(y, weights=weight)) / (count + 2)
    heights = np.maximum.accumulate(heights)
    return Calibrator(tuple(map(float, points)), tuple(map(float, heights)))
