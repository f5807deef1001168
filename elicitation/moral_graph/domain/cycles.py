"""Circles among supported steps: values each of which is held wiser than the one before it."""

import numpy as np
from scipy.sparse import csr_array

from elicitation.moral_graph.domain.ranks import Blocks
from elicitation.moral_graph.domain.votes import IntArray


def circles(blocks: Blocks, kept: IntArray) -> list[list[int]]:
    """Return one shortest circle of nodes for every strongly connected part of the steps ``kept``."""
    if not len(kept):
        return []
    # Loaded here: it brings a library of linear algebra that nothing else needs.
    from scipy.sparse.csgraph import connected_components

    n = len(blocks)
    ones = np.ones(len(kept))
    graph = csr_array((ones, (blocks.source[kept], blocks.target[kept])), shape=(n, n))
    _, part = connected_components(graph, directed=True, connection="strong")
    sizes = np.bincount(part)
    return [_circle(graph, np.flatnonzero(part == number)) for number in np.flatnonzero(sizes > 1)]


def _circle(graph: csr_array, nodes: IntArray) -> list[int]:
    from scipy.sparse.csgraph import breadth_first_order

    inner = csr_array(graph[nodes][:, nodes])
    coming = inner.tocsc()
    best: list[int] = []
    for start in range(min(len(nodes), 50)):
        order, before = breadth_first_order(inner, start, directed=True)
        last = set(coming.indices[coming.indptr[start] : coming.indptr[start + 1]].tolist())
        closing = next(node for node in order[1:].tolist() if node in last)
        way = [closing]
        while way[-1] != start:
            way.append(int(before[way[-1]]))
        if not best or len(way) < len(best):
            best = way[::-1]
    return [int(nodes[place]) for place in best]
