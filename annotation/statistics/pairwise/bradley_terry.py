"""Bradley–Terry: the log odds that a beats b are the difference of their log-worths; a tie is half a win for each."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import expit

from annotation.statistics.pairwise.counts import Counts
from annotation.statistics.pairwise.covariates import Covariates
from annotation.statistics.pairwise.estimate import Estimate
from annotation.statistics.pairwise.inference import Inference, estimate, estimate_from_counts
from annotation.statistics.pairwise.links import Terms
from annotation.statistics.pairwise.prior import Prior
from annotation.statistics.rows import Comparisons, FloatArray, IntArray

Grades = Literal["ignored", "scaled", "margin"]


@dataclass(frozen=True, eq=False)
class HalfWins:
    """Log-likelihood ``scale·(y·log p + (1−y)·log(1−p))`` with y 1, ½ or 0 and ``logit p = d ∓ margin``."""

    levels: FloatArray
    grades: Grades = "ignored"
    logged = False
    names = ()

    def start(self, by_category: FloatArray) -> FloatArray:
        """There is no shape."""
        return np.empty(0)

    def allowed(self, shape: FloatArray) -> bool:
        """There is no shape."""
        return True

    def terms(self, d: FloatArray, category: IntArray, shape: FloatArray) -> Terms:
        """Return the terms of the logistic likelihood."""
        level = self.levels[category]
        size = np.abs(level)
        scale = np.where(size > 0, size, 1.0) if self.grades == "scaled" else np.ones(len(d))
        y = (1 + np.sign(level)) / 2
        shifted = d - level if self.grades == "margin" else d
        p = expit(shifted)
        # y·x − log(1 + e^x), without leaving the digits at either end.
        value = y * shifted - np.logaddexp(0.0, shifted)
        first, second = y - p, -p * (1 - p)
        return Terms(scale * value, (scale * first)[:, None], (scale * second)[:, None, None])


def bradley_terry(
    comparisons: Comparisons,
    how: Inference | None = None,
    *,
    covariates: Covariates | None = None,
    grades: Grades = "ignored",
) -> Estimate:
    """Return Bradley–Terry log-worths with intervals (Bradley and Terry 1952; see ``Inference`` for ``how``).

    Ties count as half a win for each side, which pulls worths together: with more than a few ties use ``davidson``.
    ``grades`` of a graded comparison: "scaled" weighs each row by its strength m (loss ``−m·log σ(Δ)``), "margin"
    asks for a lead of m (``−log σ(Δ − m)``), both as HelpSteer2 trains rewards; their log-likelihood is none.
    Refuses disconnected comparisons without a prior, naming the groups; one system; only ties.
    """

    def link(levels: FloatArray) -> HalfWins:
        return HalfWins(levels, grades)

    name = "bradley_terry" if grades == "ignored" else f"bradley_terry_{grades}"
    return estimate(
        comparisons, name, link, how or Inference(), graded=grades != "ignored", covariates=covariates
    )


def bradley_terry_from_counts(counts: Counts, *, prior: Prior | None = None, level: float = 0.95) -> Estimate:
    """Return Bradley–Terry log-worths of count matrices; intervals take every comparison as independent."""
    return estimate_from_counts(counts, "bradley_terry", HalfWins, prior=prior, level=level)
