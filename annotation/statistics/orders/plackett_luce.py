"""Plackett–Luce worths from rankings without ties, whole, partial or top-k."""

from collections.abc import Iterator
from typing import Literal

import numpy as np
from scipy.sparse import csr_array

from annotation.statistics.errors import NotEstimable
from annotation.statistics.orders.ballots import Ballots, ballots
from annotation.statistics.orders.clusters import sandwich
from annotation.statistics.orders.worths import Worths, checked_ridge, refuse_unconnected, worths
from annotation.statistics.rows import FloatArray, IntArray, Rankings

Absent = Literal["not_shown", "below"]
_CELLS = 2_000_000  # of a judgements × places block: 16 MB at a time, whatever the number of judgements


def fit_plackett_luce(
    rankings: Rankings,
    *,
    absent: Absent,
    depth: int | None = None,
    cluster: str = "rater",
    ridge: float = 0.0,
    level: float = 0.95,
) -> Worths:
    """Estimate log-worths: at every place the next stimulus is chosen with probability worth / sum of what is left.

    ``absent`` says what a stimulus means that a judgement does not rank, and it changes the numbers:
    ``not_shown`` – it was not a choice (a ranking of a part); ``below`` – it was, and lost to all ranked (top-k).
    ``depth`` reads only the first places (1 = best of N; ties behind them do no harm).
    ``cluster`` (none, judgement, rater, item, both) says whose judgements hang together: the standard
    errors are those of the sandwich, or with ``none`` those of the inverse information. A ``ridge`` λ subtracts
    λ/2 Σ estimate². Refuses ties within the places read (see ``ties``), worths without finite estimate, one cluster.
    Source: Plackett, Applied Statistics 24 (1975), 193–202; Hunter, Annals of Statistics 32 (2004), 384–406.
    """
    data = ballots(rankings)
    order, steps = stages(data, absent=absent, depth=depth)
    above, below = _edges(order, steps)
    refuse_unconnected(data.labels, above, below, ridge=checked_ridge(ridge) > 0)
    theta, value = _climb(order, steps, len(data.labels), ridge)
    _, _, information = _derivatives(theta, order, steps)
    n = len(theta)
    flat = np.full((n, n), 1 / n)
    centre = np.eye(n) - flat
    bread = centre @ np.linalg.inv(information + ridge * np.eye(n) + flat) @ centre
    clusters = data.clusters(cluster)
    covariance = sandwich(bread, _scores(theta, order, steps), clusters) if clusters else bread
    places = "all places" if depth is None else f"the first {depth} place(s)"
    return worths(
        data.labels,
        theta,
        covariance,
        clusters=clusters,
        level=level,
        log_likelihood=value,
        n=len(data),
        method=f"Plackett–Luce, {places}, unranked = {absent}, clusters: {cluster}, ridge {ridge:g}",
    )


def stages(data: Ballots, *, absent: Absent, depth: int | None) -> tuple[IntArray, IntArray]:
    """Return ``(order, steps)``: the alternatives of each judgement, best first, and how many choices count."""
    order, steps = data.order, data.size.copy()
    if absent == "below":
        n = len(data.labels)
        wide = np.full((len(order), n), -1)
        wide[:, : order.shape[1]] = order
        rows, codes = np.nonzero(~_present(order, n))
        first = np.searchsorted(rows, rows)  # where this judgement's unranked stimuli start
        wide[rows, data.size[rows] + np.arange(len(rows)) - first] = codes
        order = wide
    elif absent == "not_shown":
        steps = steps - 1  # the last place is no choice
    else:
        raise ValueError("absent is not_shown or below")
    if depth is not None:
        if depth < 1:
            raise ValueError("the depth counts places from 1")
        steps = np.minimum(steps, depth)
    place = np.arange(data.tier.shape[1] - 1)
    tied = (data.tier[:, 1:] == data.tier[:, :-1]) & (data.tier[:, 1:] >= 0) & (place < steps[:, None])
    if tied.any():
        raise NotEstimable("Some rankings have ties, which Plackett–Luce does not know; use Davidson–Luce.")
    if not steps.any():
        raise NotEstimable("No judgement ranks two stimuli.")
    return order, steps


def _present(order: IntArray, n: int) -> "np.ndarray[tuple[int, int], np.dtype[np.bool_]]":
    seen = np.zeros((len(order), n + 1), dtype=np.bool_)
    np.put_along_axis(seen, order, True, axis=1)  # −1 lands in the spare last column
    return seen[:, :n]


def _edges(order: IntArray, steps: IntArray) -> tuple[IntArray, IntArray]:
    # The chosen one beats its follower, and the last chosen all that are left: the same reachability as all pairs.
    rows, places = np.nonzero((np.arange(order.shape[1] - 1) < steps[:, None] - 1) & (order[:, 1:] >= 0))
    last = np.maximum(steps - 1, 0)
    rest, others = np.nonzero(
        (np.arange(order.shape[1]) > last[:, None]) & (order >= 0) & (steps > 0)[:, None]
    )
    above = np.r_[order[rows, places], order[rest, last[rest]]]
    return above, np.r_[order[rows, places + 1], order[rest, others]]


def _climb(order: IntArray, steps: IntArray, n: int, ridge: float) -> tuple[FloatArray, float]:
    theta = np.zeros(n)
    value, slope, information = _derivatives(theta, order, steps)
    for _ in range(200):
        slope = slope - ridge * theta
        matrix = information + ridge * np.eye(n) + np.full((n, n), 1 / n)
        move = np.linalg.solve(matrix, slope)
        gain = float(slope @ move)
        if gain < 1e-10:
            return theta, value
        size = min(1.0, 2.0 / float(np.abs(move).max()))  # far from the top the curve promises too much
        start = value - ridge / 2 * float(theta @ theta)
        while True:  # the likelihood is concave: a step short enough always gains
            trial = theta + size * move
            trial -= trial.mean()
            value, fresh, information = _derivatives(trial, order, steps)
            if value - ridge / 2 * float(trial @ trial) >= start - 1e-12 * abs(start) or size < 1e-6:
                break
            size /= 2
        theta, slope = trial, fresh
    raise NotEstimable("The worths did not settle within 200 steps.")


def _chunks(order: IntArray) -> Iterator[slice]:
    rows = max(_CELLS // order.shape[1], 1)
    return (slice(at, at + rows) for at in range(0, len(order), rows))


def _weights(theta: FloatArray, order: IntArray, steps: IntArray) -> tuple[FloatArray, FloatArray, float]:
    """Return ``(exp, 1/remaining where a choice counts, log-likelihood)``, both judgements × places."""
    there = order >= 0
    eta = np.where(there, theta[order], -np.inf)
    top = eta.max(axis=1, keepdims=True)
    strength = np.exp(eta - top)
    left = np.cumsum(strength[:, ::-1], axis=1)[:, ::-1]
    counts = np.arange(order.shape[1]) < steps[:, None]
    inverse = np.zeros_like(left)
    inverse[counts] = 1 / left[counts]
    value = float(((eta - top)[counts] - np.log(left[counts])).sum())
    return strength, inverse, value


def _derivatives(theta: FloatArray, order: IntArray, steps: IntArray) -> tuple[float, FloatArray, FloatArray]:
    n = len(theta)
    value, slope, information = 0.0, np.zeros(n), np.zeros((n, n))
    for part in _chunks(order):
        codes, chosen = order[part], steps[part]
        strength, inverse, gained = _weights(theta, codes, chosen)
        value += gained
        expected = strength * np.cumsum(inverse, axis=1)
        there = codes >= 0
        taken = (np.arange(codes.shape[1]) < chosen[:, None]) - expected
        slope += np.bincount(codes[there], taken[there], minlength=n)
        for step in range(int(chosen.max())):
            # Two stimuli meet in every choice up to the one that takes the earlier of them away.
            information -= _products(strength[:, step:] * inverse[:, step, None], codes[:, step:], n)
        information[np.diag_indices(n)] += np.bincount(codes[there], expected[there], minlength=n)
    return value, slope, information


def _products(share: FloatArray, codes: IntArray, n: int) -> FloatArray:
    rows, places = np.nonzero((codes >= 0) & (share > 0))
    at, values = codes[rows, places], share[rows, places]
    if 4 * codes.shape[1] >= n:
        wide = np.zeros((len(codes), n))
        wide[rows, at] = values
        found: FloatArray = wide.T @ wide
        return found
    thin = csr_array((values, (rows, at)), shape=(len(codes), n))
    return np.asarray((thin.T @ thin).toarray(), dtype=np.float64)


def _scores(theta: FloatArray, order: IntArray, steps: IntArray) -> "csr_array":
    strength, inverse, _ = _weights(theta, order, steps)
    taken = (np.arange(order.shape[1]) < steps[:, None]) - strength * np.cumsum(inverse, axis=1)
    rows, places = np.nonzero(order >= 0)
    return csr_array((taken[rows, places], (rows, order[rows, places])), shape=(len(order), len(theta)))
