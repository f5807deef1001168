"""Routing with the truth known: whether intervals cover it as often as they say, and budgets and probabilities hold.

Items are hard or easy; the AI errs more on hard ones and leans towards a; people err alike everywhere. A router sees
the difficulty through noise. Everything else is what a study runs: ``knapsack.choose`` and the estimates.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from annotation.routing.domain.estimates import (
    aipw,
    confidence_sequence,
    control_variate,
    corrected_agreement,
    human_accuracy,
    lift,
    naive,
    route_quality,
)
from annotation.routing.domain.frontier import frontier
from annotation.routing.domain.knapsack import Choice, choose
from annotation.routing.domain.table import BoolArray, FloatArray
from annotation.statistics.errors import NotEstimable
from annotation.statistics.estimate import Estimate

HUMAN = 0.93
DOUBLES = 0.3
ENOUGH = 500  # rounds, which tell a coverage to two per cent either way


@dataclass(frozen=True)
class Line(Estimate):
    """One interval under one budget: its mean value less the truth, its mean half-width, how often it covered.

    ``claims`` is 0.95, or None for the naive one, which has nothing to stand on. ``at_least``: it covers more often by
    design, since it has to hold at every peek at once.
    """

    budget: float
    estimate: str
    bias: float
    half_width: float
    coverage: float
    rounds: int
    claims: float | None = 0.95
    at_least: bool = False

    @property
    def claim(self) -> str:
        """What the interval claims, for a table."""
        if not self.claims:
            return "nothing"
        return f"at least {self.claims:.0%}, at every peek" if self.at_least else f"{self.claims:.0%}"


@dataclass(frozen=True)
class Kept(Estimate):
    """What a budget kept: the most that was ever spent of it, and how far frequencies are from probabilities.

    ``worst`` is the largest |frequency − probability| in its own standard errors, ``spread`` their standard deviation:
    about 1 where the probabilities are those of the draw.
    """

    budget: float
    most_spent: float
    worst: float
    spread: float
    least_probability: float
    rounds: int


@dataclass(frozen=True)
class Items:
    """One set of items: labels are 1 where a is better, 0 where b is."""

    gold: BoolArray
    human: BoolArray
    second: BoolArray
    ai: BoolArray
    p_ai: FloatArray
    gain: FloatArray


def make_items(n: int, random: np.random.Generator) -> Items:
    """Return ``n`` items with gold, two people's labels, the AI's, and what a router believes of them."""
    hard = random.random(n)
    gold = random.random(n) < 0.45
    # The AI leans towards a: it errs twice as often where b is better.
    wrong = np.clip(0.55 * hard**2 * np.where(gold, 0.6, 1.4), 0, 1)
    ai = gold ^ (random.random(n) < wrong)
    human, second = (gold ^ (random.random(n) > HUMAN) for _ in range(2))
    p_ai = np.clip(1 - 0.55 * hard**2 + random.normal(0, 0.08, n), 0.05, 0.99)
    return Items(gold, human, second, ai, p_ai, HUMAN - p_ai)


def simulate(
    *,
    rounds: int = 2000,
    items: int = 1000,
    budgets: tuple[float, ...] = (0.2, 0.4),
    audit: float = 0.1,
    seed: int = 0,
) -> tuple[list[Line], list[Kept]]:
    """Return a line per budget and estimate, the naive one among them, and what each budget kept.

    Every round has its own items and draws; nominal levels are 95 %. The same seed gives the same table.
    """
    lines: list[Line] = []
    for budget in budgets:
        found: dict[str, list[tuple[float, float, bool]]] = defaultdict(list)
        for number in range(rounds):
            random = np.random.default_rng([seed, round(budget * 1000), number])
            _round(found, make_items(items, random), budget, audit, random)
        for name, rows in found.items():
            off, half, covered = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
            lines.append(
                Line(
                    budget, name, float(off.mean()), float(half.mean()), float(covered.mean()), len(rows),
                    None if name.startswith("naive") else 0.95, name.startswith("watched"),
                )
            )  # fmt: skip
    lines += frontier_lines(rounds, items // 2, budgets, seed)
    return lines, [kept(rounds, items, budget, audit, seed) for budget in budgets]


def frontier_lines(rounds: int, items: int, budgets: tuple[float, ...], seed: int) -> list[Line]:
    """Return how often the frontier's bootstrap covers what such a routing brings on average over the rounds."""
    found = []
    for number in range(rounds):
        one = make_items(items, np.random.default_rng([seed, 2, number]))
        right, wrong = one.human == one.gold, one.ai == one.gold
        found.append(frontier(one.gain, right, wrong, np.arange(items), budgets, number))
    lines = []
    for budget, points in zip(budgets, zip(*found, strict=True), strict=True):
        for name, values in (
            ("frontier: accuracy", [(p.accuracy, *p.ci95) for p in points]),
            ("frontier: lift", [(p.lift, *p.lift_ci95) for p in points]),
        ):
            value, low, high = np.array(values).T
            covered = (low <= value.mean()) & (value.mean() <= high)
            half = float((high - low).mean() / 2)
            lines.append(Line(budget, name, 0.0, half, float(covered.mean()), rounds))
    return lines


def kept(rounds: int, items: int, budget: float, audit: float, seed: int) -> Kept:
    """Draw the same items again and again, with prices that differ, and compare with what was promised."""
    random = np.random.default_rng([seed, 1])
    gain = make_items(items, random).gain
    price = np.round(random.uniform(0.2, 1.0, items), 2)
    money = budget * float(price.sum())
    times, most = np.zeros(items), 0.0
    chance = np.ones(items)
    for number in range(rounds):
        drawn = choose(gain, price, budget=money, audit=audit, double=0.05, seed=number)
        times += drawn.asked
        most = max(most, drawn.spent_usd / money)
        chance = drawn.probability
    by_lot = chance < 1
    p = chance[by_lot]
    z = (times[by_lot] / rounds - p) / np.sqrt(p * (1 - p) / rounds)
    return Kept(budget, most, float(np.abs(z).max()), float(z.std()), float(chance.min()), rounds)


def tolerance(rounds: int) -> float:
    """Return two standard errors of a coverage of 95 % that was counted in so many rounds."""
    return 2 * float(np.sqrt(0.95 * 0.05 / rounds))


def misses(lines: Sequence[Line], held: Sequence[Kept]) -> list[str]:
    """Return what does not hold: coverage off 93 to 97 % by more than its tolerance, money, frequencies."""
    found = []
    for line in lines:
        error = tolerance(line.rounds)
        high = 1.0 if line.at_least else 0.97 + error
        if line.claims and not 0.93 - error <= line.coverage <= high:
            found.append(f"{line.estimate} at {line.budget:.0%} covers {line.coverage:.1%}.")
    if lines and (fewest := min(line.rounds for line in lines)) < ENOUGH:
        found.append(
            f"{fewest} rounds tell a coverage to {tolerance(fewest):.1%} either way: it takes {ENOUGH} to judge one."
        )
    for one in held:
        if one.most_spent > 1:
            found.append(f"A draw cost {one.most_spent:.3f} of its budget.")
        if not 0.8 <= one.spread <= 1.2:
            found.append(f"Frequencies are {one.spread:.2f} standard errors off their probabilities.")
    return found


def _round(
    found: dict[str, list[tuple[float, float, bool]]],
    items: Items,
    budget: float,
    audit: float,
    random: np.random.Generator,
) -> None:
    n = len(items.gold)
    seed = int(random.integers(2**31))
    routed = choose(items.gain, 1.0, budget=budget * n, audit=audit, seed=seed)
    by_lot = choose(None, 1.0, n=n, budget=budget * n, audit=audit, seed=seed)
    human, ai = items.human.astype(float), items.ai.astype(float)
    wins = float(human.mean())

    def tell(name: str, truth: float, value: float, low: float, high: float) -> None:
        found[name].append((value - truth, (high - low) / 2, low <= truth <= high))

    mixed = naive(np.where(routed.asked, human, ai))
    tell("naive mean of mixed labels", wins, mixed.value, mixed.low, mixed.high)
    for name, tuned in (("win rate, AIPW", False), ("win rate, AIPW, λ tuned", True)):
        # From few items now and then no doubt can be read: such a round has no interval, and counts for none.
        with suppress(NotEstimable):
            one = aipw(human, ai, routed.probability, routed.asked, tuned=tuned)
            tell(name, wins, one.value, one.low, one.high)
    sharper = control_variate(human[by_lot.asked], ai[by_lot.asked], ai)
    tell("win rate, control variate, random sample", wins, sharper.value, sharper.low, sharper.high)
    tell("win rate, people alone, random sample", wins, sharper.plain, sharper.plain_low, sharper.plain_high)
    _qualities(tell, items, routed, random)


def _qualities(
    tell: Callable[[str, float, float, float, float], None],
    items: Items,
    routed: Choice,
    random: np.random.Generator,
) -> None:
    keeps = routed.probability < 1
    agrees = (items.human == items.ai).astype(float)
    right = (items.gold == items.ai).astype(float)
    quality = route_quality(agrees, routed.probability, routed.asked, keeps, guess=items.p_ai).ai
    if quality:
        tell(
            "agreement of the AI's route, audits",
            float(agrees[keeps].mean()),
            quality.value,
            quality.low,
            quality.high,
        )
    gain = lift(agrees, routed.probability, routed.asked, keeps, guess=items.p_ai)
    weights = (keeps - keeps.mean()) / len(keeps)
    tell("lift over random routing", float(weights @ agrees), gain.value, gain.low, gain.high)
    # The corrected share speaks of people of whom these are a sample, so its truth is that of such items.
    seen = np.flatnonzero(routed.asked & keeps)
    twice = random.random(len(items.gold)) < DOUBLES
    doubles = int(twice.sum())
    agreement = float((items.human == items.second)[twice].mean())
    corrected = corrected_agreement(
        float(agrees[seen].mean()), human_accuracy(agreement), n=len(seen), doubles=doubles
    )
    tell(
        "right labels of the AI's route, corrected",
        float(right[keeps].mean()),
        corrected.value,
        corrected.low,
        corrected.high,
    )
    order = random.permutation(seen)
    watched = confidence_sequence(agrees[order], bounds=(0, 1))
    truth = float(agrees[keeps].mean())
    inside = bool(((watched.low <= truth) & (truth <= watched.high)).all())
    last = (watched.high[-1] - watched.low[-1]) / 2
    tell(
        "watched: agreement, all peeks at once", truth, float(watched.value[-1]),
        truth - last if inside else truth + 1, truth + last if inside else truth + 1 + 2 * last,
    )  # fmt: skip
