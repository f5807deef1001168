"""Sample sizes that need no simulation."""

from math import inf, sqrt

from scipy.special import ndtri

from annotation.statistics.errors import NotEstimable


def proportion_half_width(n: float, *, share: float = 0.5, level: float = 0.95) -> float:
    """Return the half-width (in points) of the interval of a share from ``n`` independent judgements (Wald)."""
    if not (0 < n < inf and 0 <= share <= 1 and 0 < level < 1):
        raise NotEstimable("A share from 0 to 1 and at least one judgement are needed.")
    return 100 * float(ndtri(0.5 + level / 2)) * sqrt(share * (1 - share) / n)


def pairs_for_half_width(points: float, *, share: float = 0.5, level: float = 0.95) -> float:
    """Return the independent judgements for a share's interval of ± ``points``."""
    if not (0 < points < inf and 0 <= share <= 1 and 0 < level < 1):
        raise NotEstimable("A share from 0 to 1 and a half-width above 0 are needed.")
    return share * (1 - share) * (100 * float(ndtri(0.5 + level / 2)) / points) ** 2


def sign_test_pairs(net: float, *, tie_rate: float = 0.33, power: float = 0.8, alpha: float = 0.05) -> float:
    """Return the pairs a two-sided sign test needs to find a net preference of ``net`` points (wins − losses).

    Ties carry no direction: (z_{α/2} + z_power)² (1 − ties) / net². 33 % ties, 80 % power: 2,103, 526 and 234 pairs
    for 5, 10 and 15 points.
    """
    if not 0 < abs(net) / 100 <= 1 - tie_rate <= 1:
        raise NotEstimable("The net preference must be above 0 and within what the ties leave.")
    if not (0 < power < 1 and 0 < alpha < 1):
        raise NotEstimable("The power and the error rate are shares between 0 and 1.")
    z = float(ndtri(1 - alpha / 2) + ndtri(power))
    return z**2 * (1 - tie_rate) / (net / 100) ** 2


def inflation(cluster_size: float, icc: float) -> float:
    """Return 1 + (m − 1)·ICC: how many times more judgements clusters of ``cluster_size`` cost (Kish 1965)."""
    if not (1 <= cluster_size < inf and -1 <= icc <= 1):
        raise NotEstimable("A cluster holds at least one judgement, and an ICC lies between -1 and 1.")
    return 1 + (cluster_size - 1) * icc
