"""Joint maximum likelihood: every element of every facet, the target's too, is a parameter."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import block_diag
from scipy.sparse import csr_array, hstack

from annotation.statistics.errors import NotEstimable
from annotation.statistics.rasch.likelihood import Layout, information, moments, probabilities, residuals
from annotation.statistics.rasch.table import Table
from annotation.statistics.rows import FloatArray

MOST_PARAMETERS = 3000


@dataclass(frozen=True, eq=False)
class Solution:
    """Target levels and their variances, all other parameters and their covariance, the log-likelihood."""

    theta: FloatArray
    theta_variance: FloatArray
    full: FloatArray
    covariance: FloatArray
    log_likelihood: float
    mean: float | None = None
    sd: float | None = None


def solve_jointly(table: Table, layout: Layout) -> Solution:
    """Climb by Newton steps; refuses more than 3,000 parameters (take the marginal fit) and no convergence."""
    targets, n = len(table.target.labels), len(table)
    if targets + layout.basis.shape[1] > MOST_PARAMETERS:
        raise NotEstimable(
            f"The joint fit would have more than {MOST_PARAMETERS} parameters; use the marginal one."
        )
    member = csr_array((np.ones(n), (np.arange(n), table.target.codes)), shape=(n, targets))
    lead = csr_array(hstack([member, layout.sign]))
    basis = block_diag(np.eye(targets), layout.basis.toarray())
    free = np.zeros(basis.shape[1])

    def at(free: FloatArray) -> tuple[FloatArray, FloatArray, float]:
        full = basis @ free
        beta = lead @ full[: targets + layout.elements]
        chance = probabilities(beta, layout, layout.thresholds(full[targets:]))
        return full, chance, float(np.log(chance[np.arange(n), table.category].clip(1e-300)).sum())

    full, chance, value = at(free)
    for _ in range(200):
        found = moments(chance)
        slope = basis.T @ np.asarray(residuals(table.category, found, lead, layout).sum(axis=0)).ravel()
        matrix = basis.T @ information(found, np.ones(n), lead, layout) @ basis
        try:
            move = np.linalg.solve(matrix, slope)
        except np.linalg.LinAlgError:
            break
        if float(slope @ move) < 1e-10:
            covariance = basis @ np.linalg.inv(matrix) @ basis.T
            variance = np.diag(covariance)[:targets]
            return Solution(full[:targets], variance, full[targets:], covariance[targets:, targets:], value)
        size, before = min(1.0, 1.5 / float(np.abs(move).max())), value
        while True:
            full, chance, value = at(free + size * move)
            if value >= before - 1e-12 * abs(before) or size < 1e-6:
                break
            size /= 2
        free = free + size * move
    raise NotEstimable("The joint fit did not settle: some scores never overlap.")
