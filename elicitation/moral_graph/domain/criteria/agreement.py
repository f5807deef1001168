"""How far two partitions of the same things agree."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence


def joined(labels: Iterable[Hashable]) -> int:
    """Return how many pairs of things have the same label."""
    return sum(n * (n - 1) // 2 for n in Counter(labels).values())


def adjusted_rand_index(first: Sequence[Hashable], second: Sequence[Hashable]) -> float:
    """Return 1 where two partitions are the same, about 0 where they agree by chance alone (Hubert and Arabie 1985).

    ``first``, ``second``: the label of each thing, in one order.
    """
    one, other, both = joined(first), joined(second), joined(zip(first, second, strict=True))
    pairs = len(first) * (len(first) - 1) // 2
    # Exact where both join nothing, or everything: then they are the same.
    most, chance = (one + other) * pairs, 2 * one * other
    return 1.0 if most == chance else (2 * both * pairs - chance) / (most - chance)
