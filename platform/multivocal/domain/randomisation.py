"""Random choices that can be repeated: permuted blocks, Williams squares, exposure-balanced draws."""

import hashlib
import hmac
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Up to this many partial orders the chance of being drawn at all is computed exactly; above, it is not known.
_EXACT_STEPS = 60_000


def seeded(secret: str, *parts: object) -> random.Random:
    """Return a generator that depends on ``secret`` and ``parts`` alone, the same on every machine."""
    text = "\x1f".join(str(part) for part in parts)
    return random.Random(hmac.digest(secret.encode(), text.encode(), hashlib.sha256))


def permuted_block(weights: Mapping[str, int], multiple: int, rng: random.Random) -> list[str]:
    """Return one block: each key its weight times ``multiple``, in random order."""
    block = [key for key in sorted(weights) for _ in range(weights[key] * multiple)]
    rng.shuffle(block)
    return block


@dataclass(frozen=True, slots=True)
class Place:
    """What a place of a block holds: the key and its share (the chance before anything was drawn)."""

    key: str
    probability: float
    block: int


def place_in_blocks(
    weights: Mapping[str, int], multiple: int, position: int, secret: str, *parts: object
) -> Place:
    """Return what stands at ``position`` (from 0) of the endless sequence of blocks named by ``parts``.

    Block number b is shuffled by HMAC-SHA256(secret, parts, b), so that nobody without the secret can foresee
    the next arm (allocation concealment) and anybody with it can check every one.
    Positions may be asked for in any order. Raises ValueError for an empty or negative table of weights.
    """
    if any(weight < 0 for weight in weights.values()) or not (total := sum(weights.values())):
        raise ValueError("permuted blocks need at least one positive weight")
    block, place = divmod(position, total * multiple)
    key = permuted_block(weights, multiple, seeded(secret, *parts, block))[place]
    return Place(key, weights[key] / total, block)


def williams_square(n: int) -> list[list[int]]:
    """Return orders of ``n`` conditions: each stands equally often at every place and after every other.

    An even ``n`` takes n orders, an odd one 2n (the second half mirrors the first).
    Method: Williams, Australian Journal of Scientific Research A 2 (1949), 149–168.
    """
    if n < 1:
        raise ValueError("a Williams square needs at least one condition")
    first = [0]
    for step in range(1, n):
        first.append((n - (step // 2)) % n if step % 2 == 0 else (step + 1) // 2)
    square = [[(condition + shift) % n for condition in first] for shift in range(n)]
    return square if n % 2 == 0 or n == 1 else square + [row[::-1] for row in square]


@dataclass(frozen=True, slots=True)
class Draw:
    """One drawn thing: its index, the chance of this draw at its step, and of being among all the draws.

    ``inclusion`` is None where there are too many orders to sum over.
    """

    index: int
    probability: float
    inclusion: float | None


def tilted(weights: Sequence[float], exposures: Sequence[int]) -> list[float]:
    """Return the shares of a draw: weight ÷ (1 + lead)², lead = showings ahead of the least shown.

    Showings are compared per unit of (mean-one) weight: a model with double weight is shown twice as often.
    Every positive weight keeps a positive share: nothing becomes certain, so draws can be weighted back.
    """
    if len(weights) != len(exposures):
        raise ValueError("weights and exposures differ in length")
    if any(weight < 0 for weight in weights) or any(count < 0 for count in exposures):
        raise ValueError("weights and exposures are not negative")
    wanted = [index for index, weight in enumerate(weights) if weight > 0]
    if not wanted:
        raise ValueError("a draw needs at least one positive weight")
    mean = sum(weights) / len(wanted)
    shown = {index: exposures[index] * mean / weights[index] for index in wanted}
    least = min(shown.values())
    raw = [weights[i] / (1 + shown[i] - least) ** 2 if i in shown else 0.0 for i in range(len(weights))]
    total = sum(raw)
    return [share / total for share in raw]


def exposure_balanced_draw(
    weights: Sequence[float], exposures: Sequence[int], k: int, rng: random.Random
) -> list[Draw]:
    """Draw ``k`` indices without replacement, one after another, the least shown ones more likely.

    Each step draws from what is left in proportion to ``tilted`` shares. ``probability`` is the chance of
    that index at its step, given the steps before; ``inclusion`` is the exact chance of being drawn at any
    of the k steps, which is what inverse-probability weights need.
    Raises ValueError where fewer than ``k`` indices have a positive weight.
    """
    shares = tilted(weights, exposures)
    left = {index: share for index, share in enumerate(shares) if share > 0}
    if not 1 <= k <= len(left):
        raise ValueError(f"cannot draw {k} of {len(left)}")
    inclusion = inclusion_probabilities(shares, k)
    drawn = []
    for _ in range(k):
        total = sum(left.values())
        point = rng.random() * total
        index = next(iter(left))
        for index, share in left.items():  # noqa: B007 - the index where the walk stops is the draw
            point -= share
            if point < 0:
                break
        probability = left.pop(index) / total
        drawn.append(Draw(index, probability, inclusion[index] if inclusion else None))
    return drawn


def inclusion_probabilities(shares: Sequence[float], k: int) -> list[float] | None:
    """Return each index's exact chance to be among ``k`` sequential draws; None when it would take too long.

    Sums over the sets that can stand after each step (not over the orders: n choose k, not n!/(n−k)!).
    Equal shares and k = 1 need no sum.
    """
    positive = [index for index, share in enumerate(shares) if share > 0]
    n, total = len(positive), sum(shares)
    if k >= n:
        return [1.0 if share > 0 else 0.0 for share in shares]
    if k == 1:
        return [share / total for share in shares]
    if max(shares) - min(shares[i] for i in positive) < 1e-12 * total:
        return [k / n if share > 0 else 0.0 for share in shares]
    if _steps(n, k) > _EXACT_STEPS:
        return None
    # set of drawn indices (a bit mask) → (its chance, the share that is left)
    sets: dict[int, tuple[float, float]] = {0: (1.0, total)}
    found = [0.0] * len(shares)
    for step_number in range(1, k + 1):
        following: dict[int, tuple[float, float]] = {}
        for mask, (chance, left) in sets.items():
            for index in positive:
                bit = 1 << index
                if mask & bit:
                    continue
                step = chance * shares[index] / left
                found[index] += step
                if step_number == k:
                    continue
                known = following.get(mask | bit)
                following[mask | bit] = (step + known[0], known[1]) if known else (step, left - shares[index])
        sets = following
    return found


def _steps(n: int, k: int) -> int:
    sets, steps = 1, 0
    for step in range(k):
        steps += sets * (n - step)
        sets = sets * (n - step) // (step + 1)
    return steps
