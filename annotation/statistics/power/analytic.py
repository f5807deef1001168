"""The variance of a design's estimate from its variance components, and what follows from it."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy import stats

from annotation.statistics.estimate import Estimate
from annotation.statistics.power.design import Design
from annotation.statistics.power.latent import Latent
from annotation.statistics.rows import FloatArray, IntArray


@dataclass(frozen=True)
class Point(Estimate):
    """One size of the design: the expected half-width (points) and the power of its planned test."""

    pairs: int
    annotators: int
    judgements: int
    per_annotator: float
    half_width: float
    power: float


def raters_of(design: Design) -> tuple[IntArray, ...]:
    """Return, per protocol, the person of every judgement; a pair's judgements stand together.

    The second protocol starts with other people, so that nobody meets a pair twice unless ``same_items``.
    """
    slots = np.arange(design.pairs * design.per_pair)
    first, second = (np.array(group) for group in design.groups())
    found = [first[slots % len(first)]]
    if design.protocols == 2:
        if design.kind == "mixed" and design.same_items:
            second = np.roll(second, design.annotators // 4)  # who does both stands at the same place in both
        elif design.kind in ("within", "mixed") and not design.same_items:
            second = np.roll(second, -(len(second) // (2 if design.kind == "within" else 3)))
        found.append(second[slots % len(second)])
    return tuple(found)


def estimate_variance(latent: Latent) -> float:
    """Return the variance of the mean (single) or of the difference of the two protocols' means.

    Sums the covariances of all judgements that share a person, a pair or both.
    """
    design = latent.design
    n = design.pairs * design.per_pair
    people = raters_of(design)
    counts = [np.bincount(who, minlength=design.annotators).astype(np.float64) for who in people]
    own = (
        design.rater_sd**2 + design.rater_by_protocol_sd**2,
        design.item_sd**2 + design.item_by_protocol_sd**2,
    )
    total = 0.0
    for protocol, count in enumerate(counts):
        total += n * latent.spread(protocol)
        total += float((count * (count - 1)).sum()) * latent.covariance(own[0], protocol, protocol)
        total += n * (design.per_pair - 1) * latent.covariance(own[1], protocol, protocol)
    if len(counts) == 2:
        total -= 2 * _between(latent, people, counts)
    return total / n**2


def _between(latent: Latent, people: tuple[IntArray, ...], counts: list[FloatArray]) -> float:
    design = latent.design
    person, pair = design.rater_sd**2, design.item_sd**2
    on_person, on_pair = latent.covariance(person, 0, 1), latent.covariance(pair, 0, 1)
    k = design.per_pair
    one, two = (who.reshape(design.pairs, k) for who in people)
    both = float((one[:, :, None] == two[:, None, :]).sum())  # the same person on the same pair
    excess = latent.covariance(person + pair, 0, 1) - on_person - on_pair if both else 0.0
    return float(counts[0] @ counts[1]) * on_person + design.pairs * k * k * on_pair + both * excess


def degrees(design: Design) -> int:
    """Return the degrees of freedom of the planned test: the fewer of pairs and of people with a judgement."""
    used = sum(min(len(group), design.pairs * design.per_pair) for group in design.groups())
    people = used - 2 if design.kind == "between" else min(used, design.annotators) - 1
    return max(min(people, design.pairs - 1), 1)


def point(latent: Latent) -> Point:
    """Return half-width and power of the design."""
    design = latent.design
    se, free = sqrt(max(estimate_variance(latent), 0.0)), degrees(design)
    critical = float(stats.t.ppf(1 - design.alpha / 2, free))
    moved = abs(design.effect) / 100 / se if se else 0.0
    power = float(stats.norm.sf(critical - moved) + stats.norm.cdf(-critical - moved))
    return Point(
        design.pairs,
        design.annotators,
        design.judgements,
        round(design.per_annotator, 2),
        100 * critical * se,
        power,
    )
