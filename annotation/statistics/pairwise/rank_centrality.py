"""Rank centrality: a walk that goes from each system to those that beat it comes to rest on the worths."""

import numpy as np
from scipy.sparse import csr_matrix
from scipy.stats import t

from annotation.statistics.errors import NotEstimable
from annotation.statistics.pairwise import covariance as clustered
from annotation.statistics.pairwise.connectedness import require_connected
from annotation.statistics.pairwise.counts import Counts, Table, matrices, table_of, tabulate
from annotation.statistics.pairwise.covariance import Cluster, Clusters
from annotation.statistics.pairwise.estimate import Estimate
from annotation.statistics.pairwise.ranks import rank_bounds, ranks
from annotation.statistics.rows import Comparisons, FloatArray


def rank_centrality(
    comparisons: Comparisons, *, cluster: Cluster = "both", pseudo: float = 0.0, level: float = 0.95
) -> Estimate:
    """Return log-worths by rank centrality (Negahban, Oh and Shah 2017) with clustered intervals; ties are half wins.

    The walk steps from i to j at the rate at which j beat i in *their own* comparisons, ``w_ji / (w_ij + w_ji)``, and
    rests where Bradley–Terry's π are, if that model holds. Two things go wrong elsewhere. PRISM's released code
    divides a pair's wins by the comparisons of another pair (it adds an upper and a lower triangle, which NumPy lists
    in different orders: from four systems on, the two shares of a pair no longer sum to 1). And a row divided by its
    own system's number of opponents, not by one number for all, multiplies π by that number wherever not all systems
    met. Here pairs that never met have rate 0, and time runs on: nothing is divided by opponents at all.

    ``pseudo`` is added to both counts of *every* pair, also of those that never met, and is then told as the prior.
    Unlike Bradley–Terry a pair met once weighs as much as one met a thousand times: use it as a second opinion.
    Intervals are by linearisation. Refuses as ``bradley_terry`` does.
    """
    table = tabulate(comparisons)
    _require_linked(table, pseudo)
    return _estimated(table, clustered.clusters_of(comparisons, cluster), pseudo, level, ())


def rank_centrality_from_counts(counts: Counts, *, pseudo: float = 0.0, level: float = 0.95) -> Estimate:
    """Return rank centrality of count matrices; intervals take every comparison as independent."""
    notes = ("Counts do not say who judged: the intervals take every comparison as independent.",)
    table = table_of(counts)
    _require_linked(table, pseudo)
    return _estimated(table, Clusters((), {}), pseudo, level, notes)


def resting(halves: FloatArray, pseudo: float = 0.0) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return (π, shares, met) of a matrix of wins with ties as halves.

    ``shares[i, j]`` is how much of the comparisons of i and j went to j, 0 where they never met; ``met[i, j]`` how
    many there are. π solves π·Q = 0 for the rates Q, and sums to 1; every step of the elimination adds and divides
    positive numbers only, so small worths keep their digits (Grassmann, Taksar and Heyman 1985).
    """
    wins = halves + pseudo * (1 - np.eye(len(halves)))
    met = wins + wins.T
    shares = np.divide(wins.T, met, out=np.zeros_like(wins), where=met > 0)
    rates = shares.copy()
    size = len(rates)
    for last in range(size - 1, 0, -1):
        rates[:last, last] /= rates[last, :last].sum()
        rates[:last, :last] += np.outer(rates[:last, last], rates[last, :last])
    pi = np.zeros(size)
    pi[0] = 1.0
    for place in range(1, size):
        pi[place] = pi[:place] @ rates[:place, place]
    return pi / pi.sum(), shares, met


def _require_linked(table: Table, pseudo: float) -> None:
    if not (np.isfinite(pseudo) and pseudo >= 0):
        raise ValueError("a pseudo-count is a number from 0")
    if not pseudo:
        require_connected(matrices(table))


def _estimated(
    table: Table, clusters: Clusters, pseudo: float, level: float, notes: tuple[str, ...]
) -> Estimate:
    if not 0 < level < 1:
        raise ValueError("a level is between 0 and 1")
    pi, shares, met = resting(matrices(table).halves, pseudo)
    if not (pi > 0).all():
        raise NotEstimable(
            "A worth is too small to be told from 0; the comparisons hardly connect the systems."
        )
    pulls = _pulls(table, pi, shares, met)
    if clusters.parts:
        spread = clustered.sandwich(np.eye(len(pi)), clustered.meat(clusters, table.cell, pulls), len(pi))
    else:
        spread = np.asarray((pulls.T @ pulls.multiply(table.weight[:, None]).tocsr()).toarray())
    worth = np.log(pi)
    worth -= worth.mean()
    se = np.sqrt(np.diag(spread))
    tail, k = (1 - level) / 2, len(pi)
    half = float(t.ppf(1 - tail, clusters.degrees)) * se
    corrected = float(t.ppf(1 - tail / max(k - 1, 1), clusters.degrees))
    rank_low, rank_high = rank_bounds(worth, spread, corrected)
    return Estimate(
        method="rank_centrality", labels=table.labels, worth=worth, se=se, low=worth - half, high=worth + half,
        covariance=spread, rank=ranks(worth), rank_low=rank_low, rank_high=rank_high, n=table.n,
        interval=f"linearised, {clustered.independent(clusters)}", level=level, clusters=clusters.counted,
        degrees=clusters.degrees, prior=f"{pseudo:g} wins of each against each" if pseudo else "",
        absent=table.absent, notes=(*clustered.warnings(clusters), *notes),
    )  # fmt: skip


def _pulls(table: Table, pi: FloatArray, shares: FloatArray, met: FloatArray) -> csr_matrix:
    """Return (cells × systems): how one comparison of each cell moves the log-worths.

    One more comparison of a and b that gave y to a moves a's share by ``(y − share) / met``. Taking rate from
    "a to b" and giving it to "b to a" moves π by ``(π_a + π_b)·(e_a − e_b)`` times the inverse of the rates on what
    sums to 0 (the derivative of a resting distribution, Golub and Meyer 1986).
    """
    size = len(pi)
    rates = shares - np.diag(shares.sum(axis=1))
    # dπ·Q = −π·dQ with Σ dπ = 0; adding π's outer product makes Q regular and changes nothing on that subspace.
    inverse = np.linalg.inv(np.outer(np.ones(size), pi) - rates)
    y = (1 + table.signs) / 2
    residual = (y - shares[table.b, table.a]) / met[table.a, table.b]
    # −π·dQ for a unit more to a: π_b flows from b to a, and π_a no longer from a to b.
    flow = residual * (pi[table.a] + pi[table.b])
    moved = flow[:, None] * (inverse[table.a] - inverse[table.b]) / pi
    return csr_matrix(moved - moved.mean(axis=1, keepdims=True))
