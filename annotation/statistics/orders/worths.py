"""Worths of stimuli on a log scale, with what is needed to compare any two of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from annotation.statistics.errors import NotEstimable
from annotation.statistics.estimate import Estimate
from annotation.statistics.orders.ballots import Ballots
from annotation.statistics.orders.clusters import count, quantile
from annotation.statistics.rows import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Worths(Estimate):
    """Log-worths that sum to nought, their standard errors (each against the average) and intervals.

    ``worth`` is the share exp(estimate)/Σ; ``ties`` gives δ by tie size where the model has ties;
    ``covariance`` (stimuli × stimuli) serves ``difference`` and stays out of the JSON.
    """

    labels: tuple[str, ...]
    estimate: FloatArray
    se: FloatArray
    low: FloatArray
    high: FloatArray
    worth: FloatArray
    log_likelihood: float
    n: int
    clusters: int | None
    level: float
    method: str
    ties: Mapping[int, float] = field(default_factory=dict)
    ties_se: Mapping[int, float] = field(default_factory=dict)
    seed: int | None = None
    critical: float = field(default=1.96, metadata={"json": False})
    covariance: FloatArray = field(default_factory=lambda: np.zeros((0, 0)), metadata={"json": False})

    def order(self) -> tuple[str, ...]:
        """Return the labels from best to worst."""
        return tuple(self.labels[place] for place in np.argsort(-self.estimate, kind="stable"))

    def difference(self, a: str, b: str) -> tuple[float, float, float, float]:
        """Return ``(log-worth of a − that of b, standard error, low, high)``."""
        one, two = self.labels.index(a), self.labels.index(b)
        cov = self.covariance
        gap = float(self.estimate[one] - self.estimate[two])
        se = float(np.sqrt(max(cov[one, one] + cov[two, two] - 2 * cov[one, two], 0.0)))
        return gap, se, gap - self.critical * se, gap + self.critical * se


def worths(
    labels: tuple[str, ...],
    estimate: FloatArray,
    covariance: FloatArray,
    *,
    clusters: Sequence[IntArray],
    level: float,
    **rest: Any,
) -> Worths:
    """Assemble ``Worths`` from centred log-worths and their covariance."""
    se = np.sqrt(np.diag(covariance).clip(0))
    critical = quantile(clusters, level)
    share = np.exp(estimate - estimate.max())
    return Worths(
        labels=labels,
        estimate=estimate,
        se=se,
        low=estimate - critical * se,
        high=estimate + critical * se,
        worth=share / share.sum(),
        clusters=min(map(count, clusters)) if clusters else None,
        level=level,
        critical=critical,
        covariance=covariance,
        **rest,
    )


def checked_ridge(ridge: float) -> float:
    """Return ``ridge``; a penalty is a number from 0."""
    if not 0 <= ridge < float("inf"):
        raise ValueError("a ridge is a number from 0")
    return ridge


def refuse_parts(data: Ballots) -> None:
    """Refuse judgements that fall into parts without a common stimulus, and fewer than two stimuli."""
    there = data.order[:, 1:] >= 0
    refuse_unconnected(data.labels, data.order[:, :-1][there], data.order[:, 1:][there], ridge=True)


def refuse_unconnected(labels: tuple[str, ...], above: IntArray, below: IntArray, *, ridge: bool) -> None:
    """Refuse where no finite worths exist: some group is never placed below (or above) all others.

    ``above[k]`` was placed over ``below[k]``; a tie counts both ways. With a ridge it is enough that all are linked.
    Source: Hunter, Annals of Statistics 32 (2004), 384–406, assumption 1.
    """
    n = len(labels)
    if n < 2:
        raise NotEstimable("Fewer than two stimuli were ranked.")
    graph = csr_array((np.ones(len(above)), (above, below)), shape=(n, n))
    parts, linked = connected_components(graph, directed=True, connection="weak")
    if parts > 1:
        apart = _named(labels, linked != np.bincount(linked).argmax())
        raise NotEstimable(f"The rankings fall into {parts} parts that were never compared; apart: {apart}.")
    groups, member = connected_components(graph, directed=True, connection="strong")
    if groups > 1 and not ridge:
        odd = _named(labels, member != np.bincount(member).argmax())
        raise NotEstimable(
            f"Some stimuli are always above or always below the others ({odd}): their worths have no finite "
            "estimate. Leave them out or set a ridge."
        )


def _named(labels: tuple[str, ...], mask: "np.ndarray[Any, np.dtype[np.bool_]]", most: int = 5) -> str:
    names = [labels[place] for place in np.flatnonzero(mask)]
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
