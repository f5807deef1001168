"""Test–retest: how far raters agree with themselves when the same thing comes again."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from annotation.statistics.agreement.cohen import cohen_kappa
from annotation.statistics.agreement.estimate import Agreement
from annotation.statistics.agreement.krippendorff import Level, krippendorff_alpha
from annotation.statistics.errors import NotEstimable


@dataclass(frozen=True)
class Retest:
    """``same`` is the share of repeats with the same value; ``shift`` the mean second minus first, None for words.

    ``alpha`` and ``kappa`` correct for chance and are None, with the reason in ``refused``, where they have no value.
    """

    same: float
    n: int
    raters: int
    alpha: Agreement | None
    kappa: Agreement | None
    shift: float | None
    refused: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the fields as plain JSON values."""
        return asdict(self)


def retest(
    first: ArrayLike, second: ArrayLike, rater: ArrayLike, *, level: Level, resamples: int = 0, seed: int = 0
) -> Retest:
    """Return agreement of first and second judgements of the same thing by the same rater (one row per repeat).

    Swap the second back where sides were swapped. The alpha's interval draws raters. Refuses no repeats and
    values that are not finite.
    """
    one, two, who = np.asarray(first), np.asarray(second), np.asarray(rater)
    if not one.shape == two.shape == who.shape or one.ndim != 1:
        raise ValueError("first, second and rater must be vectors of one length")
    if not len(one):
        raise NotEstimable("Nothing was judged twice.")
    for values in (one, two):
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise NotEstimable("A judgement is not a finite number; leave repeats without an answer out.")
    refused: list[str] = []
    row = np.arange(len(one))
    alpha = kappa = None
    try:
        alpha = krippendorff_alpha(
            np.concatenate([row, row]),
            np.concatenate([one, two]),
            level=level,
            cluster=np.concatenate([who, who]),
            resamples=resamples,
            seed=seed,
        )
    except NotEstimable as error:
        refused.append(f"alpha: {error.reason}")
    try:
        kappa = cohen_kappa(one, two)
    except NotEstimable as error:
        refused.append(f"kappa: {error.reason}")
    numeric = one.dtype.kind in "iuf" and two.dtype.kind in "iuf"
    return Retest(
        same=float((one == two).mean()),
        n=len(one),
        raters=len(np.unique(who)),
        alpha=alpha,
        kappa=kappa,
        shift=float((two - one).mean()) if numeric else None,
        refused=tuple(refused),
    )
