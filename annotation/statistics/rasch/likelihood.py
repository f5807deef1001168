"""Category probabilities of the Rasch model, and the parameters that may move freely."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import block_diag, csr_array, eye_array, hstack, vstack

from annotation.statistics.rasch.table import Table
from annotation.statistics.rows import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Layout:
    """Where the parameters stand: facets' elements, then thresholds group by group (padded to the widest).

    ``sign`` (ratings × elements) is −1 where a rating belongs to an element; ``basis`` (all × free) spells out
    that each facet and each group of thresholds sums to nought.
    """

    sign: "csr_array"
    basis: "csr_array"
    elements: int
    steps: IntArray
    group: IntArray

    @property
    def widest(self) -> int:
        """The highest category of any group."""
        return int(self.steps.max())

    def thresholds(self, full: FloatArray) -> FloatArray:
        """Return τ (groups × widest) from all parameters."""
        found: FloatArray = full[self.elements :].reshape(len(self.steps), self.widest)
        return found


def lay_out(table: Table) -> Layout:
    """Return the layout of the facets and thresholds (the target is the caller's)."""
    rows = np.arange(len(table))
    parts = [
        csr_array((-np.ones(len(rows)), (rows, facet.codes)), shape=(len(rows), len(facet.labels)))
        for facet in table.facets
    ]
    sign = csr_array(hstack(parts)) if parts else csr_array((len(rows), 0))
    widest = int(table.steps.max())
    blocks = [_centred(len(facet.labels)) for facet in table.facets]
    blocks += [_centred(step, widest) for step in table.steps.tolist()]
    basis = csr_array(block_diag(blocks, format="csr"))
    return Layout(sign, basis, sign.shape[1], table.steps, table.group.codes)


def _centred(size: int, padded: int = 0) -> "csr_array":
    """Return the matrix that turns size − 1 free numbers into ``size`` that sum to nought (and zeros below)."""
    free = max(size - 1, 0)
    parts = [eye_array(free), csr_array(-np.ones((1, free)))] if free else [csr_array((size, 0))]
    if padded > size:
        parts.append(csr_array((padded - size, free)))
    return csr_array(vstack(parts))


def probabilities(beta: FloatArray, layout: Layout, tau: FloatArray) -> FloatArray:
    """Return P(category) (ratings × categories) at ``beta`` = target − facets: log-odds of a step are beta − τ."""
    k = np.arange(layout.widest + 1)
    down = np.hstack([np.zeros((len(tau), 1)), np.cumsum(tau, axis=1)])
    down[k > layout.steps[:, None]] = np.inf
    eta = beta[:, None] * k - down[layout.group]
    eta -= eta.max(axis=1, keepdims=True)
    weight = np.exp(eta)
    found: FloatArray = weight / weight.sum(axis=1, keepdims=True)
    return found


@dataclass(frozen=True, eq=False)
class Moments:
    """Of the category k and the steps passed [k ≥ h], per rating: means, variances and covariances."""

    mean: FloatArray
    variance: FloatArray
    passed: FloatArray  # P(k ≥ h), ratings × steps
    with_steps: FloatArray  # Cov(k, [k ≥ h])
    steps: FloatArray  # Cov([k ≥ g], [k ≥ h])


def moments(chance: FloatArray) -> Moments:
    """Return the moments of ``chance`` (ratings × categories)."""
    k = np.arange(chance.shape[1])
    mean = chance @ k
    tail = np.cumsum(chance[:, ::-1], axis=1)[:, ::-1]
    passed = tail[:, 1:]
    above = np.cumsum((chance * k)[:, ::-1], axis=1)[:, ::-1][:, 1:]
    place = np.arange(passed.shape[1])
    steps = passed[:, np.maximum.outer(place, place)] - passed[:, :, None] * passed[:, None, :]
    return Moments(mean, chance @ k**2 - mean**2, passed, above - mean[:, None] * passed, steps)


def information(found: Moments, weight: FloatArray, lead: "csr_array", layout: Layout) -> FloatArray:
    """Return Σ weight · Cov of the statistics of (``lead`` columns, thresholds), all × all.

    ``lead`` (ratings × p) is how each parameter but the thresholds moves ``beta``.
    """
    p, groups, widest = lead.shape[1], len(layout.steps), layout.widest
    size = p + groups * widest
    total = np.zeros((size, size))
    scaled = csr_array(lead * (weight * found.variance)[:, None])
    total[:p, :p] = (lead.T @ scaled).toarray()
    member = csr_array(
        (np.ones(len(weight)), (np.arange(len(weight)), layout.group)), shape=(len(weight), groups)
    )
    for step in range(widest):
        cross = lead.T @ csr_array(member * (weight * found.with_steps[:, step])[:, None])
        at = p + np.arange(groups) * widest + step
        total[:p, at] = -cross.toarray()
        total[at, :p] = -cross.toarray().T
        for other in range(widest):
            sums = np.bincount(layout.group, weight * found.steps[:, step, other], minlength=groups)
            total[at, p + np.arange(groups) * widest + other] = sums
    return total


def residuals(category: IntArray, found: Moments, lead: "csr_array", layout: Layout) -> "csr_array":
    """Return each rating's score vector (ratings × all): (k − mean)·lead and −([k ≥ h] − P(k ≥ h))."""
    n, widest = len(category), layout.widest
    steps = found.passed - (category[:, None] > np.arange(widest))
    rows = np.repeat(np.arange(n), widest)
    columns = (layout.group[:, None] * widest + np.arange(widest)).ravel()
    part = csr_array((steps.ravel(), (rows, columns)), shape=(n, len(layout.steps) * widest))
    return csr_array(hstack([csr_array(lead * (category - found.mean)[:, None]), part]))
