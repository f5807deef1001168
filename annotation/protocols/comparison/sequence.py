"""The order of one person's screens: blocks, chance inside, one prompt apart, checks and repeats between."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from annotation.protocols.comparison.orders import turn_of
from annotation.protocols.comparison.screens import Screen

Role = Literal["main", "repeat", "practice", "gold", "attention"]


@dataclass(eq=False)
class Placed:
    """A screen at its place in a person's sequence; ``original`` is what a repeat repeats."""

    screen: Screen
    role: Role
    row: int
    probability: float | None = None
    block: int | None = None
    original: "Placed | None" = None


def in_order(main: Sequence[Placed], rng: random.Random, *, blocked: bool, apart: bool) -> list[Placed]:
    """Return the main screens of one protocol in a random order: blocks after one another, items mixed inside.

    Screens of one item, a response each, follow their item's row of the square: ``apart`` in rounds (all items
    once before any item again), else in a row.
    """
    blocks: dict[int | None, list[Placed]] = {}
    for placed in main:
        blocks.setdefault(placed.block if blocked else None, []).append(placed)
    names = list(blocks)
    rng.shuffle(names)
    found: list[Placed] = []
    for name in names:
        found.extend(_inside(blocks[name], rng, apart))
    return found


def _inside(main: list[Placed], rng: random.Random, apart: bool) -> list[Placed]:
    singles = {
        id(placed): turn_of(placed.screen, placed.row) for placed in main if len(placed.screen.members) == 1
    }
    items = list({placed.screen.item.pk: None for placed in main})
    rng.shuffle(items)
    place = {pk: n for n, pk in enumerate(items)}
    jitter = {id(placed): rng.random() for placed in main}

    def key(placed: Placed) -> tuple[float, ...]:
        turn = singles.get(id(placed))
        if turn is None:
            return (0, jitter[id(placed)], 0)  # pairs and lists: mixed freely
        return (turn, place[placed.screen.item.pk], 0) if apart else (0, place[placed.screen.item.pk], turn)

    return sorted(main, key=key)


def with_repeats(
    main: Sequence[Placed], share: float, gap: int, rng: random.Random, row_of: Callable[[Placed], int]
) -> list[Placed]:
    """Return the sequence with ``share`` of its screens shown again, each at least ``gap`` screens after the first.

    ``row_of`` gives the row of the repeat (sides swapped). What cannot keep its distance is not repeated.
    """
    length = len(main)
    wanted = min(round(share * length), max(length - gap + 1, 0))
    found = list(main)
    for n in sorted(rng.sample(range(length - gap + 1), wanted)) if wanted else ():
        original = main[n]
        # Everything inserted before or after only moves the two further apart.
        earliest = found.index(original) + gap
        again = Placed(original.screen, "repeat", row_of(original), block=original.block, original=original)
        found.insert(rng.randint(earliest, len(found)), again)
    return found


def with_checks(screens: Sequence[Placed], checks: Sequence[Placed], rng: random.Random) -> list[Placed]:
    """Return the sequence with gold and attention screens spread over it, none first and none last where avoidable."""
    found = list(screens)
    for n, check in enumerate(checks):
        # One per stretch of the sequence, at a random place of it.
        low = len(found) * n // len(checks)
        high = max(len(found) * (n + 1) // len(checks) - 1, low)
        found.insert(min(max(rng.randint(low, high), min(1, len(found))), max(len(found) - 1, 0)), check)
    return found


def swapped_row(placed: Placed) -> int:
    """Return the row that shows a screen's responses the other way round, where its square has one."""
    from annotation.protocols.comparison.orders import square

    n = len(placed.screen.members)
    if n < 2:
        return placed.row
    rows = square(n)
    other = rows[placed.row][::-1]
    return rows.index(other) if other in rows else (placed.row + 1) % len(rows)
