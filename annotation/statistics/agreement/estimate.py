"""The result every measure of agreement returns."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Agreement:
    """An estimate with what it stands on.

    ``observed`` and ``chance`` are the shares of agreement (for α: 1 − disagreement, on the metric's own scale);
    ``n`` counts judgements used, ``units`` what was judged, ``raters`` who judged (None where it was not told),
    ``missing`` the values left out because they were empty, and ``single`` those whose unit has no second value.
    ``low`` and ``high`` are the bounds at ``level``, with the ``seed`` where they were resampled.
    """

    estimate: float
    n: int
    units: int
    raters: int | None
    method: str
    observed: float | None = None
    chance: float | None = None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    missing: int = 0
    single: int = 0
    resamples: int | None = None
    seed: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the fields as plain JSON values; none is ever NaN."""
        return asdict(self)
