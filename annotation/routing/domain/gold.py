"""Gold of a pair: what other people agree on than the one whom routing would ask."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from annotation.routing.domain.cases import Label
from annotation.routing.domain.pairs import Pair
from annotation.routing.domain.table import BoolArray


@dataclass(frozen=True)
class Gold:
    """The pairs with gold: what it is, and what the person said who would be asked."""

    pairs: tuple[Pair, ...]
    gold: tuple[Label, ...]
    human: tuple[Label, ...]
    without_majority: int
    few_people: int

    @property
    def human_right(self) -> BoolArray:
        """Whether the person who would be asked says what gold is."""
        return np.array([said == gold for said, gold in zip(self.human, self.gold, strict=True)])


def rotate(pairs: Sequence[Pair]) -> Gold:
    """Return gold and the human source of every pair, leaving out those without gold.

    Of k people (three or more) number ``i mod k`` of pair ``i`` is the source; gold is what more than half of the
    others say, at least two of them. One person is never both: who is asked twice agrees with themselves.
    Pairs with fewer than three people can have no gold apart from the source, and are counted.
    """
    kept: list[Pair] = []
    gold: list[Label] = []
    human: list[Label] = []
    few = 0
    for number, pair in enumerate(pairs):
        people = len(pair.human)
        if people < 3:
            few += 1
            continue
        source = number % people
        others = Counter(label for place, label in enumerate(pair.human) if place != source)
        label, votes = others.most_common(1)[0]
        if votes >= 2 and 2 * votes > people - 1:
            kept.append(pair)
            gold.append(label)
            human.append(pair.human[source])
    return Gold(tuple(kept), tuple(gold), tuple(human), len(pairs) - len(kept) - few, few)
