"""Which screens a person gets: the least served first, ties by the person's seed, sides that can be balanced."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from annotation.protocols.comparison.screens import Bundle, Screen

Served = Mapping[tuple[object, ...], Mapping[int, int]]
"""Screen identity → row of its square → people who have it."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A screen that was chosen, the block or bundle it came with, and the chance of that at this moment.

    ``probability`` is None where it is not known: see ``_chances``.
    """

    screen: Screen
    bundle: int
    probability: float | None


@dataclass(frozen=True, slots=True, eq=False)
class _Offer:
    bundle: Bundle
    screens: tuple[Screen, ...]
    level: int
    lean: int  # left/right that its forced pairs add to a person's balance
    free: int  # pairs whose sides can still be chosen


def people(served: Served, screen: Screen) -> int:
    """Return how many people have a screen."""
    return sum(served.get(screen.identity, {}).values())


def lean_of(served: Served, screen: Screen) -> tuple[int, int]:
    """Return (forced side, free) of a pair: the side that keeps the pair balanced, 0 where either does.

    +1 puts the first member on the left. What is no pair has neither.
    """
    if len(screen.members) != 2:
        return 0, 0
    rows = served.get(screen.identity, {})
    first, second = rows.get(0, 0), rows.get(1, 0)
    return (0, 1) if first == second else (1 if first < second else -1, 0)


def choose_bundles(
    bundles: Sequence[Bundle],
    served: Served,
    *,
    budget: int,
    per_screen: Callable[[Screen], int | None] | None,
    rng: random.Random,
    allowed: Callable[[Screen], bool] = lambda screen: True,
) -> list[Chosen]:
    """Return at most ``budget`` screens, whole bundles, those with the fewest people first.

    ``per_screen`` gives a screen's wanted number of people (None: no limit); one that has them is left out, also when
    the rest of its bundle is still open. One bundle is given even where it alone is over the budget.
    """
    offers = [offer for bundle in bundles if (offer := _offer(bundle, served, per_screen, allowed))]
    rng.shuffle(offers)
    offers.sort(key=lambda offer: offer.level)  # stable: ties stay shuffled
    taken: list[_Offer] = []
    left = budget
    for offer in offers:
        if len(offer.screens) <= left or not taken:
            taken.append(offer)
            left -= len(offer.screens)
        if left <= 0:
            break
    chances = _chances(taken, offers)
    return [
        Chosen(screen, offer.bundle.number, chances[offer.level])
        for offer in _balanced(taken, offers)
        for screen in offer.screens
    ]


def _chances(taken: list[_Offer], offers: list[_Offer]) -> dict[int, float | None]:
    """Return level → the chance that a bundle of it was taken, None where chance was not all that decided.

    A level that is taken whole is certain. One that is taken in part is a plain draw of k from n if its bundles are
    equally large (else small ones fit where large ones do not) and lean alike (else the person's balance may swap
    them). After a level of unequal bundles even the room left for the next ones hangs on the draw.
    """
    found: dict[int, float | None] = {}
    plain = True
    for level, group in groupby(offers, key=lambda offer: offer.level):
        mates = list(group)
        number = sum(offer.level == level for offer in taken)
        alike = len({offer.lean for offer in mates}) == 1
        if number < len(mates):
            plain = plain and len({len(offer.screens) for offer in mates}) == 1
            found[level] = number / len(mates) if plain and alike else None
        else:
            found[level] = 1.0 if plain else None
    return found


def _offer(
    bundle: Bundle,
    served: Served,
    per_screen: Callable[[Screen], int | None] | None,
    allowed: Callable[[Screen], bool],
) -> _Offer | None:
    screens = tuple(
        screen
        for screen in bundle.screens
        if allowed(screen)
        and (not per_screen or (most := per_screen(screen)) is None or people(served, screen) < most)
    )
    if not screens:
        return None
    leans = [lean_of(served, screen) for screen in screens]
    return _Offer(
        bundle,
        screens,
        min(people(served, screen) for screen in screens),
        sum(lean for lean, _free in leans),
        sum(free for _lean, free in leans),
    )


def _balanced(taken: list[_Offer], offers: list[_Offer]) -> list[_Offer]:
    """Swap bundles of the last, partly taken level until the free pairs can level the forced ones.

    Only within a level, so the least served stay first; what cannot be levelled is left as it is. Every swap makes
    the lean strictly smaller (one that overshoots would be swapped back for ever, with the stage's lock held).
    """
    if not taken:
        return taken
    lean, free = sum(offer.lean for offer in taken), sum(offer.free for offer in taken)
    last = taken[-1].level
    spare = [offer for offer in offers if offer.level == last and offer not in taken]
    while spare and abs(lean) > free + 1:
        swaps = (
            (mine, other)
            for mine in taken
            if mine.level == last and mine.lean * lean > 0
            for other in spare
            if len(other.screens) == len(mine.screens) and abs(lean - mine.lean + other.lean) < abs(lean)
        )
        swap = next(swaps, None)
        if swap is None:
            break
        mine, other = swap
        taken[taken.index(mine)] = other
        spare[spare.index(other)] = mine
        lean, free = lean - mine.lean + other.lean, free - mine.free + other.free
    return taken
