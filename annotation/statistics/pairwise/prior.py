"""A declared prior on log-worths, for comparisons that alone would not fix them."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit

from annotation.statistics.rows import FloatArray


@dataclass(frozen=True)
class Prior:
    """``ghost`` wins and as many losses of each system against one of average worth; or a normal of ``sd``.

    A ghost of 0.5 is what R's PlackettLuce adds by default. Both are concave and keep every worth finite; both pull
    the worths together, so an estimate always tells its prior.
    """

    ghost: float = 0.0
    sd: float | None = None

    def __post_init__(self) -> None:
        if not (np.isfinite(self.ghost) and self.ghost >= 0):
            raise ValueError("a ghost's games are a number from 0")
        if self.sd is not None and not (np.isfinite(self.sd) and self.sd > 0):
            raise ValueError("a standard deviation is a number above 0")
        if not self.ghost and self.sd is None:
            raise ValueError("a prior says something: ghost games or a standard deviation")

    def value(self, worth: FloatArray) -> float:
        """Return the log density at ``worth``, up to a constant."""
        total = self.ghost * float(np.sum(log_expit(worth) + log_expit(-worth)))
        return total - (float(worth @ worth) / (2 * self.sd**2) if self.sd else 0.0)

    def first(self, worth: FloatArray) -> FloatArray:
        """Return the derivatives of ``value``."""
        result: FloatArray = self.ghost * (1 - 2 * expit(worth)) - (worth / self.sd**2 if self.sd else 0.0)
        return result

    def information(self, worth: FloatArray) -> FloatArray:
        """Return minus the second derivatives of ``value``, a diagonal."""
        result: FloatArray = 2 * self.ghost * expit(worth) * expit(-worth) + (
            1 / self.sd**2 if self.sd else 0.0
        )
        return result

    def said(self) -> str:
        """Return the prior in words."""
        parts = []
        if self.ghost:
            parts.append(f"{self.ghost:g} wins and losses of each against an average system")
        if self.sd:
            parts.append(f"log-worths normal with standard deviation {self.sd:g}")
        return " and ".join(parts)
