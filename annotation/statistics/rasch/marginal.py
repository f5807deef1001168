"""Marginal maximum likelihood: the target's levels are a normal sample, integrated out."""

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from scipy.linalg import block_diag
from scipy.sparse import csr_array
from scipy.special import logsumexp

from annotation.statistics.errors import NotEstimable
from annotation.statistics.rasch.joint import Solution
from annotation.statistics.rasch.likelihood import Layout, Moments, information, moments, probabilities
from annotation.statistics.rasch.table import Table
from annotation.statistics.rows import FloatArray

_NODES = (31, 61, 121)
_WIDEST = 30.0  # logits: what lies beyond is on its way to infinity


class _Model:
    """The marginal likelihood by Gauss–Hermite quadrature; parameters are (mean, sd, free others)."""

    def __init__(self, table: Table, layout: Layout, nodes: int) -> None:
        self.table, self.layout = table, layout
        points, weights = hermegauss(nodes)
        self.points = points
        self.log_weights = np.log(weights / weights.sum())
        n, targets = len(table), len(table.target.labels)
        self.member = csr_array((np.ones(n), (table.target.codes, np.arange(n))), shape=(targets, n))
        facets = [facet.codes for facet in table.facets]
        starts = np.cumsum([0, *(len(facet.labels) for facet in table.facets)])[:-1]
        widest = layout.widest
        own = layout.elements + table.group.codes[:, None] * widest + np.arange(widest)
        self.columns = np.column_stack([*(c + start for c, start in zip(facets, starts, strict=True)), own])
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

    def derivatives(
        self, full: FloatArray, posterior: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return slope, complete and observed information in the free parameters (Louis 1982)."""
        size, targets = len(full), len(posterior)
        outer = np.zeros((size, size))
        average = np.zeros((targets, 2)), csr_array((targets, size - 2))
        spread = _Sums()
        for place, point in enumerate(self.points):
            found = moments(self.chance(full, point))
            weight = posterior[:, place]
            spread.add(found, weight[self.table.target.codes], point)
            left = self.table.category - found.mean
            lead = np.outer(self.member @ left, [1.0, point])
            rest = csr_array(self.member @ self._residuals(left, found))
            weighted = csr_array(rest * weight[:, None])
            cross = weighted.T @ lead
            outer[:2, :2] += lead.T @ (lead * weight[:, None])
            outer[2:, :2] += cross
            outer[:2, 2:] += cross.T
            outer[2:, 2:] += (rest.T @ weighted).toarray()
            average = average[0] + lead * weight[:, None], average[1] + weighted
        ahead, behind = average
        slope = np.r_[ahead.sum(axis=0), np.asarray(behind.sum(axis=0)).ravel()]
        cross = behind.T @ ahead
        outer -= np.block([[ahead.T @ ahead, cross.T], [cross, (behind.T @ behind).toarray()]])
        complete = spread.assembled(self.layout)
        basis = self.basis
        return basis.T @ slope, basis.T @ complete @ basis, basis.T @ (complete - outer) @ basis

    def _residuals(self, left: FloatArray, found: Moments) -> "csr_array":
        # The pattern (one entry per facet, one per threshold of the rating's group) never changes, only the numbers.
        steps = found.passed - (self.table.category[:, None] > np.arange(self.layout.widest))
        numbers = np.hstack(
            [np.repeat(-left[:, None], self.columns.shape[1] - steps.shape[1], axis=1), steps]
        )
        starts = np.arange(len(left) + 1) * self.columns.shape[1]
        shape = (len(left), self.layout.elements + steps.shape[1] * len(self.layout.steps))
        return csr_array((numbers.ravel(), self.columns.ravel(), starts), shape=shape)


class _Sums:
    """The posterior sums over the nodes that the complete information needs."""

    def __init__(self) -> None:
        self.variance: list[FloatArray] = []  # Σ w V z^0, z^1, z^2 per rating
        self.with_steps: list[FloatArray] = []  # Σ w Cov(k, steps) z^0, z^1
        self.steps: FloatArray = np.zeros(0)

    def add(self, found: Moments, weight: FloatArray, point: float) -> None:
        """Add a node's moments with the ratings' ``weight`` there."""
        if not self.variance:
            self.variance = [np.zeros(len(weight)) for _ in range(3)]
            self.with_steps = [np.zeros_like(found.with_steps) for _ in range(2)]
            self.steps = np.zeros_like(found.steps)
        for power in range(3):
            self.variance[power] += weight * found.variance * point**power
        for power in range(2):
            self.with_steps[power] += (weight * point**power)[:, None] * found.with_steps
        self.steps += weight[:, None, None] * found.steps

    def assembled(self, layout: Layout) -> FloatArray:
        """Return the complete information over (mean, sd, facets, thresholds)."""
        n = len(layout.group)
        found = Moments(np.zeros(n), self.variance[0], np.zeros((n, 0)), self.with_steps[0], self.steps)
        below = information(found, np.ones(n), layout.sign, layout)
        ahead = np.array([[self.variance[i + j].sum() for j in range(2)] for i in range(2)])
        cross = np.zeros((2, len(below)))
        for power in range(2):
            cross[power, : layout.elements] = layout.sign.T @ self.variance[power]
            for step in range(layout.widest):
                sums = np.bincount(layout.group, self.with_steps[power][:, step], minlength=len(layout.steps))
                cross[power, layout.elements + step :: layout.widest] = -sums
        found_all: FloatArray = np.block([[ahead, cross], [cross.T, below]])
        return found_all


def solve_marginally(table: Table, layout: Layout) -> Solution:
    """Solve over as many nodes as the sharpest posterior needs; refuses one that is sharper than all grids here.

    Between nodes there is nothing: a posterior narrower than their spacing sits on one of them, wherever it belongs.
    """
    for nodes in _NODES:
        found = _solve(table, layout, nodes)
        levels = (found.mean or 0.0) + (found.sd or 0.0) * hermegauss(nodes)[0]
        nearest = np.abs(found.theta[:, None] - levels).argmin(axis=1).clip(1, nodes - 1)
        if (np.sqrt(found.theta_variance.clip(0)) >= 0.5 * (levels[nearest] - levels[nearest - 1])).all():
            return found
    raise NotEstimable(
        "Some targets have so many ratings that a marginal fit is too coarse for them; fit them jointly."
    )


def _solve(table: Table, layout: Layout, nodes: int) -> Solution:
    """Climb by Newton steps on the observed information, or by the complete one where that is not positive.

    The target's level is its posterior mean, its variance the posterior's. Refuses a spread of nought (the targets
    do not differ) or without bound, targets with one rating each, and no convergence.
    Source: Bock and Aitkin, Psychometrika 46 (1981), 443–459; Louis, JRSS B 44 (1982), 226–233.
    """
    if np.bincount(table.target.codes).max() < 2:
        name = table.target.name
        raise NotEstimable(f"Every {name} has one rating, so how {name}s differ cannot be told from chance.")
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
            inverse: FloatArray = np.linalg.inv(observed).astype(np.float64)
            return _solution(model, full, posterior, inverse, value)
        # The spread at most halves in a step: at nought every slope is flat, and no way leads back.
        size = min(1.0, 1.0 / float(np.abs(move).max()), 0.5 * free[1] / max(-move[1], 1e-12))
        before = value
        while True:
            trial = free + size * move
            full = model.basis @ trial
            posterior, value = model.posterior(full)
            if value >= before - 1e-12 * abs(before) or size < 1e-6:
                break
            size /= 2
        free = trial
        if free[1] < 1e-3 or np.abs(free).max() > _WIDEST:
            break
    raise NotEstimable(
        "The marginal fit did not settle: the targets may not differ at all, or some scores never overlap."
    )


def _solution(
    model: _Model, full: FloatArray, posterior: FloatArray, inverse: FloatArray, value: float
) -> Solution:
    levels = full[0] + full[1] * model.points
    theta = posterior @ levels
    variance = posterior @ levels**2 - theta**2
    covariance = model.basis @ inverse @ model.basis.T
    sd = float(full[1])
    return Solution(theta, variance, full[2:], covariance[2:, 2:], value, float(full[0]), sd)
