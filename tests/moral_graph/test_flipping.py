"""How few voters flip a winner, and which circles there are: against trying everything on small graphs."""

from datetime import UTC, datetime
from itertools import permutations

import numpy as np
import pytest

from elicitation.moral_graph.domain.cycles import circles
from elicitation.moral_graph.domain.flipping import voters_to_flip
from elicitation.moral_graph.domain.posterior import posterior_graph
from elicitation.moral_graph.domain.ranks import Blocks, blocks_of, page_rank
from elicitation.moral_graph.domain.steps import net_share, steps_of
from elicitation.moral_graph.domain.votes import Row, make_votes

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def electorate(seed: int, values: int = 5, votes: int = 40, contexts: str = "xy") -> list[Row]:
    random = np.random.default_rng(seed)
    rows: list[Row] = []
    for number in range(votes):
        source, target = random.choice(values, 2, replace=False)
        yes = 1 / (1 + np.exp(source - target))
        vote = random.choice(["wiser", "not_wiser", "unsure"], p=[0.9 * yes, 0.9 * (1 - yes), 0.1])
        rows.append(
            (
                f"p{number // 3}",
                f"v{source}",
                f"v{target}",
                str(random.choice(list(contexts))),
                str(vote),
                NOON,
            )
        )
    return rows


def winners(rows: list[Row]) -> dict[str, str]:
    """Return the winner of each context, a step at a time: no blocks, no matrices but a small dense one."""
    found = {}
    for context in {row[3] for row in rows}:
        inside = [row for row in make_unique(rows) if row[3] == context]
        values = sorted({value for row in inside for value in row[1:3]}, key=order_of(rows))
        tally = {(s, t): [0.0, 2.0] for s, t in permutations(values, 2)}
        for _, source, target, _, vote, _ in inside:
            tally[source, target][1] += 1
            if vote == "wiser":
                tally[source, target][0] += 1
                tally[target, source][0] -= 1
                tally[target, source][1] += 1
        n = len(values)
        dense = np.array(
            [[max(tally[s, t][0], 0) / tally[s, t][1] if s != t else 0 for s in values] for t in values]
        )
        leaving = dense.sum(axis=0)
        dense[:, leaving == 0] = 1 / n
        dense[:, leaving > 0] /= leaving[leaving > 0]
        rank = np.linalg.solve(np.eye(n) - 0.85 * dense, np.full(n, 0.15 / n))
        found[context] = values[int(np.argmax(np.round(rank, 9)))]
    return found


def make_unique(rows: list[Row]) -> list[Row]:
    return list({row[:4]: row for row in rows}.values())


def order_of(rows: list[Row]):  # type: ignore[no-untyped-def]
    votes = make_votes(rows)
    return votes.values.index


def fewest(rows: list[Row], context: str, rivals: list[str], most: int = 40) -> int | None:
    """Add voters one by one, for each rival, until the winner is another value."""
    asked = {pair for row in rows if row[3] == context for pair in (row[1:3], row[2:0:-1])}
    was = winners(rows)[context]
    for voters in range(1, most):
        for rival in rivals:
            more = [
                (f"new{n}", value, rival, context, "wiser", NOON)
                for n in range(voters)
                for value, to in asked
                if to == rival
            ]
            if winners([*rows, *more])[context] != was:
                return voters
    return None


@pytest.mark.parametrize("seed", range(6))
def test_as_few_voters_as_trying_them_one_by_one(seed: int) -> None:
    rows = electorate(seed)
    graph = posterior_graph(make_votes(rows), rounds=20)
    naive = winners(rows)
    for one in graph["contexts"]:
        assert one["winner"]["id"] == naive[one["context"]]
        rivals = [value["id"] for value in one["values"][1:6]]
        assert one["winner"]["votersToFlip"] == fewest(rows, one["context"], rivals)


def test_no_single_question_needs_fewer_voters() -> None:
    for seed in range(3):
        rows = electorate(seed, contexts="x")
        winner = winners(rows)["x"]
        (one,) = posterior_graph(make_votes(rows), rounds=20)["contexts"]
        fewer = one["winner"]["votersToFlip"] - 1
        for source, target in {pair for row in rows for pair in (row[1:3], row[2:0:-1])}:
            more: list[Row] = [(f"new{n}", source, target, "x", "wiser", NOON) for n in range(fewer)]
            assert winners([*rows, *more])["x"] == winner


def test_a_value_alone_has_nobody_to_lose_to() -> None:
    rows = [("p", "a", "b", "x", "wiser", NOON)]
    votes = make_votes(rows)  # type: ignore[arg-type]
    steps = steps_of(votes)
    blocks = blocks_of(steps, votes, pooled=False)
    rank = page_rank(blocks, np.maximum(net_share(steps.counts()), 0))
    assert voters_to_flip(blocks, steps.counts(), rank) == [2]
    alone = Blocks(np.zeros(1, int), np.zeros(1, int), np.ones(1), np.zeros(0, int), np.zeros(0, int))
    assert voters_to_flip(alone, np.zeros((0, 4)), np.ones(1)) == [None]


@pytest.mark.parametrize("seed", range(12))
def test_circles_are_the_shortest_of_all_ways_round(seed: int) -> None:
    random = np.random.default_rng(seed)
    n = 6
    edges = [(s, t) for s, t in permutations(range(n), 2) if random.random() < 0.25]
    source, target = np.array(edges).T
    blocks = Blocks(np.zeros(n, int), np.arange(n), np.full(n, float(n)), source, target)
    found = circles(blocks, np.arange(len(edges)))
    rings = [
        ring
        for length in range(2, n + 1)
        for ring in permutations(range(n), length)
        if ring[0] == min(ring)
        and all((a, b) in edges for a, b in zip(ring, ring[1:] + ring[:1], strict=True))
    ]
    reach = np.linalg.matrix_power(
        np.eye(n) + np.array([[(s, t) in edges for t in range(n)] for s in range(n)]), n
    )
    parts = {frozenset(np.flatnonzero((reach[s] > 0) & (reach[:, s] > 0)).tolist()) for s in range(n)}
    assert len(found) == sum(len(part) > 1 for part in parts)
    for circle in found:
        assert all((a, b) in edges for a, b in zip(circle, circle[1:] + circle[:1], strict=True))
        part = next(part for part in parts if circle[0] in part)
        assert len(circle) == min(len(ring) for ring in rings if set(ring) <= part)
