"""Who is asked under a budget: the items where a person gains most per dollar, and a random part of all others.

Every item keeps a probability above 0 of being labelled by a person, which is known before anybody is asked. Agreement
with gold adds up over items, so the best routing is a knapsack, filled by gain per cost (routing.md §2.7 A).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from annotation.routing.domain.drawing import draw, water_fill
from annotation.routing.domain.table import BoolArray, FloatArray
from annotation.statistics.errors import NotEstimable

LEAST = 0.02


@dataclass(frozen=True, eq=False)
class Choice:
    """Who is asked, with which probability, and why.

    ``by`` is must, gain, audit, lot (drawn with probabilities that have another aim than gain), or "" where nobody is.
    ``double`` marks asked items that a second person labels. ``threshold`` is the least gain per USD that was bought,
    None where nothing was bought by gain. ``spent_usd`` is at most the budget; ``expected_usd`` its mean over draws.
    """

    probability: FloatArray
    asked: BoolArray
    by: np.ndarray
    double: BoolArray
    expected_usd: float
    spent_usd: float
    threshold: float | None
    notes: tuple[str, ...]


def choose(
    gain: ArrayLike | None,
    cost: ArrayLike,
    *,
    budget: float,
    n: int | None = None,
    floor: float = LEAST,
    audit: float = 0.1,
    must: ArrayLike | None = None,
    double: float = 0.0,
    probability: ArrayLike | None = None,
    seed: int = 0,
) -> Choice:
    """Return which of the items go to people for at most ``budget`` USD.

    ``gain`` is what a person is expected to add, per item (None: unknown, so all alike: random routing of ``n`` items,
    or as many as ``cost`` has); ``cost`` the USD of one label, for all or per item. ``must`` items are certain. All
    others have at least the larger of ``floor`` and ``audit``; the rest of the money makes items certain by gain per
    cost, while the gain is above 0 (the last one in part). ``double`` is the share of asked items that is labelled
    twice, which is paid from the same budget. ``probability``: take these instead (``neyman``).
    Refuses a budget that does not pay the certain items and the audit; the sentence says what is needed.
    """
    if gain is None:
        size = n if n is not None else np.asarray(cost).size
    else:
        size = len(np.asarray(gain))
    price = _prices(cost, size)
    certain = np.zeros(size, bool) if must is None else np.asarray(must, dtype=bool)
    worth = np.zeros(size) if gain is None else np.asarray(gain, dtype=np.float64)
    if not 0 <= double < 1:
        raise NotEstimable("The share that is labelled twice is at least 0 and below 1.")
    if certain.shape != (size,) or worth.shape != (size,):
        raise NotEstimable("Gains, prices and rules are of different items.")
    # A gain that is not known buys nothing: the item is left to the audit.
    worth = np.where(np.isfinite(worth), worth, -np.inf)
    least = max(floor, audit)
    if not 0 < least <= 1:
        raise NotEstimable("The audit is a share above 0: no item may be sure to escape people.")
    lowest = np.where(certain, 1.0, least)
    spendable = _spendable(budget, price, lowest, double)
    if probability is not None:
        chance = np.maximum(
            np.asarray(probability, dtype=np.float64), np.where(certain, 1.0, min(floor, least))
        )
        # What was given may cost more than there is once the certain ones are in.
        if float(chance @ price) > spendable:
            chance = water_fill(chance, price, spendable, np.where(certain, 1.0, floor))
    elif gain is None:
        chance = water_fill(np.ones(size), price, spendable, lowest)
    else:
        chance = _by_gain(worth, price, spendable, lowest)
    asked = draw(chance, cost=price, seed=seed)
    bought = (chance > lowest + 1e-12) & (worth > 0) & ~certain & (gain is not None and probability is None)
    by_lot = "lot" if gain is None or probability is not None else "audit"
    by = np.where(~asked, "", np.where(certain, "must", np.where(bought, "gain", by_lot)))
    twice = np.zeros(size, bool)
    twice[asked] = (
        draw(np.full(int(asked.sum()), double), cost=price[asked], seed=seed + 1) if double else False
    )
    spent = float(price[asked].sum() + price[twice].sum())
    rate = worth[bought] / price[bought] if bought.any() else None
    notes = []
    if gain is not None and not bought.any():
        notes.append(
            "Nobody is asked for gain: a person is nowhere expected to do better, or no money is left."
        )
    return Choice(
        chance, asked, by, twice, float(chance @ price) * (1 + double), spent,
        None if rate is None else float(rate.min()), tuple(notes),
    )  # fmt: skip


def neyman(
    spread: ArrayLike, cost: ArrayLike, *, budget: float, floor: float = LEAST, must: ArrayLike | None = None
) -> FloatArray:
    """Return the probabilities that make an estimate sharpest: ∝ spread/√cost, at least ``floor``, for ``budget`` USD.

    ``spread`` is the expected size of a person's label less the AI's guess: √E[(y − f)²|x].
    """
    wide = np.asarray(spread, dtype=np.float64)
    price = _prices(cost, len(wide))
    if not (np.isfinite(wide).all() and (wide >= 0).all()):
        raise NotEstimable("A spread is a number from 0.")
    if not 0 < floor <= 1:
        raise NotEstimable("The floor is a share above 0: no item may be sure to escape people.")
    certain = np.zeros(len(wide), bool) if must is None else np.asarray(must, dtype=bool)
    lowest = np.where(certain, 1.0, floor)
    _afford(budget, float(lowest @ price))
    return water_fill(wide / np.sqrt(price), price, budget, lowest)


def _by_gain(worth: FloatArray, price: FloatArray, budget: float, lowest: FloatArray) -> FloatArray:
    chance = lowest.copy()
    left = budget - float(chance @ price)
    order = np.argsort(-worth / price, kind="stable")
    order = order[(worth[order] > 0) & (chance[order] < 1)]
    extra = (1 - chance[order]) * price[order]
    paid = np.cumsum(extra)
    whole = int(np.searchsorted(paid, left + 1e-9, side="right"))
    chance[order[:whole]] = 1.0
    if whole < len(order):
        rest = left - (float(paid[whole - 1]) if whole else 0.0)
        chance[order[whole]] += max(rest, 0.0) / price[order[whole]]
    return np.minimum(chance, 1.0)


def _spendable(budget: float, price: FloatArray, lowest: FloatArray, double: float) -> float:
    """Return what the probabilities may cost so that no draw costs more than ``budget``, second labels included."""
    if not len(price) or budget >= float(price.sum() + price.max() * (double > 0)) * (1 + double):
        return float("inf")
    one = float(price.max())
    if float(np.ptp(price)) == 0:
        # Of one price, labels are counted: a sum of probabilities that is whole is drawn to the label.
        needed = int(np.ceil(lowest.sum() - 1e-9))
        _afford(budget, (needed + _seconds(needed, double)) * one)
        labels = int(np.floor(budget / one + 1e-9))
        first = int(labels / (1 + double) + 1e-9)
        while first + _seconds(first, double) > labels:
            first -= 1
        return first * one
    # Of several prices, a draw costs up to one label more than its mean, and so do the second labels.
    second = one * (double > 0)
    _afford(budget, (float(lowest @ price) + one) * (1 + double) + second)
    return (budget - second) / (1 + double) - one


def _seconds(labels: int, double: float) -> int:
    return int(np.ceil(labels * double - 1e-9))


def _afford(budget: float, needed: float) -> None:
    if not np.isfinite(budget) or budget + 1e-9 < needed:
        raise NotEstimable(
            f"The budget of {budget:,.2f} USD does not pay the items that must go to people and the audit, "
            f"which need {needed:,.2f} USD."
        )


def _prices(cost: ArrayLike, n: int) -> FloatArray:
    price = np.broadcast_to(np.asarray(cost, dtype=np.float64), (n,)).copy()
    if not (np.isfinite(price).all() and (price > 0).all()):
        raise NotEstimable("The price of a person's label is missing, or not above 0.")
    return price
