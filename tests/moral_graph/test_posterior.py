"""Our estimator: intervals that cover, PageRank that keeps its mass, second implementations, planted orders."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from scipy.optimize import minimize

from elicitation.moral_graph.domain import ranks
from elicitation.moral_graph.domain.posterior import posterior_graph
from elicitation.moral_graph.domain.published import Thresholds, published_graph
from elicitation.moral_graph.domain.ranks import GHOST, blocks_of, bradley_terry, page_rank, rank_centrality
from elicitation.moral_graph.domain.steps import believe, net_share, steps_of
from elicitation.moral_graph.domain.votes import Votes, make_votes

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def planted(seed: int, *, values: int = 12, people: int = 150, each: int = 8, contexts: str = "xy") -> Votes:
    """Return votes of people who find a value wiser the higher its number is; context y is the other way round."""
    random = np.random.default_rng(seed)
    rows = []
    for person in range(people):
        for _ in range(each):
            source, target = random.choice(values, 2, replace=False)
            context = contexts[random.integers(len(contexts))]
            gap = (target - source) * (1 if context == "x" else -1)
            yes = 0.9 / (1 + np.exp(-0.5 * gap))
            vote = random.choice(["wiser", "not_wiser", "unsure"], p=[yes, 0.9 - yes, 0.1])
            at = NOON + timedelta(seconds=len(rows))
            rows.append((f"p{person}", f"v{source:02}", f"v{target:02}", context, str(vote), at))
    return make_votes(rows)


def test_intervals_cover_at_their_nominal_rate() -> None:
    random = np.random.default_rng(1)
    hits = net_hits = tries = 0
    for size in (6, 15, 40):
        share = random.dirichlet([0.5] * 4, 3000)
        counts = np.array([random.multinomial(size, p) for p in share]).astype(float)
        belief = believe(counts)
        hits += int(((belief.wiser_low <= share[:, 0]) & (share[:, 0] <= belief.wiser_high)).sum())
        net = share[:, 0] - share[:, 3]
        net_hits += int(((belief.net_low <= net) & (net <= belief.net_high)).sum())
        tries += 3000
    # nominal .95; 9,000 tries have a standard error of .0023
    assert hits / tries == pytest.approx(0.95, abs=0.01)
    assert net_hits / tries == pytest.approx(0.95, abs=0.015)


def test_a_planted_order_is_found_in_each_context_and_the_published_graph_mixes_them() -> None:
    votes = planted(2, people=600)
    graph = posterior_graph(votes, rounds=40)
    winners = {c["context"]: c["winner"]["id"] for c in graph["contexts"]}
    assert winners["x"] in ("v11", "v10")
    assert winners["y"] in ("v00", "v01")
    order = {c["context"]: {v["id"]: v["rank"] for v in c["values"]} for c in graph["contexts"]}
    assert np.corrcoef([order["x"][f"v{n:02}"] for n in range(12)], range(12))[0, 1] < -0.8
    edges = published_graph(votes, Thresholds())["edges"]
    assert any(
        set(edge["contexts"]) == {"x", "y"} for edge in edges
    )  # an edge of theirs speaks for no context
    assert all(len(edge["contexts"]) == 1 for edge in graph["edges"])


def test_supported_steps_point_the_planted_way() -> None:
    graph = posterior_graph(planted(3, people=800), rounds=20)
    right = [(e["wiserValueId"] > e["sourceValueId"]) == (e["contexts"] == ["x"]) for e in graph["edges"]]
    assert len(right) > 20
    assert np.mean(right) > 0.95


def test_page_rank_is_the_solution_of_its_equations() -> None:
    votes = planted(4)
    steps = steps_of(votes)
    blocks = blocks_of(steps, votes, pooled=False)
    weight = np.maximum(net_share(steps.counts()), 0)
    rank = page_rank(blocks, weight)
    for block in range(2):
        nodes = np.flatnonzero(blocks.block == block)
        assert rank[nodes].sum() == pytest.approx(1)
        dense = np.zeros((len(nodes), len(nodes)))
        for source, target, amount in zip(blocks.source, blocks.target, weight, strict=True):
            if blocks.block[source] == block:
                dense[np.searchsorted(nodes, target), np.searchsorted(nodes, source)] += amount
        leaving = dense.sum(axis=0)
        dense[:, leaving == 0] = 1
        matrix = 0.85 * dense / dense.sum(axis=0) + 0.15 / len(nodes)
        values, vectors = np.linalg.eig(matrix)
        exact = np.real(vectors[:, np.argmax(np.real(values))])
        assert rank[nodes] == pytest.approx(exact / exact.sum(), abs=1e-9)


def test_bradley_terry_maximises_its_likelihood() -> None:
    votes = planted(5, values=5, contexts="x")
    steps = steps_of(votes)
    blocks = blocks_of(steps, votes, pooled=True)
    counts = steps.counts()
    worth = bradley_terry(blocks, counts[:, 0], counts[:, 1])

    def loss(logs: np.ndarray) -> float:
        there, back = logs[blocks.target], logs[blocks.source]
        won = np.logaddexp(0, back - there)
        lost = np.logaddexp(0, there - back)
        ghost = GHOST * (np.logaddexp(0, -logs) + np.logaddexp(0, logs)).sum()
        return float((counts[:, 0] * won + counts[:, 1] / 2 * (won + lost)).sum() + ghost)

    best = minimize(loss, np.zeros(len(blocks)), tol=1e-12).x
    assert worth == pytest.approx(best - best.mean(), abs=1e-4)
    far = np.random.default_rng(1).normal(0, 6, len(blocks))
    assert bradley_terry(blocks, counts[:, 0], counts[:, 1], start=far) == pytest.approx(worth, abs=1e-6)
    # Where nobody voted, the worths are flat far out: a whole step of Newton's would fly off.
    nobody = np.zeros(len(steps))
    assert bradley_terry(blocks, nobody, nobody, start=far) == pytest.approx(np.zeros(len(blocks)), abs=1e-6)
    assert rank_centrality(blocks, counts[:, 0]).sum() == pytest.approx(1)


@pytest.mark.parametrize("small", [0, 64])
def test_where_nobody_says_wiser_all_values_are_alike(monkeypatch: pytest.MonkeyPatch, small: int) -> None:
    monkeypatch.setattr(ranks, "SMALL", small)
    ends = [("1", "2"), ("2", "3"), ("3", "1")]

    graph = posterior_graph(make_votes([(f"p{n}", *ends[n % 3], "x", "not_wiser", NOON) for n in range(9)]))
    assert [value["pageRank"] for value in graph["values"]] == pytest.approx([1 / 3] * 3)
    assert graph["edges"] == [] and graph["contexts"][0]["winner"]["first"] == 1.0


def test_the_same_seed_gives_the_same_graph() -> None:
    votes = planted(6)
    assert posterior_graph(votes, seed=3, rounds=30) == posterior_graph(votes, seed=3, rounds=30)
    assert posterior_graph(votes, seed=3, rounds=30) != posterior_graph(votes, seed=4, rounds=30)
    assert posterior_graph(votes, seed=3, rounds=30) == posterior_graph(votes, seed=3, rounds=30, workers=3)


def test_a_circle_is_reported() -> None:
    rows = [
        (f"{s}{n}", s, t, "x", "wiser", NOON)
        for s, t in (("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"))
        for n in range(12)
    ]
    (circle,) = posterior_graph(make_votes(rows), rounds=20)["cycles"]
    assert sorted(circle["values"]) == ["a", "b", "c"]


def test_a_close_winner_is_flipped_by_fewer_than_a_clear_one() -> None:
    def flip(margin: int) -> int:
        rows = [(f"w{n}", "b", "a", "x", "wiser", NOON) for n in range(10 + margin)]
        rows += [(f"l{n}", "a", "b", "x", "wiser", NOON) for n in range(10)]
        found = posterior_graph(make_votes(rows), rounds=20)["contexts"][0]["winner"]
        assert found["id"] == "a"
        return int(found["votersToFlip"])

    # once more votes go the other way, the winner has changed
    assert flip(3) == 4
    assert flip(30) == 31


def test_votes_that_answer_something_else_make_no_graph() -> None:
    graph = posterior_graph(make_votes([("p", "a", "b", "x", "depends", NOON)]))
    assert graph["values"] == graph["edges"] == []
