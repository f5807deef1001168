"""Sets for best–worst scaling: no two stimuli meet twice, and everyone stands everywhere equally often."""

from dataclasses import dataclass
from random import Random
from typing import TypeAlias

import numpy as np

from annotation.statistics.errors import NotEstimable
from annotation.statistics.estimate import Estimate
from annotation.statistics.rows import IntArray

_TRIES = 300

Met: TypeAlias = np.ndarray[tuple[int, int], np.dtype[np.bool_]]  # which two stimuli have met (or are one)


@dataclass(frozen=True)
class BestWorstDesign(Estimate):
    """``sets`` in the order of their places on the screen; appearances and places differ by at most one."""

    sets: tuple[tuple[str, ...], ...]
    size: int
    appearances: tuple[int, int]
    most_together: int
    seed: int


def design_sets(labels: tuple[str, ...], *, size: int = 4, count: int, seed: int) -> BestWorstDesign:
    """Draw ``count`` sets of ``size`` stimuli: any two meet at most once, and each stimulus appears equally often
    (± 1) and equally often (± 1) at every place of the screen. 1.5 to 2 sets per stimulus are customary.

    Refuses what cannot be: more pairs than there are, sets wider than the list, equal labels; and what
    300 random tries did not find.
    Source: Kiritchenko and Mohammad, NAACL 2016, 811–817; places by König's edge colouring.
    """
    n = len(labels)
    if len(set(labels)) < n:
        raise NotEstimable("A stimulus is named twice.")
    if not 2 <= size <= n or count < 1:
        raise NotEstimable(f"Sets of {size} cannot be drawn from {n} stimuli.")
    if count * size * (size - 1) > n * (n - 1):
        most = n * (n - 1) // (size * (size - 1))
        raise NotEstimable(f"{n} stimuli give at most {most} sets of {size} in which no two meet twice.")
    rng = Random(seed)
    for _ in range(_TRIES):
        sets = _draw(n, size, count, rng)
        if sets is not None:
            placed = _places(sets, n, size)
            rng.shuffle(placed)
            seen = np.bincount(np.concatenate(placed), minlength=n)
            named = tuple(tuple(labels[code] for code in one) for one in placed)
            return BestWorstDesign(named, size, (int(seen.min()), int(seen.max())), 1, seed)
    raise NotEstimable(f"No {count} such sets of {size} were found in {_TRIES} tries; ask for fewer sets.")


def _draw(n: int, size: int, count: int, rng: Random) -> list[list[int]] | None:
    met = np.eye(n, dtype=np.bool_)
    seen = np.zeros(n, dtype=np.int64)
    sets = _cycles(n, size, count // n, rng, met)
    seen += size * (len(sets) // n)
    while len(sets) < count:
        chosen: list[int] = []
        free = np.ones(n, dtype=np.bool_)
        for _ in range(size):
            if not free.any():
                return None
            least = np.flatnonzero(free & (seen == seen[free].min()))
            chosen.append(int(rng.choice(least.tolist())))
            free &= ~met[chosen[-1]]
        met[np.ix_(chosen, chosen)] = True
        seen[chosen] += 1
        sets.append(chosen)
    return sets if _level(sets, met, seen, rng) else None


def _level(sets: list[list[int]], met: Met, seen: IntArray, rng: Random, steps: int = 400) -> bool:
    """Put rarely seen stimuli in the place of often seen ones until all differ by at most one; say if it worked."""
    for _ in range(steps):
        if seen.max() - seen.min() <= 1:
            return True
        one = rng.choice(sets)
        place = max(range(len(one)), key=lambda at: (seen[one[at]], rng.random()))
        rest = [code for code in one if code != one[place]]
        fits = np.flatnonzero(~met[rest].any(axis=0) & (seen < seen[one[place]]))
        if fits.size:
            new = int(min(fits.tolist(), key=lambda code: (seen[code], rng.random())))
            met[one[place], rest] = met[rest, one[place]] = False
            met[new, rest] = met[rest, new] = True
            seen[one[place]] -= 1
            seen[new] += 1
            one[place] = new
    return False


def _cycles(n: int, size: int, rounds: int, rng: Random, met: Met) -> list[list[int]]:
    """Return whole rounds of n sets: one base set whose differences are all new, turned n times."""
    relabel = rng.sample(range(n), n)
    used: set[int] = set()
    sets: list[list[int]] = []
    for _ in range(rounds):
        base = _base(n, size, used, rng)
        if base is None:
            break  # the greedy draw goes on from here
        sets += [[relabel[(code + turn) % n] for code in base] for turn in range(n)]
    for one in sets:
        met[np.ix_(one, one)] = True
    return sets


def _base(n: int, size: int, used: set[int], rng: Random, tries: int = 200) -> list[int] | None:
    for _ in range(tries):
        base, taken = [0], set(used)
        for code in rng.sample(range(1, n), n - 1):
            steps = [(code - other) % n for other in base] + [(other - code) % n for other in base]
            if len(set(steps)) == len(steps) and taken.isdisjoint(steps):
                base.append(code)
                taken.update(steps)
            if len(base) == size:
                used |= taken
                return base
    return None


def _places(sets: list[list[int]], n: int, size: int) -> list[IntArray]:
    """Order every set so that each stimulus' places differ by at most one.

    Each stimulus is cut into copies of at most ``size`` appearances; colouring the edges (set, copy) with ``size``
    colours so that no colour meets itself gives every copy different places.
    """
    times = [0] * n
    at_set: list[dict[int, tuple[int, int]]] = [{} for _ in sets]  # colour → copy
    at_copy: dict[tuple[int, int], dict[int, int]] = {}  # copy → colour → set
    for number, one in enumerate(sets):
        for code in one:
            copy = (code, times[code] // size)
            times[code] += 1
            taken = at_copy.setdefault(copy, {})
            here = next(c for c in range(size) if c not in at_set[number])
            there = next(c for c in range(size) if c not in taken)
            if here != there:
                _swap(number, here, there, at_set, at_copy)
            # Along the swapped path ``there`` became free at the set as it is at the copy.
            at_set[number][there] = copy
            taken[there] = number
    return [np.array([row[c][0] for c in sorted(row)]) for row in at_set]


def _swap(
    number: int,
    free: int,
    wanted: int,
    at_set: list[dict[int, tuple[int, int]]],
    at_copy: dict[tuple[int, int], dict[int, int]],
) -> None:
    # Walk the path that alternates wanted, free, wanted… from this set, then swap both colours along it.
    edges: list[tuple[int, tuple[int, int], int]] = []
    at, colour = number, wanted
    while colour in at_set[at]:
        copy = at_set[at][colour]
        edges.append((at, copy, colour))
        other = free if colour == wanted else wanted
        if other not in at_copy[copy]:
            break
        at = at_copy[copy][other]
        edges.append((at, copy, other))
    for set_, copy, used in edges:
        if at_set[set_].get(used) == copy:
            del at_set[set_][used]
        if at_copy[copy].get(used) == set_:
            del at_copy[copy][used]
    for set_, copy, used in edges:
        swapped = free if used == wanted else wanted
        at_set[set_][swapped] = copy
        at_copy[copy][swapped] = set_
