"""Davidson–Luce: Plackett–Luce worths from rankings with ties, one δ per size of tie."""

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from scipy.sparse import csr_array, vstack

from annotation.statistics.errors import NotEstimable
from annotation.statistics.orders.ballots import Ballots, ballots
from annotation.statistics.orders.clusters import sandwich
from annotation.statistics.orders.worths import Worths, checked_ridge, refuse_unconnected, worths
from annotation.statistics.rows import FloatArray, IntArray, Rankings

_MOST_SUBSETS = 20_000
_FARTHEST = 25.0  # a log parameter beyond e^25 is on its way to infinity


@dataclass(frozen=True, eq=False)
class _Stages:
    """Choices among equally many alternatives: ``codes`` (choices × m), the subset taken, whose judgement it was.

    ``statistic`` (subsets × m) is 1/t for each of the t members, ``size`` (subsets) points into the tie sizes.
    """

    codes: IntArray
    taken: IntArray
    judgement: IntArray
    statistic: FloatArray
    size: IntArray


def fit_davidson_luce(
    rankings: Rankings, *, cluster: str = "rater", ridge: float = 0.0, level: float = 0.95
) -> Worths:
    """Estimate log-worths and the tie parameters δ_t (δ_1 = 1) from rankings with ties.

    At every place a set T of the stimuli left is taken with weight δ_|T| · (Π worth)^(1/|T|). A stimulus that a
    judgement does not rank was not a choice. Tie sizes that never occur get no δ (their estimate would be 0).
    For pairs this is Davidson's model, without ties Plackett–Luce. ``Worths.ties`` holds δ by size.
    Clusters, ridge and refusals as in ``fit_plackett_luce``; also refuses where only ties occur, and choices among
    so many stimuli that their subsets cannot be listed.
    Source: Turner, van Etten, Firth and Kosmidis, Computational Statistics 35 (2020), 1027–1057.
    """
    data = ballots(rankings)
    refuse_unconnected(data.labels, *_edges(data), ridge=checked_ridge(ridge) > 0)
    sizes = _tie_sizes(data)
    groups = _stages(data, sizes)
    if not groups:
        raise NotEstimable("No judgement ranks two stimuli.")
    n, ties = len(data.labels), len(sizes) - 1
    found, value = _climb(groups, n, ties, ridge)
    bread = _inverse(_derivatives(found, groups, n)[2], n, ridge)
    clusters = data.clusters(cluster)
    covariance = sandwich(bread, _scores(found, groups, n, len(data)), clusters) if clusters else bread
    delta = np.exp(found[n:])
    delta_se = delta * np.sqrt(np.diag(covariance)[n:].clip(0))
    return worths(
        data.labels,
        found[:n],
        covariance[:n, :n],
        clusters=clusters,
        level=level,
        log_likelihood=value,
        n=len(data),
        method=f"Davidson–Luce, unranked = not_shown, clusters: {cluster}, ridge {ridge:g}",
        ties=dict(zip(sizes[1:], delta.tolist(), strict=True)),
        ties_se=dict(zip(sizes[1:], delta_se.tolist(), strict=True)),
    )


def _edges(data: Ballots) -> tuple[IntArray, IntArray]:
    # Neighbours suffice: whoever is above the next is above all below it; a tie goes both ways.
    left, right = data.order[:, :-1], data.order[:, 1:]
    there = right >= 0
    tied = there & (data.tier[:, :-1] == data.tier[:, 1:])
    return np.r_[left[there], right[tied]], np.r_[right[there], left[tied]]


def _tie_sizes(data: Ballots) -> list[int]:
    rows, places = np.nonzero(data.order >= 0)
    tiers = np.unique(rows * data.order.shape[1] + data.tier[rows, places], return_counts=True)[1]
    return sorted({1, *tiers.tolist()})


def _stages(data: Ballots, sizes: list[int]) -> list[_Stages]:
    """Return one group per number of alternatives; a single stimulus left is no choice."""
    # Going down a judgement, a choice starts wherever a tier does; its alternatives are all from there on.
    starts = (data.tier >= 0) & np.diff(data.tier, axis=1, prepend=-1).astype(np.bool_)
    rows, places = np.nonzero(starts)
    left = data.size[rows] - places
    groups = []
    for m in np.unique(left[left > 1]).tolist():
        here = left == m
        subsets = [s for t in sizes if t <= m for s in combinations(range(m), t)] if _few(m, sizes) else []
        judgement, at = rows[here], places[here, None] + np.arange(m)
        codes, tier = data.order[judgement[:, None], at], data.tier[judgement[:, None], at]
        # Alternatives stand with the taken ones first, so a choice of t is the first subset of size t.
        chosen = (tier == tier[:, :1]).sum(axis=1)
        first = {t: sum(comb(m, s) for s in sizes if s < t) for t in sizes}
        statistic = np.zeros((len(subsets), m))
        for place, subset in enumerate(subsets):
            statistic[place, list(subset)] = 1 / len(subset)
        size = np.array([sizes.index(len(subset)) for subset in subsets])
        taken = np.array([first[t] for t in chosen.tolist()])
        groups.append(_Stages(codes, taken, judgement, statistic, size))
    return groups


def _few(m: int, sizes: list[int]) -> bool:
    if sum(comb(m, t) for t in sizes) > _MOST_SUBSETS:
        raise NotEstimable(f"Ties of up to {sizes[-1]} among {m} stimuli have too many possible outcomes.")
    return True


def _outcomes(found: FloatArray, group: _Stages, n: int) -> tuple[FloatArray, float]:
    """Return the probability of every subset (choices × subsets) and the log-likelihood of those taken."""
    log_delta = np.r_[0.0, found[n:]]
    eta = found[group.codes] @ group.statistic.T + log_delta[group.size]
    eta -= eta.max(axis=1, keepdims=True)
    total = np.log(np.exp(eta).sum(axis=1, keepdims=True))
    return np.exp(eta - total), float((eta[np.arange(len(eta)), group.taken] - total[:, 0]).sum())


def _local(group: _Stages, ties: int) -> FloatArray:
    """Return the sufficient statistics of every subset: its members' shares, then which size it has."""
    which = (group.size[:, None] == np.arange(1, ties + 1)).astype(np.float64)
    return np.hstack([group.statistic, which])


def _places(group: _Stages, n: int, ties: int) -> IntArray:
    extra = np.broadcast_to(n + np.arange(ties), (len(group.codes), ties))
    return np.hstack([group.codes, extra])


def _derivatives(found: FloatArray, groups: list[_Stages], n: int) -> tuple[float, FloatArray, FloatArray]:
    # An exponential family: the slope is observed − expected statistics, the information their covariance.
    size = len(found)
    value, slope, information = 0.0, np.zeros(size), np.zeros(size * size)
    for group in groups:
        chance, gained = _outcomes(found, group, n)
        local, at = _local(group, size - n), _places(group, n, size - n)
        value += gained
        expected = chance @ local
        slope += np.bincount(at.ravel(), (local[group.taken] - expected).ravel(), minlength=size)
        width = local.shape[1]
        squares = (local[:, :, None] * local[:, None, :]).reshape(len(local), width * width)
        spread = chance @ squares - (expected[:, :, None] * expected[:, None, :]).reshape(-1, width * width)
        cell = (at[:, :, None] * size + at[:, None, :]).reshape(-1, width * width)
        information += np.bincount(cell.ravel(), spread.ravel(), minlength=size * size)
    return value, slope, information.reshape(size, size)


def _scores(found: FloatArray, groups: list[_Stages], n: int, judgements: int) -> "csr_array":
    parts, owners = [], []
    for group in groups:
        local, at = _local(group, len(found) - n), _places(group, n, len(found) - n)
        rest = local[group.taken] - _outcomes(found, group, n)[0] @ local
        rows = np.repeat(np.arange(len(at)), at.shape[1])
        parts.append(csr_array((rest.ravel(), (rows, at.ravel())), shape=(len(at), len(found))))
        owners.append(group.judgement)
    owner = np.concatenate(owners)
    member = csr_array((np.ones(len(owner)), (owner, np.arange(len(owner)))), shape=(judgements, len(owner)))
    return csr_array(member @ vstack(parts, format="csr"))


def _inverse(information: FloatArray, n: int, ridge: float) -> FloatArray:
    """Return the covariance under Σ log-worth = 0."""
    size = len(information)
    flat = np.zeros((size, size))
    flat[:n, :n] = 1 / n
    hold = np.diag(np.r_[np.full(n, ridge), np.zeros(size - n)])
    centre = np.eye(size) - flat
    found: FloatArray = centre @ np.linalg.inv(information + hold + flat) @ centre
    return found


def _climb(groups: list[_Stages], n: int, ties: int, ridge: float) -> tuple[FloatArray, float]:
    found = np.zeros(n + ties)
    hold = np.r_[np.full(n, ridge), np.zeros(ties)]
    value, slope, information = _derivatives(found, groups, n)
    for _ in range(200):
        slope = slope - hold * found
        matrix = information + np.diag(hold)
        matrix[:n, :n] += 1 / n
        try:
            move = np.linalg.solve(matrix, slope)
        except np.linalg.LinAlgError:
            break
        if np.abs(found).max() > _FARTHEST:
            break
        if float(slope @ move) < 1e-12:
            return found, value
        size = min(1.0, 2.0 / float(np.abs(move).max()))
        start = value - float(hold @ found**2) / 2
        while True:  # the likelihood is concave: a step short enough always gains
            trial = found + size * move
            trial[:n] -= trial[:n].mean()
            value, fresh, information = _derivatives(trial, groups, n)
            if value - float(hold @ trial**2) / 2 >= start - 1e-12 * abs(start) or size < 1e-6:
                break
            size /= 2
        found, slope = trial, fresh
    raise NotEstimable(
        "A tie parameter has no finite estimate: wherever such a tie was possible, it happened."
    )
