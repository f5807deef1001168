"""What every pairwise model returns: worths with intervals, the model's other parameters, and how it was done."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from annotation.statistics.errors import NotEstimable
from annotation.statistics.rows import FloatArray


@dataclass(frozen=True)
class Coefficient:
    """One parameter that is no worth: its value and interval on the scale it is told on."""

    name: str
    value: float
    se: float | None
    low: float | None
    high: float | None
    p: float | None = None


@dataclass(frozen=True, eq=False)
class Estimate:
    """Log-worths that sum to 0, best first in ``rank``; ``low`` and ``high`` bound each at ``level``.

    ``covariance`` is that of ``worth`` (rank K−1). ``rank_low`` and ``rank_high`` bound each rank (1 = best),
    corrected for the K−1 comparisons it takes. ``clusters`` counts what was taken as independent; ``interval`` says
    it in words. ``notes`` are sentences a reader of the numbers must know.
    """

    method: str
    labels: tuple[str, ...]
    worth: FloatArray
    se: FloatArray
    low: FloatArray
    high: FloatArray
    covariance: FloatArray
    rank: tuple[int, ...]
    rank_low: tuple[int, ...]
    rank_high: tuple[int, ...]
    n: int
    interval: str
    level: float
    clusters: dict[str, int] = field(default_factory=dict)
    coefficients: tuple[Coefficient, ...] = ()
    loglik: float | None = None
    degrees: float = math.inf
    seed: int | None = None
    prior: str = ""
    absent: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        numbers = [self.worth, self.se, self.low, self.high, self.covariance]
        if not all(np.isfinite(one).all() for one in numbers):
            raise NotEstimable("The estimate is not a finite number; the comparisons do not fix the worths.")

    @property
    def share(self) -> FloatArray:
        """Worths on their own scale, summing to 1."""
        raised = np.exp(self.worth - self.worth.max())
        result: FloatArray = raised / raised.sum()
        return result

    def coefficient(self, name: str) -> Coefficient:
        """Return the parameter ``name``; KeyError where the model has none such."""
        for one in self.coefficients:
            if one.name == name:
                return one
        raise KeyError(name)

    def relative_to(self, label: str) -> tuple[FloatArray, FloatArray]:
        """Return log-worths and standard errors with ``label`` at 0, as packages with a reference print them."""
        place = self.labels.index(label)
        variance = np.diag(self.covariance)
        spread = variance + variance[place] - 2 * self.covariance[place]
        spread[place] = 0.0
        return self.worth - self.worth[place], np.sqrt(np.maximum(spread, 0.0))

    def ratings(self, initial: float = 1000.0, scale: float = 400.0, base: float = 10.0) -> FloatArray:
        """Return the worths as chess-like ratings: ``scale`` points are odds of ``base``, the mean is ``initial``."""
        return initial + self.worth * scale / math.log(base)

    def as_json(self) -> dict[str, Any]:
        """Return plain numbers, texts and lists; the order of ``systems`` is that of ``labels``."""
        share = self.share
        return {
            "method": self.method,
            "n": self.n,
            "level": self.level,
            "interval": self.interval,
            "clusters": dict(self.clusters),
            "seed": self.seed,
            "prior": self.prior,
            "loglik": self.loglik,
            "absent": list(self.absent),
            "notes": list(self.notes),
            "labels": list(self.labels),
            "systems": [
                {
                    "label": label,
                    "worth": float(self.worth[i]),
                    "se": float(self.se[i]),
                    "low": float(self.low[i]),
                    "high": float(self.high[i]),
                    "share": float(share[i]),
                    "rank": self.rank[i],
                    "rank_low": self.rank_low[i],
                    "rank_high": self.rank_high[i],
                }
                for i, label in enumerate(self.labels)
            ],
            "coefficients": [vars(one).copy() for one in self.coefficients],
        }
