"""The order that explains ratings and rankings best, found by branch and bound."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from math import exp, expm1, inf, log

import numpy as np
from scipy.optimize import brentq
from scipy.special import xlogy

from annotation.statistics.rows import FloatArray, IntArray

_SAME = 1e-9


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the likelihood needs: ``bad`` points of ``points`` possible per stimulus (the more the worse),
    ``over[a, b]`` rankings that put a over b, and ``depths``: how many stimuli each ranking ranks.
    """

    bad: FloatArray
    points: FloatArray
    over: IntArray
    depths: IntArray

    @property
    def size(self) -> int:
        """The number of stimuli."""
        return len(self.bad)


@dataclass(frozen=True)
class Consensus:
    """The best order found, its cost (−log-likelihood without constants), and whether no other is as good."""

    order: tuple[int, ...]
    cost: float
    exact: bool
    unique: bool


def log_normaliser(theta: float, size: int, depths: IntArray) -> float:
    """Return Σ log ψ(θ) of Mallows' model over rankings of ``depths`` of ``size`` stimuli (θ > 0)."""
    steps = enumerate(_reach(size, depths))
    return float(sum(n * log(expm1(-theta * (size - r)) / expm1(-theta)) for r, n in steps))


def expected_distance(theta: float, size: int, depths: IntArray) -> float:
    """Return the expected total Kendall distance from the consensus at concentration θ > 0."""

    def mean(width: int) -> float:  # of a truncated geometric on 0 … width − 1
        return exp(-theta) / -expm1(-theta) - width * exp(-theta * width) / -expm1(-theta * width)

    return float(sum(n * mean(size - r) for r, n in enumerate(_reach(size, depths))))


def concentration(distance: float, size: int, depths: IntArray) -> float:
    """Return the θ ≥ 0 most likely at a total distance; infinite where every ranking is the consensus."""
    small, large = 1e-6, 200.0
    if distance <= 0:
        return inf
    if distance >= expected_distance(small, size, depths):
        return 0.0
    if distance <= expected_distance(large, size, depths):
        return large
    gap = lambda theta: expected_distance(theta, size, depths) - distance  # noqa: E731
    return float(brentq(gap, small, large, xtol=1e-12))


def rankings_cost(distance: float, size: int, depths: IntArray) -> float:
    """Return −log-likelihood of the rankings at the best θ."""
    theta = concentration(distance, size, depths)
    if theta == inf:
        return 0.0
    if theta == 0.0:
        return float(sum(n * log(size - r) for r, n in enumerate(_reach(size, depths))))
    return theta * distance + log_normaliser(theta, size, depths)


def pooled(
    evidence: Evidence, chain: Sequence[int], rest: Sequence[int] = ()
) -> list[tuple[float, float, list[int]]]:
    """Return blocks (bad, points, members) of the most likely ratings that rise along ``chain`` and whose
    ``rest`` may be anything not below its end: pool adjacent violators, then those of the rest that violate.
    """
    blocks: list[tuple[float, float, list[int]]] = []
    for code in chain:
        blocks.append((float(evidence.bad[code]), float(evidence.points[code]), [code]))
        _settle(blocks)
    means = evidence.bad / evidence.points
    free = sorted(rest, key=lambda code: float(means[code]))
    for place, code in enumerate(free):
        if not blocks or means[code] >= blocks[-1][0] / blocks[-1][1]:
            return blocks + [(float(evidence.bad[c]), float(evidence.points[c]), [c]) for c in free[place:]]
        bad, points, members = blocks[-1]
        blocks[-1] = (
            bad + float(evidence.bad[code]),
            points + float(evidence.points[code]),
            [*members, code],
        )
        _settle(blocks)
    return blocks


def find_consensus(evidence: Evidence, *, most_nodes: int = 20_000) -> Consensus:
    """Search orders from the top by best-first branch and bound; exact unless ``most_nodes`` are opened.

    The bound of a beginning: its own disagreements plus the lesser side of every open pair, and the ratings under
    the constraints the beginning sets. After ``most_nodes`` the best beginning is finished greedily (``exact`` False).
    Source: Pearce and Erosheva, Journal of Machine Learning Research 23 (2022), A* tree search.
    """
    size = evidence.size
    lesser = np.minimum(evidence.over, evidence.over.T)
    against = evidence.over.T  # [a, b]: rankings that put b over a

    @cache
    def ranked(distance: int) -> float:
        return rankings_cost(distance, size, evidence.depths)

    def bound(chain: tuple[int, ...], fixed: int) -> float:
        rest = [code for code in range(size) if code not in chain]
        open_pairs = int(lesser[np.ix_(rest, rest)].sum()) // 2
        return ranked(fixed + open_pairs) + _ratings_cost(pooled(evidence, chain, rest))

    number = count()
    heap = [_Node(bound((), 0), 0, next(number), (), 0)]
    best: Consensus | None = None
    opened = 0
    while heap:
        node = heapq.heappop(heap)
        if best is not None and node.cost > best.cost + _SAME:
            break
        if len(node.chain) == size:
            if best is not None:
                return Consensus(best.order, best.cost, True, False)
            best = Consensus(node.chain, node.cost, True, True)
            continue
        opened += 1
        if opened > most_nodes:
            if best is not None:
                return Consensus(best.order, best.cost, True, False)
            heap = []  # from here on only this beginning is followed
        children = []
        for code in range(size):
            if code in node.chain:
                continue
            rest = [other for other in range(size) if other != code and other not in node.chain]
            fixed = node.fixed + int(against[code, rest].sum())
            chain = (*node.chain, code)
            # A child is never cheaper than its beginning; rounding must not say so either.
            cost = max(bound(chain, fixed), node.cost)
            children.append(_Node(cost, -len(chain), next(number), chain, fixed))
        for child in [min(children)] if opened > most_nodes else children:
            heapq.heappush(heap, child)
        if opened > most_nodes and len(node.chain) == size - 1:
            return Consensus(children[0].chain, children[0].cost, False, False)
    assert best is not None
    return best


@dataclass(frozen=True, order=True)
class _Node:
    cost: float
    depth: int  # negative, so that of equal costs the longest beginning is opened first
    number: int
    chain: tuple[int, ...] = field(compare=False)
    fixed: int = field(compare=False)


def _reach(size: int, depths: IntArray) -> list[int]:
    """Return how many rankings rank more than 0, 1, … stimuli."""
    reach: list[int] = (len(depths) - np.cumsum(np.bincount(depths, minlength=size)))[:size].tolist()
    return reach


def _settle(blocks: list[tuple[float, float, list[int]]]) -> None:
    while len(blocks) > 1 and blocks[-2][0] * blocks[-1][1] > blocks[-1][0] * blocks[-2][1]:
        (bad, points, members), (more_bad, more_points, more) = blocks[-2:]
        blocks[-2:] = [(bad + more_bad, points + more_points, members + more)]


def _ratings_cost(blocks: list[tuple[float, float, list[int]]]) -> float:
    bad, points = np.array([b[0] for b in blocks]), np.array([b[1] for b in blocks])
    return float(-(xlogy(bad, bad / points) + xlogy(points - bad, 1 - bad / points)).sum())
