"""Where the values of a graph stand: wiser ones higher, linked ones near each other, none on top of another."""

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.float64]
FEW = 300
"""Up to here everything pushes everything; beyond, each value is pushed by a sample, renewed every round."""

SAMPLE = 24
ROUNDS = 160
MANY_ROUNDS = 60
BOX = np.array([176.0, 74.0])
"""Room for a value and its name, in pixels; where there are many, names come only when one looks closer."""

SMALL_BOX = np.array([64.0, 52.0])


def place(order: NDArray[np.float64], pairs: NDArray[np.int64], weight: NDArray[np.float64]) -> Places:
    """Return the places in pixels, y downwards, shape (values, 2); the same graph has the same places.

    ``order``: from 0 (first) to 1 (last), per value; ``pairs``: linked values as indices, shape (links, 2);
    ``weight``: how strongly each link pulls. Forces after Fruchterman and Reingold (1991); height also follows order.
    """
    count = len(order)
    if count == 0:
        return np.zeros((0, 2))
    random = np.random.default_rng(count)
    box = BOX if count <= FEW else SMALL_BOX
    unit = float(np.sqrt(box.prod()))
    rounds, room = (ROUNDS, 1.42) if count <= FEW else (MANY_ROUNDS, 1.75)
    wide, high = 0.95 * room * np.sqrt(count), 1.05 * room * np.sqrt(count)
    aim = np.asarray(order) * high
    # Neighbours in order start far apart: the golden ratio spreads them evenly.
    at = np.stack([(np.arange(count) * 0.618034 + 0.25) % 1 * wide, aim], axis=1)
    for step in range(rounds if count > 1 else 0):
        move = _apart(at, random)
        way = at[pairs[:, 1]] - at[pairs[:, 0]]
        length = np.linalg.norm(way, axis=1, keepdims=True)
        pull = way * length * 0.12 * weight[:, None]
        for column in (0, 1):
            move[:, column] += np.bincount(pairs[:, 0], pull[:, column], count)
            move[:, column] -= np.bincount(pairs[:, 1], pull[:, column], count)
        move[:, 1] += (aim - at[:, 1]) * 1.6
        outside = np.maximum(0.0, np.abs(at[:, 0] - wide / 2) - wide / 2)
        move[:, 0] += (wide / 2 - at[:, 0]) * 0.06 - np.sign(at[:, 0] - wide / 2) * outside * 2
        size = np.maximum(np.linalg.norm(move, axis=1, keepdims=True), 1e-9)
        at += move / size * np.minimum(size, 0.35 * (1 - step / rounds) + 0.01)
    if count > FEW:
        # A few without links would stand far away and make all others small: most of a place is its turn in line.
        turn = at.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable") / (count - 1)
        at = 0.25 * np.clip(at, 0, [wide, high]) + 0.75 * turn * [wide, high]
    return _without_overlaps(at * unit, box, 80 if count <= FEW else 20)


def _apart(at: Places, random: np.random.Generator) -> Places:
    """Return how each value is pushed by the others (or by a sample of them, as strongly)."""
    count = len(at)
    if count <= FEW:
        way = at[:, None] - at[None]
        share = 1.0
    else:
        way = at[:, None] - at[random.integers(0, count, (count, SAMPLE))]
        share = count / SAMPLE
    distance = np.maximum((way**2).sum(axis=2), 1e-3)
    # Nobody far away pushes: a large graph would fly apart.
    force = np.where(distance < 30, 0.5 / distance, 0.0)
    return np.asarray((way * force[:, :, None]).sum(axis=1) * min(share, 8.0))


def _close(at: Places) -> NDArray[np.int64]:
    """Return the pairs that are less than 1 apart on both sides, shape (2, pairs), in order."""
    line = at[:, 0].argsort(kind="stable")
    x, y = at[line].T
    found = [np.zeros((2, 0), dtype=np.int64)]
    for far in range(1, len(at)):
        beside = x[far:] - x[:-far] < 1.0
        if not beside.any():
            break
        near = np.flatnonzero(beside & (np.abs(y[far:] - y[:-far]) < 1.0))
        found.append(np.sort(np.stack([line[near], line[near + far]]), axis=0))
    pairs = np.concatenate(found, axis=1)
    return pairs[:, np.lexsort(pairs[::-1])]


def _without_overlaps(at: Places, box: NDArray[np.float64], rounds: int) -> Places:
    """Push apart what overlaps, along the side on which least is needed."""
    at = at.copy()
    for _round in range(rounds):
        first, second = _close(at / box)
        if not len(first):
            break
        way = at[second] - at[first]
        need = box - np.abs(way)
        sideways = need[:, 0] / box[0] <= need[:, 1] / box[1] + 0.25
        push = np.zeros_like(way)
        sign = np.where(way >= 0, 1.0, -1.0)
        push[sideways, 0] = (need * sign)[sideways, 0]
        push[~sideways, 1] = (need * sign)[~sideways, 1]
        for column in (0, 1):
            moved = np.bincount(second, push[:, column], len(at)) - np.bincount(
                first, push[:, column], len(at)
            )
            at[:, column] += np.clip(0.35 * moved, -box[column], box[column])
    return np.round(at - at.min(axis=0), 1)
