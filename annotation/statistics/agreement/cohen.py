"""Cohen's kappa: two raters, every unit judged by both."""

import numpy as np
from numpy.typing import ArrayLike

from annotation.statistics.agreement.estimate import Agreement
from annotation.statistics.agreement.weights import Weighting, weights
from annotation.statistics.errors import NotEstimable
from annotation.statistics.rows import FloatArray


def cohen_kappa(first: ArrayLike, second: ArrayLike, *, weighting: Weighting = "identity") -> Agreement:
    """Return κ of two raters' values on the same units, in the same order (Cohen 1960, weighted 1968).

    ``first``, ``second``: vectors of one length; a unit where one of them is NaN is left out and counted.
    ``se`` is the large-sample one of Fleiss, Cohen and Everitt 1969. Refuses no units, and raters whose marginals
    leave nothing but agreement to chance (both always said the same value).
    """
    one, two = np.asarray(first), np.asarray(second)
    if one.shape != two.shape or one.ndim != 1:
        raise ValueError("the two raters' values must be vectors of one length")
    kept = np.ones(len(one), dtype=bool)
    for values in (one, two):
        if values.dtype.kind == "f":
            kept &= ~np.isnan(values)
    missing = int(len(one) - kept.sum())
    scale, code = np.unique(np.concatenate([one[kept], two[kept]]), return_inverse=True)
    size, half = len(scale), int(kept.sum())
    if not half:
        raise NotEstimable("No unit was judged by both raters.")
    table = np.bincount(code[:half] * size + code[half:], minlength=size * size).reshape(size, size)
    return kappa_of_table(
        table, weight=weights(scale, weighting), method=f"{weighting} weights", missing=missing
    )


def kappa_of_table(
    table: ArrayLike, *, weight: FloatArray | None = None, method: str = "identity weights", missing: int = 0
) -> Agreement:
    """Return κ of a square table of counts (rows: the first rater's value, columns: the second's)."""
    counts = np.asarray(table, dtype=np.float64)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        raise ValueError("the table must be square")
    total = float(counts.sum())
    if total <= 0:
        raise NotEstimable("The table is empty.")
    share = counts / total
    weight = np.eye(len(counts)) if weight is None else weight
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    observed, chance = float((weight * share).sum()), float(rows @ weight @ columns)
    if 1 - chance < 1e-12:
        raise NotEstimable("Both gave the same single value throughout: there is no variation to agree on.")
    kappa = (observed - chance) / (1 - chance)
    # Fleiss, Cohen and Everitt 1969, with the weighted margins of each cell's row and column.
    leaning = np.add.outer(weight @ columns, weight.T @ rows)
    spread = (
        float((share * (weight - leaning * (1 - kappa)) ** 2).sum()) - (kappa - chance * (1 - kappa)) ** 2
    )
    return Agreement(
        estimate=kappa,
        n=2 * int(total),
        units=int(total),
        raters=2,
        method=f"Cohen's kappa, {method}",
        observed=observed,
        chance=chance,
        se=float(np.sqrt(max(spread, 0.0) / total) / (1 - chance)),
        missing=missing,
    )
