"""Control variates: labels of people on a random part, made sharper by a model's guesses of every item."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from annotation.statistics.errors import NotEstimable
from annotation.statistics.means.mean import EXACT, SAME, Mean, numbers, quantile

WORTH = 0.05


@dataclass(frozen=True)
class ControlVariate(Mean):
    """The sharper mean beside the plain one of the same labels.

    ``rho2`` is the squared correlation of label and guess; ``saving`` the share of people's labels it is worth;
    ``effective_n`` how many labels alone would be as sharp.
    """

    alpha: float = 0.0
    rho2: float = 0.0
    saving: float = 0.0
    effective_n: float = 0.0
    plain: float = 0.0
    plain_low: float = 0.0
    plain_high: float = 0.0


def control_variate(
    value: ArrayLike, guess: ArrayLike, everyone: ArrayLike, *, level: float = 0.95
) -> ControlVariate:
    """Return ȳ − α(f̄ₙ − f̄_N), α = Cov(y, f)/Var(f), for n items drawn at random of N.

    ``value`` and ``guess`` are of the n labelled items, ``everyone`` the guesses of all N, the n among them. The
    items are a finite set: variances have the factor 1 − n/N. Covariance and variance share one divisor (the published
    code mixes two, which makes α too large by n/(n − 1)). Source: Zhou et al. (ICML 2025), routing.md §5. Refuses
    labels that the guesses say without error: no doubt of the rest can be read from these.
    """
    y, f, all_f = numbers(value, "label"), numbers(guess, "guess"), numbers(everyone, "guess")
    n, total = len(y), len(all_f)
    if len(f) != n:
        raise NotEstimable("Labels and guesses are of different items.")
    if n < 4:
        raise NotEstimable(f"{n} labelled items are too few for a control variate; it needs 4.")
    if total < n:
        raise NotEstimable("There are fewer guesses than labels; every item needs a guess.")
    spread_f, spread_y = float(f.var()), float(y.var())
    alpha = float(((y - y.mean()) * (f - f.mean())).mean()) / spread_f if spread_f > 0 else 0.0
    rho2 = alpha * alpha * spread_f / spread_y if spread_y > 0 else 0.0
    left = 1 - n / total
    # The regression has used up two degrees of freedom; the second term is α's own doubt (Cochran 1977, 7.29).
    away = (f.mean() - all_f.mean()) ** 2 / (n * spread_f) if spread_f > 0 else 0.0
    rest = float(((y - y.mean() - alpha * (f - f.mean())) ** 2).sum()) / (n - 2)
    if left and rest <= EXACT**2:
        raise NotEstimable(SAME.format(n=n))
    se = float(np.sqrt(rest * (left / n + away)))
    mean = float(y.mean() - alpha * (f.mean() - all_f.mean()))
    half = quantile(level, n - 2) * se
    plain = float(y.mean())
    plain_half = quantile(level, n - 1) * float(np.sqrt(y.var(ddof=1) * left / n))
    notes = (
        ()
        if rho2 >= WORTH
        else (
            f"The guesses tell little of people's labels (ρ² {rho2:.3f}); they are not worth their price "
            "for this mean.",
        )
    )
    return ControlVariate(
        mean, se, mean - half, mean + half, level, n, "control variate", notes,
        alpha, rho2, saving(rho2, n, total), effective_n(n, rho2, total), plain, plain - plain_half, plain + plain_half,
    )  # fmt: skip


def ratio(rho2: float, n: int, total: int | None = None) -> float:
    """Return the variance with guesses over that without: 1 − ρ²(1 − n/N); N is infinite where not given.

    This is against sampling from a stream, where each of the N items is itself a draw.
    """
    if not 0 <= rho2 <= 1:
        raise NotEstimable("A squared correlation is between 0 and 1.")
    if n < 1 or (total is not None and total < n):
        raise NotEstimable("The labelled items are at least one, and not more than all.")
    return 1 - rho2 * (1 - (n / total if total else 0.0))


def saving(rho2: float, n: int, total: int | None = None) -> float:
    """Return the share of people's labels that the guesses make unnecessary."""
    return 1 - ratio(rho2, n, total)


def effective_n(n: int, rho2: float, total: int | None = None) -> float:
    """Return how many labels without guesses are as sharp as ``n`` with them; infinite for guesses without error."""
    left = ratio(rho2, n, total)
    return n / left if left > 0 else float("inf")
