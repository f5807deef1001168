"""Marginal maximum likelihood: the target's levels are a normal sample, integrated out."""

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from scipy.linalg import block_diag
from scipy.sparse import csr_array, hstack
from scipy.special import logsumexp

from annotation.statistics.errors import NotEstimable
from annotation.statistics.rasch.joint import Solution
from annotation.statistics.rasch.likelihood import Layout, information, moments, probabilities, residuals
from annotation.statistics.rasch.table import Table
from annotation.statistics.rows import FloatArray


class _Model:
    """The marginal likelihood by Gauss–Hermite quadrature; parameters are (mean, sd, free others)."""

    def __init__(self, table: Table, layout: Layout, nodes: int) -> None:
        self.table, self.layout = table, layout
        points, weights = hermegauss(nodes)
        self.points = points
        self.log_weights = np.log(weights / weights.sum())
        n, targets = len(table), len(table.target.labels)
        self.member = csr_array((np.ones(n), (table.target.codes, np.arange(n))), shape=(targets, n))
        self.basis = block_diag(np.eye(2), layout.basis.toarray())

    def beta(self, full: FloatArray, point: float) -> FloatArray:
        """Return target − facets of every rating when all targets stand at ``point`` standard deviations."""
        spread = self.layout.sign @ full[2 : 2 + self.layout.elements]
        found: FloatArray = full[0] + full[1] * point + spread
        return found

    def chance(self, full: FloatArray, point: float) -> FloatArray:
        """Return the category probabilities there."""
        return probabilities(self.beta(full, point), self.layout, self.layout.thresholds(full[2:]))

    def posterior(self, full: FloatArray) -> tuple[FloatArray, float]:
        """Return each target's chances over the nodes (targets × nodes), and the log-likelihood."""
        rows = np.arange(len(self.table))
        log = np.column_stack(
            [
                self.member @ np.log(self.chance(full, point)[rows, self.table.category].clip(1e-300))
                for point in self.points
            ]
        )
        joint = log + self.log_weights
        total = logsumexp(joint, axis=1, keepdims=True)
        return np.exp(joint - total), float(total.sum())

    def derivatives(self, full: FloatArray, posterior: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return slope, complete and observed information in the free parameters (Louis 1982)."""
        n, size = len(self.table), len(full)
        complete, outer = np.zeros((size, size)), np.zeros((size, size))
        average = csr_array((posterior.shape[0], size))
        for place, point in enumerate(self.points):
            lead = csr_array(
                hstack([csr_array(np.column_stack([np.ones(n), np.full(n, point)])), self.layout.sign])
            )
            found = moments(self.chance(full, point))
            weight = posterior[:, place]
            complete += information(found, weight[self.table.target.codes], lead, self.layout)
            scores = self.member @ residuals(self.table.category, found, lead, self.layout)
            weighted = csr_array(scores * weight[:, None])
            outer += (scores.T @ weighted).toarray()
            average = average + weighted
        basis = self.basis
        slope = basis.T @ np.asarray(average.sum(axis=0)).ravel()
        missing = outer - (average.T @ average).toarray()
        return slope, basis.T @ complete @ basis, basis.T @ (complete - missing) @ basis


def solve_marginally(table: Table, layout: Layout, nodes: int = 31) -> Solution:
    """Climb by Newton steps on the observed information, or by the complete one where that is not positive.

    The target's level is its posterior mean, its variance the posterior's. Refuses a spread of nought (the targets
    do not differ) and no convergence.
    Source: Bock and Aitkin, Psychometrika 46 (1981), 443–459; Louis, JRSS B 44 (1982), 226–233.
    """
    model = _Model(table, layout, nodes)
    free = np.zeros(model.basis.shape[1])
    free[1] = 1.0
    full = model.basis @ free
    posterior, value = model.posterior(full)
    for _ in range(300):
        slope, complete, observed = model.derivatives(full, posterior)
        sure = np.linalg.eigvalsh(observed)[0] > 1e-8
        move = np.linalg.solve(observed if sure else complete, slope)
        if sure and float(slope @ move) < 1e-9:
            return _solution(model, full, posterior, np.linalg.inv(observed), value)
        size, before = min(1.0, 1.0 / float(np.abs(move).max())), value
        while True:
            trial = free + size * move
            full = model.basis @ trial
            posterior, value = model.posterior(full)
            if value >= before - 1e-12 * abs(before) or size < 1e-6:
                break
            size /= 2
        free = trial
        if abs(free[1]) < 1e-3:
            break
    raise NotEstimable("The marginal fit did not settle; the targets may not differ at all.")


def _solution(
    model: _Model, full: FloatArray, posterior: FloatArray, inverse: FloatArray, value: float
) -> Solution:
    levels = full[0] + full[1] * model.points
    theta = posterior @ levels
    variance = posterior @ levels**2 - theta**2
    covariance = model.basis @ inverse @ model.basis.T
    sd = abs(float(full[1]))
    return Solution(theta, variance, full[2:], covariance[2:, 2:], value, float(full[0]), sd)
