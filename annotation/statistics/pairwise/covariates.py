"""Style and length as covariates: how much of a system's wins is its length and not the system."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from annotation.statistics.errors import NotEstimable
from annotation.statistics.rows import Comparisons, FloatArray, finite


@dataclass(frozen=True, eq=False)
class Covariates:
    """``values[row, covariate]``: how much more of it response a has than b, for each row of the comparisons.

    The worths are then those of responses alike in every covariate (Arena's style control).
    """

    names: tuple[str, ...]
    values: FloatArray

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or self.values.shape[1] != len(self.names):
            raise ValueError("values have one column for each name")
        if not np.isfinite(self.values).all():
            row, column = np.argwhere(~np.isfinite(self.values))[0]
            raise NotEstimable(f"“{self.names[int(column)]}” of row {int(row)} is not a finite number.")
        for name, column in zip(self.names, self.values.T, strict=True):
            if not column.any():
                raise NotEstimable(f"“{name}” never differs between the two responses.")


def relative_difference(of_a: Sequence[float] | FloatArray, of_b: Sequence[float] | FloatArray) -> FloatArray:
    """Return ``(a − b) / (a + b)``, 0 where both are 0: a length of 200 against 100 counts as one of 20 against 10.

    Refuses negative and non-finite numbers.
    """
    first, second = finite(of_a, "covariate of a"), finite(of_b, "covariate of b")
    if (first < 0).any() or (second < 0).any():
        raise NotEstimable("A relative difference needs numbers from 0.")
    total = first + second
    result: FloatArray = np.divide(first - second, total, out=np.zeros(len(total)), where=total > 0)
    return result


def standardised(differences: FloatArray) -> FloatArray:
    """Return differences in units of their root mean square: a coefficient is then the effect of a usual gap.

    They are not centred: no difference must stay no difference.
    """
    size = float(np.sqrt(np.mean(differences**2)))
    if not size:
        raise NotEstimable("The covariate never differs between the two responses.")
    return differences / size


def require_rows(covariates: Covariates, comparisons: Comparisons) -> None:
    """Refuse covariates of another number of rows."""
    if len(covariates.values) != len(comparisons):
        raise NotEstimable(
            f"There are covariates for {len(covariates.values)} rows and {len(comparisons)} comparisons."
        )
