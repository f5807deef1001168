"""PageRank of many graphs at once: small ones by their equations, large ones by walking, both the same."""

import numpy as np
import pytest

from elicitation.moral_graph.domain import ranks
from elicitation.moral_graph.domain.ranks import DAMPING, Blocks, page_rank


def graphs(seed: int) -> tuple[Blocks, np.ndarray]:
    """Return graphs of one to nine values with random steps, some values without any way out."""
    random = np.random.default_rng(seed)
    sizes = random.integers(1, 10, 12)
    block = np.repeat(np.arange(12), sizes)
    first = np.cumsum(sizes) - sizes
    steps = {
        (first[one] + random.integers(sizes[one]), first[one] + random.integers(sizes[one]))
        for one in random.integers(0, 12, 80)
    }
    source, target = np.array(sorted((s, t) for s, t in steps if s != t)).T
    weight = np.where(random.random(len(source)) < 0.3, 0.0, random.random(len(source)))
    return Blocks(block, np.arange(len(block)), sizes[block].astype(float), source, target), weight


@pytest.mark.parametrize("seed", range(8))
def test_solved_and_walked_ranks_are_the_same_and_keep_their_mass(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks, weight = graphs(seed)
    solved = page_rank(blocks, weight)
    monkeypatch.setattr(ranks, "SMALL", 0)
    assert page_rank(blocks, weight) == pytest.approx(solved, abs=1e-10)
    assert np.bincount(blocks.block, solved) == pytest.approx(np.ones(12))
    leaving = np.bincount(blocks.source, weight, len(blocks))
    share = np.divide(weight, leaving[blocks.source], out=np.zeros_like(weight), where=weight > 0)
    coming = np.bincount(blocks.target, share * solved[blocks.source], len(blocks))
    lost = blocks.totals(np.where(leaving > 0, 0.0, solved))
    assert solved == pytest.approx((1 - DAMPING + DAMPING * lost) / blocks.size + DAMPING * coming)
