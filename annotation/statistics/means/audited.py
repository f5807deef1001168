"""Shares from audits: with the finite set of items, and with people who err themselves."""

import math

from annotation.statistics.errors import NotEstimable
from annotation.statistics.means.mean import Mean
from annotation.statistics.shares import wilson


def audit_share(hits: int, n: int, *, population: int | None = None, level: float = 0.95) -> Mean:
    """Return the share of hits among all items from ``n`` audited at random: Wilson's interval.

    With ``population`` the items are a finite set, and n counts as n(N − 1)/(N − n): all audited, no doubt.
    """
    from scipy.stats import norm

    if n < 1:
        raise NotEstimable("Nothing was audited yet.")
    if not 0 <= hits <= n:
        raise NotEstimable("There cannot be more hits than audited items.")
    if population is not None and population < n:
        raise NotEstimable("More items were audited than there are.")
    share, count = hits / n, float(n)
    if population is not None:
        if population == n:
            return Mean(share, 0.0, share, share, level, n, "every item was audited")
        count = n * (population - 1) / (population - n)
    low, high = wilson(share * count, count, float(norm.ppf((1 + level) / 2)))
    return Mean(share, math.sqrt(share * (1 - share) / count), low, high, level, n, "Wilson, audited items")


def human_accuracy(agreement: float) -> float:
    """Return how often one person is right, from how often two agree: A = h² + (1 − h)², so h = (1 + √(2A − 1))/2.

    For two answers and independent errors. Refuses an agreement of chance or below: nothing can be told apart then.
    """
    if not 0.5 < agreement <= 1:
        raise NotEstimable("Two people who agree on half of the items or fewer tell nothing of being right.")
    return (1 + math.sqrt(2 * agreement - 1)) / 2


def corrected_agreement(
    agreement: float, human: float, *, n: int, doubles: int | None = None, level: float = 0.95
) -> Mean:
    """Return how often a model is right, from how often it agrees with one person who is right ``human`` of the time.

    a = (A − (1 − h))/(2h − 1), for two answers and independent errors. ``n`` audits, ``doubles`` items that two people
    labelled (from which h was found; None where h is known). The interval has both doubts, by the delta method.
    """
    from scipy.stats import norm

    if not 0.5 < human <= 1:
        raise NotEstimable("People who are right half of the time or less cannot correct anything.")
    if not 0 <= agreement <= 1 or n < 1 or (doubles is not None and doubles < 1):
        raise NotEstimable("An agreement is a share of at least one item.")
    slope = 2 * human - 1
    value = (agreement - (1 - human)) / slope
    audits = audit_share(round(agreement * n), n, level=level)
    variance = ((audits.high - audits.low) / (2 * float(norm.ppf((1 + level) / 2))) / slope) ** 2
    if doubles is not None:
        both = human**2 + (1 - human) ** 2
        # dA/dh = 2(2h − 1), so the doubt of h is that of the doubles' agreement over it.
        se_h = math.sqrt(both * (1 - both) / doubles) / (2 * slope)
        variance += ((1 - 2 * agreement) / slope**2 * se_h) ** 2
    se = math.sqrt(variance)
    half = float(norm.ppf((1 + level) / 2)) * se
    # The share's interval is not even around it; the correction moves it, and its ends stay within 0 and 1.
    middle = ((audits.low + audits.high) / 2 - (1 - human)) / slope
    return Mean(
        min(max(value, 0.0), 1.0), se, max(min(middle - half, 1.0), 0.0), min(max(middle + half, 0.0), 1.0), level, n,
        "agreement corrected for people's own errors",
    )  # fmt: skip
