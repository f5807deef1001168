"""In which order responses stand: Williams squares across people, and balance within a person."""

import functools
import random
from collections.abc import Sequence
from uuid import UUID

from annotation.protocols.comparison.choosing import Chosen, Served
from annotation.protocols.comparison.screens import Response, Screen
from multivocal.domain.randomisation import williams_square


@functools.cache
def square(n: int) -> tuple[tuple[int, ...], ...]:
    """Return the Williams square of ``n`` responses; row 0 of a pair is the order of the file."""
    return tuple(tuple(row) for row in williams_square(n))


class Balance:
    """What one person's screens look like so far: who stood left of whom, and who stood at which place."""

    def __init__(self) -> None:
        self.pairs: dict[tuple[str, str], int] = {}
        self.overall = 0
        self.places: dict[tuple[str, int], int] = {}

    def cost(self, screen: Screen, row: int) -> tuple[int, int]:
        """Return how unbalanced the person would be with this row; smaller is better."""
        if len(screen.members) == 2:
            pair, side = _sides(screen, row)
            return (abs(self.pairs.get(pair, 0) + side), abs(self.overall + _file_side(row)))
        places = square(len(screen.members))[row]
        return (
            sum(self.places.get((screen.members[m].system, place), 0) for place, m in enumerate(places)),
            0,
        )

    def add(self, screen: Screen, row: int) -> None:
        """Count a screen."""
        if len(screen.members) == 2:
            pair, side = _sides(screen, row)
            self.pairs[pair] = self.pairs.get(pair, 0) + side
            self.overall += _file_side(row)
        for place, member in enumerate(square(len(screen.members))[row]):
            key = (screen.members[member].system, place)
            self.places[key] = self.places.get(key, 0) + 1


def _file_side(row: int) -> int:
    return 1 if row == 0 else -1


def _sides(screen: Screen, row: int) -> tuple[tuple[str, str], int]:
    """Return the pair of systems in a fixed order, and +1 where its first stands on the left."""
    left, right = (screen.members[n].system for n in square(2)[row])
    return ((left, right), 1) if left <= right else ((right, left), -1)


def rows_for(chosen: Sequence[Chosen], served: Served, rng: random.Random, balance: Balance) -> list[int]:
    """Return a row of its square for every chosen screen, in their order.

    Across people each screen's rows are used equally often (to ±1): only the rows used least may be drawn. Among
    those the person's own balance decides, then chance. Screens with one possible row come first, so that the others
    can level them.
    """
    rows: dict[int, int] = {}
    open_rows = {n: _least_used(one.screen, served) for n, one in enumerate(chosen)}
    together: dict[tuple[str, UUID], int] = {}
    for n in sorted(open_rows, key=lambda n: (len(open_rows[n]), rng.random())):
        screen = chosen[n].screen
        alone = (screen.protocol, screen.item.pk)
        if len(screen.members) == 1:
            # The order of an item's responses over several screens is one row for all of them.
            if alone not in together:
                together[alone] = rng.choice(open_rows[n])
            rows[n] = together[alone]
            continue
        best = min(balance.cost(screen, row) for row in open_rows[n])
        rows[n] = rng.choice([row for row in open_rows[n] if balance.cost(screen, row) == best])
        balance.add(screen, rows[n])
    return [rows[n] for n in range(len(chosen))]


def _least_used(screen: Screen, served: Served) -> list[int]:
    n = len(square(_length(screen)))
    used = served.get(screen.identity, {})
    least = min(used.get(row, 0) for row in range(n))
    return [row for row in range(n) if used.get(row, 0) == least]


def _length(screen: Screen) -> int:
    if len(screen.members) > 1:
        return len(screen.members)
    return max(sum(response.role == "system" for response in screen.item.responses), 1)


def ordered(screen: Screen, row: int) -> tuple[Response, ...]:
    """Return a screen's responses as they stand, for its row."""
    return (
        tuple(screen.members[n] for n in square(len(screen.members))[row])
        if len(screen.members) > 1
        else screen.members
    )


def turn_of(screen: Screen, row: int) -> int:
    """Return when a response's own screen comes among those of its item, for the item's row; 0 for the first."""
    systems = [response.pk for response in screen.item.responses if response.role == "system"]
    return square(len(systems))[row].index(systems.index(screen.members[0].pk))
