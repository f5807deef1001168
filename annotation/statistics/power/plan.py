"""One call that answers how many pairs and annotators a study needs."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil, inf, sqrt
from typing import Any

from scipy.special import ndtri

from annotation.statistics.errors import NotEstimable
from annotation.statistics.estimate import Estimate
from annotation.statistics.power.analytic import Point, estimate_variance, point
from annotation.statistics.power.design import MOST_JUDGEMENTS, Design
from annotation.statistics.power.formulas import inflation
from annotation.statistics.power.latent import Latent, solve
from annotation.statistics.power.simulate import Simulated, simulate

_BUDGET = 3_000_000  # drawn judgements in one plan: keeps the answer within a web form's patience
_FEWEST_SIMULATIONS = 20
_FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True)
class Plan(Estimate):
    """The declared design's expectations, sizes that would reach the goals, and a check by simulation.

    ``curve`` scales pairs and people together (everybody's work stays the same); ``people_curve`` spreads the same
    judgements over fewer or more people. ``for_half_width`` and ``for_power`` are the smallest sizes that reach the
    goals, null where 1,000,000 judgements do not. ``inflation`` is 1 + (m−1)·ICC of people plus (k−1)·ICC of pairs:
    what clusters cost one protocol's mean. ``design_effect`` is what they cost the estimate asked for (less, where
    both protocols share people or pairs), over ``unclustered_half_width``. The ICCs are on the scale of the answers.
    """

    design: Design
    declared: Point
    simulated: Simulated
    curve: tuple[Point, ...]
    people_curve: tuple[Point, ...]
    for_half_width: Point | None
    for_power: Point | None
    goal_half_width: float
    goal_power: float
    icc_rater: float
    icc_item: float
    inflation: float
    design_effect: float
    unclustered_half_width: float
    seed: int
    method: str


def plan(
    *,
    goal_half_width: float = 3.0,
    goal_power: float = 0.8,
    simulations: int = 400,
    seed: int = 0,
    **declared: Any,
) -> Plan:
    """Answer "how many pairs and annotators for ± ``goal_half_width`` points" for the design in ``declared``.

    ``declared`` are the fields of ``Design`` (kind, pairs, annotators, per_pair, measure, base, effect, tie_rate,
    rater_sd, item_sd, …). Half-widths and powers come from the variance components; the declared size is also
    simulated with ``seed`` (fewer than ``simulations`` times where the study is large), which gives type-I error
    and coverage of the planned test. Refuses as ``Design.checked`` and ``latent.solve`` do, and
    goals that are none.
    """
    design = Design(**declared).checked()
    if not 0 < goal_half_width < inf or not 0 < goal_power < 1:
        raise NotEstimable("A goal is a half-width above 0 points, or a power between 0 and 1.")
    latent = solve(design)
    here = point(latent)
    runs = max(min(simulations, _BUDGET // design.judgements), _FEWEST_SIMULATIONS)
    sizes = [design.scaled(max(round(design.pairs * factor), 2)) for factor in _FACTORS]
    crowds = sorted({max(ceil(design.annotators * factor), design.fewest()) for factor in _FACTORS[:-1]})
    crowds = [people for people in crowds if people <= max(design.judgements, design.annotators)]
    spread = latent.spread(0)
    icc = [
        latent.covariance(a**2 + b**2, 0, 0) / spread
        for a, b in (
            (design.rater_sd, design.rater_by_protocol_sd),
            (design.item_sd, design.item_by_protocol_sd),
        )
    ]
    alone = sum(latent.spread(protocol) for protocol in range(design.protocols))
    n = design.pairs * design.per_pair
    plain = 100 * float(ndtri(1 - design.alpha / 2)) * sqrt(alone / n)
    work = n / len(design.groups()[0])
    return Plan(
        design=design,
        declared=here,
        simulated=simulate(latent, simulations=runs, seed=seed),
        curve=tuple(_at(latent, size) for size in sizes if size.judgements <= MOST_JUDGEMENTS),
        people_curve=tuple(_at(latent, design.with_people(people)) for people in crowds),
        for_half_width=_smallest(latent, lambda found: found.half_width <= goal_half_width),
        for_power=_smallest(latent, lambda found: found.power >= goal_power) if design.effect else None,
        goal_half_width=goal_half_width,
        goal_power=goal_power,
        icc_rater=icc[0],
        icc_item=icc[1],
        inflation=inflation(max(work, 1.0), icc[0]) + inflation(design.per_pair, icc[1]) - 1,
        design_effect=estimate_variance(latent) * n / alone,
        unclustered_half_width=plain,
        seed=seed,
        method="ordinal probit with crossed people and pairs; t test clustered by both",
    )


def _at(latent: Latent, size: Design) -> Point:
    # The latent model depends on neither pairs nor people, so it is solved once.
    return point(replace(latent, design=size))


def _smallest(latent: Latent, reached: Callable[[Point], bool]) -> Point | None:
    """Return the fewest pairs (everybody's work as declared) that reach a goal, by doubling and halving."""
    design = latent.design
    most = MOST_JUDGEMENTS // (design.protocols * design.per_pair)
    low, high = 1, 2
    while not reached(_at(latent, design.scaled(high))):
        if high == most:
            return None
        low, high = high, min(2 * high, most)
    while high - low > max(1, high // 500):  # to 0.2 %: nobody recruits more precisely
        middle = (low + high) // 2
        if reached(_at(latent, design.scaled(middle))):
            high = middle
        else:
            low = middle
    return _at(latent, design.scaled(high))
