"""Intraclass correlations of a complete table of interval ratings, each form by its name."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from annotation.statistics.agreement.estimate import Agreement
from annotation.statistics.agreement.judgements import judgements
from annotation.statistics.errors import NotEstimable
from annotation.statistics.rows import FloatArray

Form = Literal["1,1", "2,1", "3,1", "1,k", "2,k", "3,k"]


def icc(unit: ArrayLike, value: ArrayLike, rater: ArrayLike, *, form: Form) -> Agreement:
    """Return ICC(form) of Shrout and Fleiss 1979 with McGraw and Wong's (1996) 95 % bounds.

    Form 1: each unit its own raters; 2: the same raters, a sample of many, absolute agreement; 3: these raters alone,
    consistency. ``,1`` is one rater's reliability, ``,k`` that of the mean of all. Vectors of one length, one rating
    per row; every rater must have rated every unit. Refuses gaps, fewer than two units or raters, and no variation.
    """
    table, missing = _table(unit, value, rater)
    n, k = table.shape
    rows, columns = table.mean(axis=1), table.mean(axis=0)
    grand = float(table.mean())
    between = k * float(((rows - grand) ** 2).sum()) / (n - 1)
    judges = n * float(((columns - grand) ** 2).sum()) / (k - 1)
    inside = float(((table - rows[:, None]) ** 2).sum()) / (n * (k - 1))
    residual = table - rows[:, None] - columns[None, :] + grand
    error = float((residual**2).sum()) / ((n - 1) * (k - 1))
    if between + inside <= 1e-12 * max(1.0, grand**2):
        raise NotEstimable("Every rating is the same: there is no variation to agree on.")
    below = {
        "1,1": between + (k - 1) * inside,
        "1,k": between,
        "2,1": between + (k - 1) * error + k * (judges - error) / n,
        "2,k": between + (judges - error) / n,
        "3,1": between + (k - 1) * error,
        "3,k": between,
    }[form]
    above = between - (inside if form[0] == "1" else error)
    if below <= 1e-12:
        raise NotEstimable("The units' means do not differ, so this form has no value.")
    low, high = _bounds(form, n, k, between, judges, inside, error)
    return Agreement(
        estimate=above / below,
        n=table.size,
        units=n,
        raters=k,
        method=f"ICC({form})",
        low=low,
        high=high,
        level=0.95 if low is not None else None,
        missing=missing,
    )


def _table(unit: ArrayLike, value: ArrayLike, rater: ArrayLike) -> tuple[FloatArray, int]:
    given = judgements(unit, value, rater, paired=False)
    if given.rater is None or given.raters is None or given.scale.dtype.kind not in "iufb":
        raise NotEstimable("An intraclass correlation needs raters, and ratings that are numbers.")
    if len(given) != given.units * given.raters:
        gaps = given.units * given.raters - len(given)
        raise NotEstimable(f"{gaps} ratings are missing; every rater must have rated every unit.")
    if given.units < 2:
        raise NotEstimable("There is one unit; reliability is about differences between units.")
    table = np.empty((given.units, given.raters))
    table[given.unit, given.rater] = given.scale[given.value]
    return table, given.missing


def _bounds(
    form: Form, n: int, k: int, between: float, judges: float, inside: float, error: float
) -> tuple[float | None, float | None]:
    """Return the bounds; none where the raters agree without any error, for F is then infinite."""
    from scipy.special import fdtri

    noise = inside if form[0] == "1" else error
    if noise <= 1e-12 * between or noise <= 0:
        return None, None
    if form[0] == "2":
        single = (between - error) / (between + (k - 1) * error + k * (judges - error) / n)
        a = k * single / (n * (1 - single))
        b = 1 + k * single * (n - 1) / (n * (1 - single))
        v = (a * judges + b * error) ** 2 / (
            (a * judges) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1))
        )
        down, up = float(fdtri(n - 1, v, 0.975)), float(fdtri(v, n - 1, 0.975))
        other = k * judges + (k * n - k - n) * error
        low = n * (between - down * error) / (down * other + n * between)
        high = n * (up * between - error) / (other + n * up * between)
    else:
        freedom = n * (k - 1) if form[0] == "1" else (n - 1) * (k - 1)
        f = between / noise
        down = f / float(fdtri(n - 1, freedom, 0.975))
        up = f * float(fdtri(freedom, n - 1, 0.975))
        low, high = (down - 1) / (down + k - 1), (up - 1) / (up + k - 1)
    if form.endswith("k"):
        # Spearman–Brown carries a bound on one rater to the mean of k.
        low, high = k * low / (1 + (k - 1) * low), k * high / (1 + (k - 1) * high)
    return low, high
