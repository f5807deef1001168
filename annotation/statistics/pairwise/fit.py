"""Maximum likelihood (or, with a prior, its mode) of one link over cells, by Newton's method with halved steps."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve
from scipy.sparse import csr_matrix

from annotation.statistics.errors import NotEstimable
from annotation.statistics.pairwise.counts import summed
from annotation.statistics.pairwise.links import Link
from annotation.statistics.pairwise.prior import Prior
from annotation.statistics.rows import FloatArray, IntArray

STEPS = 100
# A gain in log-likelihood below this part of a thousandth of a standard error is no gain.
DONE = 1e-12
# Scaled to a unit diagonal, information below this has a direction the data say nothing about.
FLAT = 1e-9
# Odds of e^25 are no estimate: the likelihood was still rising when the digits ran out.
RUNAWAY = 25.0


@dataclass(frozen=True, eq=False)
class Cells:
    """What a likelihood sums over: ``difference = worth[a] − worth[b] + extra @ coefficients``, ``weight`` times."""

    systems: int
    a: IntArray
    b: IntArray
    category: IntArray
    weight: FloatArray
    extra: FloatArray

    def __len__(self) -> int:
        return len(self.a)


@dataclass(frozen=True, eq=False)
class Fitted:
    """``theta`` = log-worths (summing to 0), then coefficients of ``extra``, then the link's shape.

    ``score`` are each cell's derivatives (difference, then shape) of one comparison; ``information`` is minus the
    second derivative of the whole, prior included.
    """

    theta: FloatArray
    loglik: float
    score: FloatArray
    information: FloatArray

    def worth(self, systems: int) -> FloatArray:
        """Return the log-worths."""
        return self.theta[:systems]


def fit(
    cells: Cells,
    link: Link,
    *,
    by_category: FloatArray | None = None,
    prior: Prior | None = None,
    start: FloatArray | None = None,
    names: Sequence[str] = (),
) -> Fitted:
    """Return the fit; ``names`` are those of ``extra`` and are used in refusals.

    Raises NotEstimable where the likelihood has no single highest point. That the systems are connected is the
    caller's to have checked, for it can say which are not.
    """
    k, c = cells.systems, cells.extra.shape[1]
    theta = start.copy() if start is not None else _start(cells, link, by_category)
    value, score, gradient, information = _derivatives(cells, link, theta, prior)
    for _ in range(STEPS):
        move = _solve(_held(information, k, prior), gradient)
        gain = float(gradient @ move)
        if gain < DONE:
            break
        share = 1.0
        while share > 1e-10:
            tried = theta + share * move
            if link.allowed(tried[k + c :]):
                found = _derivatives(cells, link, tried, prior)
                if np.isfinite(found[0]) and found[0] >= value - 1e-12 * abs(value):
                    theta, (value, score, gradient, information) = tried, found
                    break
            share /= 2
        else:
            break
        if np.abs(theta).max() > RUNAWAY:
            raise NotEstimable(_runaway(theta, k, names))
    else:
        raise NotEstimable("The estimate did not settle; the comparisons hardly fix the worths.")
    _require_curved(information, k, prior, names)
    theta[:k] -= theta[:k].mean()
    return Fitted(theta, value, score, information)


def inverse(fitted: Fitted, systems: int, prior: Prior | None) -> FloatArray:
    """Return the inverse information on the scale where log-worths sum to 0 (a covariance, if rows are independent)."""
    size = len(fitted.theta)
    held = _held(fitted.information, systems, prior)
    solved: FloatArray = cho_solve(cho_factor(held), np.eye(size))
    return centred(solved, systems)


def centred(covariance: FloatArray, systems: int) -> FloatArray:
    """Return the covariance of worths minus their mean; whatever one fixes to identify them, this is the same."""
    result = covariance.copy()
    result[:systems] -= result[:systems].mean(axis=0, keepdims=True)
    result[:, :systems] -= result[:, :systems].mean(axis=1, keepdims=True)
    return (result + result.T) / 2


def reweighted(cells: Cells, weight: FloatArray) -> Cells:
    """Return the cells with other weights, without those of none."""
    kept = weight > 0
    if kept.all():
        return replace(cells, weight=weight)
    return Cells(
        cells.systems, cells.a[kept], cells.b[kept], cells.category[kept], weight[kept], cells.extra[kept]
    )


def pulls(cells: Cells, score: FloatArray) -> csr_matrix:
    """Return (cells × parameters): how one comparison of each cell pulls on every parameter at ``score``."""
    n, k = len(cells), cells.systems
    by_d = score[:, 0]
    others = np.column_stack([by_d[:, None] * cells.extra, score[:, 1:]])
    width = 2 + others.shape[1]
    columns = np.empty((n, width), np.int64)
    columns[:, 0], columns[:, 1], columns[:, 2:] = cells.a, cells.b, np.arange(k, k + width - 2)
    values = np.column_stack([by_d, -by_d, others])
    return csr_matrix((values.ravel(), columns.ravel(), np.arange(n + 1) * width), (n, k + width - 2))


def _start(cells: Cells, link: Link, by_category: FloatArray | None) -> FloatArray:
    if by_category is None:
        by_category = summed(cells.category, cells.weight, 0)
    return np.concatenate([np.zeros(cells.systems + cells.extra.shape[1]), link.start(by_category)])


def _derivatives(
    cells: Cells, link: Link, theta: FloatArray, prior: Prior | None
) -> tuple[float, FloatArray, FloatArray, FloatArray]:
    k, c = cells.systems, cells.extra.shape[1]
    worth, shape = theta[:k], theta[k + c :]
    d = worth[cells.a] - worth[cells.b] + cells.extra @ theta[k : k + c]
    terms = link.terms(d, cells.category, shape)
    w, a, b = cells.weight, cells.a, cells.b
    value = float(w @ terms.value)
    by_d = w * terms.first[:, 0]
    gradient = np.concatenate([
        summed(a, by_d, k) - summed(b, by_d, k),
        cells.extra.T @ by_d,
        w @ terms.first[:, 1:],
    ])  # fmt: skip
    information = np.zeros((len(theta), len(theta)))
    curve = -w * terms.second[:, 0, 0]
    pairs = summed(a * k + b, curve, k * k).reshape(k, k)
    information[:k, :k] = -(pairs + pairs.T)
    information[np.arange(k), np.arange(k)] += pairs.sum(axis=0) + pairs.sum(axis=1)
    # The other parameters: how each moves d (extra), or its own mixed derivatives (shape).
    for place in range(c):
        information[:k, k + place] = _spread(a, b, curve * cells.extra[:, place], k)
    information[k : k + c, k : k + c] = cells.extra.T @ (curve[:, None] * cells.extra)
    for place in range(len(shape)):
        mixed = -w * terms.second[:, 0, 1 + place]
        information[:k, k + c + place] = _spread(a, b, mixed, k)
        information[k : k + c, k + c + place] = cells.extra.T @ mixed
    information[k + c :, k + c :] = -np.tensordot(w, terms.second[:, 1:, 1:], axes=(0, 0))
    information[k:, :k] = information[:k, k:].T
    information[k + c :, k : k + c] = information[k : k + c, k + c :].T
    if prior is not None:
        value += prior.value(worth)
        gradient[:k] += prior.first(worth)
        information[np.arange(k), np.arange(k)] += prior.information(worth)
    return value, terms.first, gradient, information


def _spread(a: IntArray, b: IntArray, values: FloatArray, k: int) -> FloatArray:
    result: FloatArray = summed(a, values, k) - summed(b, values, k)
    return result


def _held(information: FloatArray, k: int, prior: Prior | None) -> FloatArray:
    """Return the information with the one direction that nothing fixes, a constant on all worths, held at 0."""
    if prior is not None:
        return information
    held = information.copy()
    held[:k, :k] += np.trace(information[:k, :k]) / k**2
    return held


def _solve(held: FloatArray, gradient: FloatArray) -> FloatArray:
    try:
        move: FloatArray = cho_solve(cho_factor(held), gradient)
    except LinAlgError:
        # Far from the top a link need not be concave, or a direction is flat: go uphill the shortest way.
        values, vectors = np.linalg.eigh(held)
        floor = max(values.max(), 1.0) * 1e-8
        move = vectors @ ((vectors.T @ gradient) / np.maximum(np.abs(values), floor))
    return move


def _require_curved(information: FloatArray, k: int, prior: Prior | None, names: Sequence[str]) -> None:
    held = _held(information, k, prior)
    diagonal = np.diag(held)
    if (diagonal <= 0).any():
        raise NotEstimable("The comparisons say nothing about one of the parameters.")
    scale = 1 / np.sqrt(diagonal)
    scaled = held * scale[:, None] * scale[None, :]
    if np.linalg.eigvalsh(scaled)[0] > FLAT:
        return
    _, vectors = np.linalg.eigh(scaled)
    # The covariate that takes most part in the flat direction is the one to name.
    part = np.abs(vectors[k : k + len(names), 0])
    if len(part) and part.max() > 1e-6:
        raise NotEstimable(f"“{names[int(part.argmax())]}” cannot be told apart from the systems themselves.")
    raise NotEstimable("The comparisons do not fix the worths: some parameters cannot be told apart.")


def _runaway(theta: FloatArray, k: int, names: Sequence[str]) -> str:
    place = int(np.abs(theta).argmax())
    if k <= place < k + len(names):
        return f"“{names[place - k]}” alone predicts every outcome, so its coefficient has no bound."
    return "The estimate has no bound: some outcomes never occur. A declared prior is needed."
