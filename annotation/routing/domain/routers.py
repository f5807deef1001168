"""Routers: the chance that the AI is right, the chance that a person is, and so what asking a person would gain.

Both chances are cross-fitted: those that a router is judged by, and is calibrated on, are of rows it had not seen.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike

from annotation.routing.domain.chances import ALWAYS, Adjusted, Chance, Constant, chance_from_json
from annotation.routing.domain.folds import folds_of
from annotation.routing.domain.learning import KINDS, RIDGES, adjustment, fit_constant, losses_of
from annotation.routing.domain.table import BoolArray, FloatArray, IntArray, Table
from annotation.statistics.calibration import Calibration, calibration
from annotation.statistics.errors import NotEstimable

Kind = Literal["logistic", "boosted"]
How = Literal["auto", "platt", "isotonic", "none"]
FEWEST = 30
_NONE = np.empty(0)


@dataclass(frozen=True)
class Router:
    """Two fitted chances over the features ``names``.

    ``held_ai`` and ``held_human`` are the chances of the rows that were learnt from, each by a model that had not seen
    it; ``quality`` is what they were worth for the AI. A router that was read from JSON has none of the three.
    """

    kind: Kind
    names: tuple[str, ...]
    ai: Chance
    human: Chance
    notes: tuple[str, ...] = ()
    quality: Calibration | None = None
    held_ai: FloatArray = field(default_factory=lambda: _NONE)
    held_human: FloatArray = field(default_factory=lambda: _NONE)

    def p_ai(self, table: Table) -> FloatArray:
        """Return the chance that the AI is right, per item; refuses a table that lacks a feature."""
        return self.ai.predict(table.named(self.names))

    def p_human(self, table: Table) -> FloatArray:
        """Return the chance that one person is right, per item."""
        return self.human.predict(table.named(self.names))

    def gain(self, table: Table) -> FloatArray:
        """Return how much likelier a person is right than the AI, per item; below 0 where the AI is better."""
        values = table.named(self.names)
        return self.human.predict(values) - self.ai.predict(values)

    def to_json(self) -> dict[str, Any]:
        """Return all that routing needs."""
        return {
            "kind": self.kind,
            "names": list(self.names),
            "ai": self.ai.to_json(),
            "human": self.human.to_json(),
            "notes": list(self.notes),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the router of its JSON; it predicts the same."""
        ai, human = chance_from_json(data["ai"]), chance_from_json(data["human"])
        return cls(data["kind"], tuple(data["names"]), ai, human, tuple(data.get("notes", ())))

    @cached_property
    def sha256(self) -> str:
        """The hash of what routes: the same numbers have the same."""
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()


def fit(
    table: Table,
    ai_right: ArrayLike,
    human_right: ArrayLike,
    *,
    groups: Sequence[str] | None = None,
    kind: Kind = "logistic",
    folds: int = 10,
    seed: int = 0,
    calibration: How = "auto",
    weights: ArrayLike | None = None,
) -> Router:
    """Return a router learnt from items with gold.

    ``ai_right`` and ``human_right`` hold 1, 0, or NaN where it is not known. ``groups`` names what belongs together (a
    prompt); its rows share a fold. ``weights`` are 1/π where rows came by audit. Calibrated on held-out folds: a curve
    (isotonic) from 1,000 rows on, else Platt's line, or as said. A target that never varies, and a model no better on
    held-out rows than the average, become a constant chance, which a note says. Refuses fewer than 30 rows where it is
    known whether the AI was right, and more folds than groups.
    """
    if kind not in KINDS:
        raise NotEstimable(f"There is no router {kind}; there are {', '.join(KINDS)}.")
    ai, human = (
        _target(values, len(table), who) for values, who in ((ai_right, "AI"), (human_right, "people"))
    )
    if (known := int(np.isfinite(ai).sum())) < FEWEST:
        raise NotEstimable(
            f"Of {known} items it is known whether the AI is right; a router is learnt from {FEWEST} or more."
        )
    weight = np.ones(len(table)) if weights is None else np.asarray(weights, dtype=np.float64)
    if weight.shape != ai.shape or not (np.isfinite(weight).all() and (weight > 0).all()):
        raise NotEstimable("Every row needs a weight above 0.")
    names = [str(n) for n in range(len(table))] if groups is None else list(groups)
    if len(names) != len(table):
        raise NotEstimable("Groups are of different items.")
    if len(set(names)) < folds or folds < 2:
        raise NotEstimable(f"{len(set(names))} different prompts are too few for {folds} folds.")
    fold = folds_of(names, folds, seed)
    notes: list[str] = []
    from threadpoolctl import threadpool_limits

    # These matrices are small: threads would wait for one another, and for other workers on the machine.
    with threadpool_limits(1):
        ai_chance, held_ai = _cross_fit(
            table.values, ai, fold, weight, kind, calibration, seed, "the AI", notes
        )
        human_chance, held_human = _cross_fit(
            table.values, human, fold, weight, kind, calibration, seed, "a person", notes
        )
    seen = np.isfinite(ai)
    quality = _quality(held_ai[seen], ai[seen])
    return Router(kind, table.names, ai_chance, human_chance, tuple(notes), quality, held_ai, held_human)


def cross_fit(
    values: FloatArray,
    right: BoolArray,
    fold: IntArray,
    *,
    kind: Kind = "logistic",
    how: How = "auto",
    seed: int = 0,
) -> FloatArray:
    """Return for every row the calibrated chance of ``right`` by models of the other folds."""
    notes: list[str] = []
    target = right.astype(np.float64)
    return _cross_fit(values, target, fold, np.ones(len(right)), kind, how, seed, "it", notes)[1]


def _cross_fit(
    values: FloatArray, target: FloatArray, fold: IntArray, weights: FloatArray, kind: Kind, how: How, seed: int,
    who: str, notes: list[str],
) -> tuple[Chance, FloatArray]:  # fmt: skip
    known = np.isfinite(target)
    if not known.any():
        # Only people can be unknown here: an item with one label of a person has that label as its gold.
        notes.append(f"It is not known of any item whether {who} is right; {who} is taken to be right.")
        return Constant(ALWAYS), np.full(len(target), ALWAYS)
    right = target == 1
    if right[known].all() or not right[known].any():
        notes.append(
            f"On every item {who} is {'right' if right[known].any() else 'wrong'}: there is nothing to learn."
        )
        constant = fit_constant(right[known], weights[known])
        return constant, constant.predict(values)
    if known.sum() < FEWEST:
        notes.append(f"Of {int(known.sum())} items it is known whether {who} is right; the average is used.")
        constant = fit_constant(right[known], weights[known])
        return constant, constant.predict(values)
    # Raw chances of every row by models of the other folds, for each strength of the penalty.
    raw = {ridge: _raw(values, right, known, fold, weights, kind, ridge, seed) for ridge in RIDGES[kind]}
    base = _shares(right, known, fold, weights)
    held = np.empty(len(target))
    for number in np.unique(fold):
        # The calibration and the penalty of a fold are chosen on the others' rows alone.
        rest, mine = known & (fold != number), fold == number
        if not rest.any():
            held[mine] = 0.5
            continue
        ridge, adjusted = _choose(raw, base, right, rest, weights, how)
        if ridge is None:
            held[mine] = base[mine]
        else:
            held[mine] = adjusted.adjust(raw[ridge][mine]) if adjusted else raw[ridge][mine]
    ridge, adjusted = _choose(raw, base, right, known, weights, how)
    if ridge is None:
        notes.append(f"Nothing that is known of an item tells whether {who} is right; the average is used.")
        return fit_constant(right[known], weights[known]), held
    model = KINDS[kind](values[known], right[known], weights[known], ridge, seed)
    return (Adjusted(model, adjusted.slope, adjusted.shift, adjusted.points) if adjusted else model), held


def _raw(
    values: FloatArray, right: BoolArray, known: BoolArray, fold: IntArray, weights: FloatArray, kind: Kind,
    ridge: float, seed: int,
) -> FloatArray:  # fmt: skip
    chance = np.full(len(right), 0.5)
    for number in np.unique(fold):
        rest, mine = known & (fold != number), fold == number
        if rest.any():
            model = KINDS[kind](values[rest], right[rest], weights[rest], ridge, seed)
            chance[mine] = model.predict(values[mine])
    return chance


def _shares(right: BoolArray, known: BoolArray, fold: IntArray, weights: FloatArray) -> FloatArray:
    chance = np.full(len(right), 0.5)
    for number in np.unique(fold):
        rest = known & (fold != number)
        chance[fold == number] = fit_constant(right[rest], weights[rest]).chance if rest.any() else 0.5
    return chance


def _choose(
    raw: Mapping[float, FloatArray],
    base: FloatArray,
    right: BoolArray,
    rows: BoolArray,
    weights: FloatArray,
    how: How,
) -> tuple[float | None, Adjusted | None]:
    told, weight = right[rows], weights[rows]
    losses = {ridge: losses_of(chance[rows], told) for ridge, chance in raw.items()}
    best = min(losses, key=lambda ridge: float(np.average(losses[ridge], weights=weight)))
    line = adjustment(raw[best][rows], told, weight, "platt")
    straight = losses_of(line.adjust(raw[best][rows]), told) if line else losses[best]
    # The best of several is a little better by luck: it counts from one standard error on. The line's two numbers were
    # fitted on the rows that they are tried on, and must earn what they cost (Akaike).
    won = [losses_of(base[rows], told) - loss for loss in (losses[best], straight + 2 / len(told))]
    if not any(_sure(gain, weight) for gain in won):
        return None, None
    adjusted = adjustment(raw[best][rows], told, weight, how)
    return best, adjusted


def _sure(gain: FloatArray, weight: FloatArray) -> bool:
    mean = float(np.average(gain, weights=weight))
    return mean > float(np.sqrt((weight**2 * (gain - mean) ** 2).sum())) / float(weight.sum())


def _target(values: ArrayLike, n: int, who: str) -> FloatArray:
    found = np.asarray(values, dtype=np.float64)
    if found.shape != (n,):
        raise NotEstimable(f"Whether {who} are right is told of other items than the features.")
    if not (np.isnan(found) | np.isin(found, (0.0, 1.0))).all():
        raise NotEstimable(f"Whether {who} are right is 1, 0 or not known.")
    return found


def _quality(chance: FloatArray, right: FloatArray) -> Calibration:
    return calibration(chance, right)
