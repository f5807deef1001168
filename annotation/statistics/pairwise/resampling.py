"""The cluster bootstrap over cells: whole annotators, items or both are drawn, and only counts are fitted again."""

from collections.abc import Callable, Iterator

import numpy as np
from scipy.sparse import csr_matrix

from annotation.statistics.errors import NotEstimable
from annotation.statistics.pairwise.counts import summed
from annotation.statistics.pairwise.covariance import Cluster, clusters_of
from annotation.statistics.rows import Comparisons, FloatArray, IntArray

# Numbers held at once while weights of clusters become weights of cells.
HELD = 4_000_000
# Resamples that cannot be fitted are left out; with more than this share of them the rest are a biased lot.
LOST = 0.05


def weights(
    comparisons: Comparisons, cell: IntArray, cells: int, *, cluster: Cluster, replicates: int, seed: int
) -> Iterator[FloatArray]:
    """Yield the weight of each cell in each of ``replicates`` resamples; ``cell`` is each row's.

    One way: as many clusters as there are, drawn with replacement. "both": annotators and items drawn apart and
    their counts multiplied (the pigeonhole bootstrap, Owen 2007; errs on the wide side). "none": rows.
    """
    if replicates < 2:
        raise ValueError("a bootstrap takes two resamples at least")
    random = np.random.Generator(np.random.PCG64(seed))
    clusters = clusters_of(comparisons, cluster)
    if cluster == "none":
        counted = np.bincount(cell, minlength=cells)
        for _ in range(replicates):
            yield random.multinomial(len(cell), counted / len(cell)).astype(np.float64)
        return
    (_, first, number), *others = clusters.parts
    if others:
        _, second, many = others[0]
        for _ in range(replicates):
            drawn = _drawn(random, number, 1)[0][first] * _drawn(random, many, 1)[0][second]
            yield summed(cell, drawn, cells)
        return
    counts = csr_matrix((np.ones(len(cell)), (first, cell)), (number, cells))
    counts.sum_duplicates()
    batch = max(1, HELD // max(number, cells))
    for begin in range(0, replicates, batch):
        size = min(batch, replicates - begin)
        yield from (counts.T @ _drawn(random, number, size).T).T


def resampled(
    drawn: Iterator[FloatArray], statistic: Callable[[FloatArray], FloatArray]
) -> tuple[FloatArray, int]:
    """Return ``statistic`` of each resample as rows, and how many resamples it refused.

    Refuses, with the last refusal's reason, where more than a twentieth could not be estimated.
    """
    found, lost, why = [], 0, ""
    for weight in drawn:
        try:
            found.append(statistic(weight))
        except NotEstimable as refused:
            lost, why = lost + 1, refused.reason
    if len(found) < 2 or lost > LOST * (len(found) + lost):
        raise NotEstimable(f"{lost} of {len(found) + lost} resamples could not be estimated. {why}")
    return np.array(found), lost


def _drawn(random: np.random.Generator, number: int, size: int) -> FloatArray:
    """Return how often each of ``number`` clusters was drawn, in ``size`` resamples."""
    picked = random.integers(number, size=(size, number)) + number * np.arange(size)[:, None]
    return np.bincount(picked.ravel(), minlength=size * number).reshape(size, number).astype(np.float64)
