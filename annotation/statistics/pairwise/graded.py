"""Graded comparisons ("much better", "slightly better"): ordinal Bradley–Terry with symmetric thresholds."""

from annotation.statistics.errors import NotEstimable
from annotation.statistics.pairwise.covariates import Covariates
from annotation.statistics.pairwise.estimate import Estimate
from annotation.statistics.pairwise.inference import Inference, estimate
from annotation.statistics.pairwise.links import Adjacent, Cumulative
from annotation.statistics.rows import Comparisons, FloatArray

MOST = 20


def cumulative(
    comparisons: Comparisons, how: Inference | None = None, *, covariates: Covariates | None = None
) -> Estimate:
    """Return worths by the cumulative logit: ``logit P(answer ≥ k) = worth_a − worth_b − threshold_k``.

    The thresholds are symmetric, for which side a response is on says nothing (Agresti 1992; Tutz 1986). Two grades
    with ties are Rao–Kupper. Strengths are only ordered: 1, 2, 3 and 1, 2, 9 give the same worths. A strength that
    nobody used is left out. See ``Inference`` for ``how``. Refuses as ``bradley_terry`` does, and more than twenty
    strengths.
    """
    return estimate(
        comparisons, "cumulative", _cumulative, how or Inference(), graded=True, covariates=covariates
    )


def adjacent(
    comparisons: Comparisons, how: Inference | None = None, *, covariates: Covariates | None = None
) -> Estimate:
    """Return worths by the adjacent-category logit: each step up the scale multiplies the odds alike.

    From the weakest loss to the weakest win the log odds change by ``worth_a − worth_b``, and again with each two
    grades more (with ties) or each one (without) (Agresti 1992). One grade with ties is Davidson. Otherwise as
    ``cumulative``.
    """
    return estimate(
        comparisons, "adjacent", _adjacent, how or Inference(), graded=True, covariates=covariates
    )


def _cumulative(levels: FloatArray) -> Cumulative:
    _require_few(levels)
    return Cumulative(levels)


def _adjacent(levels: FloatArray) -> Adjacent:
    _require_few(levels)
    return Adjacent(levels)


def _require_few(levels: FloatArray) -> None:
    if len(levels) // 2 > MOST:
        raise NotEstimable(
            f"There are {len(levels) // 2} strengths; a scale of grades has {MOST} at most. "
            "Bin them, or weigh each comparison by its strength."
        )
