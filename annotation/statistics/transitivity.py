"""Whether preferences go round in circles: triads of stimuli, per rater and pooled."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from annotation.statistics.errors import NotEstimable
from annotation.statistics.estimate import Estimate
from annotation.statistics.rows import Comparisons, IntArray

# Of three independent coin tosses on the pairs of a triad, 2 of 8 outcomes go round.
CHANCE = 0.25


@dataclass(frozen=True)
class Triads(Estimate):
    """Triads whose three pairs were all judged: strict circles (a > b > c > a) and ties that do not chain.

    ``decisive`` triads have no tie; ``cycle_rate`` is ``cycles`` over them (null if there are none; 0.25 by
    chance). ``broken_ties`` are a = b = c with a ≠ c, or a = b > c with a not > c. ``by_construction`` triads lie
    within one judgement (a ranking cannot go round): counted here and nowhere else.
    """

    label: str
    complete: int
    decisive: int
    cycles: int
    broken_ties: int
    by_construction: int
    cycle_rate: float | None


@dataclass(frozen=True)
class Transitivity(Estimate):
    """All raters' own triads together, each rater's, and those of the majority per pair."""

    own: Triads
    raters: tuple[Triads, ...]
    pooled: Triads
    chance: float
    method: str


def transitivity(comparisons: Comparisons, *, within: Literal["item", "study"] = "item") -> Transitivity:
    """Count triads. ``within`` item: the three stimuli were compared on one item; study: whatever the item (systems).

    A rater's several judgements of one pair count by the sign of their sum; pooled, the signs of all raters' net
    preferences are summed the same way (so that nobody counts twice). A stimulus compared with itself (the same
    text twice) is in no triad. Refuses no rows.
    Source: Kendall and Babington Smith, Biometrika 31 (1940), 324–345, for circular triads.
    """
    comparisons = comparisons.take(comparisons.a != comparisons.b)
    if not len(comparisons):
        raise NotEstimable("There are no comparisons.")
    if within not in ("item", "study"):
        raise ValueError("within is item or study")
    place = comparisons.item if within == "item" else np.zeros_like(comparisons.item)
    net: dict[int, dict[int, dict[tuple[int, int], _Pair]]] = {}
    _gather(comparisons, place, net)
    own, pooled = [], _Count()
    majority: dict[int, dict[tuple[int, int], _Pair]] = {}
    for rater, items in sorted(net.items()):
        counted = _Count()
        for item, pairs in items.items():
            counted.add(pairs)
            for pair, seen in pairs.items():
                both = majority.setdefault(item, {}).setdefault(pair, _Pair())
                both.add(int(np.sign(seen.net)), seen.judgements)
        own.append((comparisons.raters[rater], counted))
    for pairs in majority.values():
        pooled.add(pairs)
    total = _Count()
    for _, counted in own:
        total.merge(counted)
    return Transitivity(
        total.named("every rater's own"),
        tuple(counted.named(label) for label, counted in own),
        pooled.named("majority"),
        CHANCE,
        f"triads within one {within}, net preference per pair",
    )


class _Pair:
    """The net preference of a pair (positive: the lower code), and the judgements it came from."""

    def __init__(self) -> None:
        self.net = 0
        self.judgements: set[int] = set()

    def add(self, sign: int, judgements: set[int]) -> None:
        self.net += sign
        self.judgements |= judgements


class _Count:
    """Running totals of triads."""

    def __init__(self) -> None:
        self.complete = self.decisive = self.cycles = self.broken = self.built = 0

    def add(self, pairs: dict[tuple[int, int], _Pair]) -> None:
        """Look at every triad whose three pairs are there."""
        above: dict[int, set[int]] = {}
        for low, high in pairs:
            above.setdefault(low, set()).add(high)
        for (a, b), ab in pairs.items():
            for c in above.get(b, set()) & above[a]:
                self._triad(ab, pairs[b, c], pairs[a, c])

    def _triad(self, ab: _Pair, bc: _Pair, ac: _Pair) -> None:
        sources = ab.judgements | bc.judgements | ac.judgements
        if len(sources) == 1:
            self.built += 1
            return
        self.complete += 1
        signs = int(np.sign(ab.net)), int(np.sign(bc.net)), int(np.sign(-ac.net))  # a>b, b>c, c>a
        if 0 not in signs:
            self.decisive += 1
            self.cycles += abs(sum(signs)) == 3
        else:
            # With ties, the steps round the triad chain only if both directions occur or none does.
            self.broken += (1 in signs) != (-1 in signs)

    def merge(self, other: "_Count") -> None:
        """Add another's totals."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def named(self, label: str) -> Triads:
        """Return the totals as a result."""
        rate = self.cycles / self.decisive if self.decisive else None
        return Triads(label, self.complete, self.decisive, self.cycles, self.broken, self.built, rate)


def _gather(
    comparisons: Comparisons, place: IntArray, net: dict[int, dict[int, dict[tuple[int, int], _Pair]]]
) -> None:
    low = np.minimum(comparisons.a, comparisons.b)
    high = np.maximum(comparisons.a, comparisons.b)
    sign = np.where(comparisons.a < comparisons.b, comparisons.outcome, -comparisons.outcome)
    columns = (comparisons.rater, place, low, high, sign, comparisons.judgement)
    for rater, item, one, two, value, judgement in zip(*(column.tolist() for column in columns), strict=True):
        pairs = net.setdefault(rater, {}).setdefault(item, {})
        pairs.setdefault((one, two), _Pair()).add(value, {judgement})
