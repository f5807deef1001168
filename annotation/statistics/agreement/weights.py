"""Weights of partial agreement between the values of a scale."""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from annotation.statistics.errors import NotEstimable
from annotation.statistics.rows import FloatArray

Weighting = Literal["identity", "linear", "quadratic", "ordinal"]


def weights(scale: NDArray[Any], weighting: Weighting) -> FloatArray:
    """Return the (values × values) matrix of agreement: 1 on the diagonal, least for the two ends.

    ``linear`` and ``quadratic`` take the distance of the numbers of ``scale``, ``ordinal`` the number of pairs of
    values between two (Gwet 2014, Handbook of Inter-Rater Reliability, 3.5). Refuses distances of what are not
    numbers. A scale should hold every value that could have been given: the ends set the unit.
    """
    size = len(scale)
    if weighting == "identity":
        return np.eye(size)
    if weighting == "ordinal":
        steps = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) + 1.0
        pairs = steps * (steps - 1) / 2
        return 1 - pairs / max(float(pairs.max()), 1.0)
    if scale.dtype.kind not in "iufb":
        raise NotEstimable("These weights need numbers; the values are words.")
    numbers = scale.astype(np.float64)
    far = np.abs(np.subtract.outer(numbers, numbers))
    if weighting == "quadratic":
        far = far**2
    return np.asarray(1 - far / max(float(far.max()), np.finfo(np.float64).tiny), dtype=np.float64)
