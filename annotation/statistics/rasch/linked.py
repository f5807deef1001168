"""Whether raters, dimensions and targets share enough ratings to be put on one scale."""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from annotation.statistics.errors import NotEstimable
from annotation.statistics.rasch.likelihood import Layout
from annotation.statistics.rasch.table import Table


def refuse_apart(table: Table, layout: Layout) -> None:
    """Refuse facets that share no ratings (disconnected), or that always change together (confounded)."""
    target = table.target
    n = len(target.labels)
    for facet in table.facets:
        links = np.ones(len(table)), (target.codes, n + facet.codes)
        size = n + len(facet.labels)
        parts, member = connected_components(csr_array(links, shape=(size, size)), directed=False)
        if parts > 1:
            groups = [np.flatnonzero(member[n:] == part) for part in range(2)]
            one, two = (", ".join(facet.labels[code] for code in group[:3]) for group in groups)
            raise NotEstimable(
                f"The {facet.name}s fall into {parts} groups that share no {target.name} "
                f"(for example {one} | {two}); their severities cannot be compared."
            )
    if len(table.facets) > 1:
        _refuse_confounded(table, layout)


def _refuse_confounded(table: Table, layout: Layout) -> None:
    # What the facets still explain once every target has its own level; a null direction is a confounding.
    free = sum(len(facet.labels) - 1 for facet in table.facets)
    basis = csr_array(layout.basis[: layout.elements, :free])
    design = csr_array(layout.sign @ basis)
    rows, codes = np.arange(len(table)), table.target.codes
    count = np.bincount(codes)
    share = csr_array((1 / np.sqrt(count[codes]), (codes, rows)), shape=(len(count), len(rows)))
    between = csr_array(share @ design)
    within = (design.T @ design - between.T @ between).toarray()
    values, vectors = np.linalg.eigh(within)
    if len(values) and values[0] < 1e-8 * max(float(values[-1]), 1.0):
        names = [f"{facet.name} {label}" for facet in table.facets for label in facet.labels]
        weight = np.abs(basis @ vectors[:, 0])
        mixed = [names[place] for place in np.flatnonzero(weight > 0.1 * weight.max())][:4]
        raise NotEstimable(f"Some effects always come together and cannot be told apart: {', '.join(mixed)}.")
