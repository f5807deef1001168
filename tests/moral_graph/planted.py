"""Votes from a known order of values, and what either estimator makes of them; ``python -m`` prints the table.

Values stand in a planted order. Somebody who is asked whether the step from s to t is one to a wiser value says "not
sure" in 15 of 100 cases, and else yes with the log odds of half the places between them. What a row plants beside
that is in its scenario. Intervals are held to what people would answer if there were endlessly many of them, edges
and winners to the order that was planted.
"""

import sys
from dataclasses import dataclass

import numpy as np

from elicitation.moral_graph.domain.posterior import posterior_graph
from elicitation.moral_graph.domain.published import Thresholds, published_graph
from elicitation.moral_graph.domain.ranks import blocks_of, page_rank
from elicitation.moral_graph.domain.steps import steps_of
from elicitation.moral_graph.domain.votes import Votes

SLOPE, UNSURE, REACH, ROUNDS = 0.5, 0.15, 4, 40
OUTCOMES = 3


@dataclass(frozen=True)
class Scenario:
    """How people vote. Shares are of all votes: ``yes`` and ``no`` whatever is asked; ``plot`` of all people.

    ``one_way``: only one direction of each pair is asked, a coin for each. ``opposite``: in a second situation the
    order is the other way round.
    """

    name: str
    values: int = 12
    people: int = 120
    each: int = 6
    yes: float = 0.0
    no: float = 0.0
    plot: float = 0.0
    one_way: bool = False
    opposite: bool = False


SCENARIOS = (
    Scenario("plain"),
    Scenario("few votes", people=40, each=5),
    Scenario("many votes", people=500, each=8),
    Scenario("says yes: 3 of 10", yes=0.3),
    Scenario("says what stands first: 3 of 10", yes=0.15, no=0.15),
    Scenario("says yes, asked one way alone", yes=0.3, one_way=True),
    Scenario("1 person of 20 in a plot", plot=0.05),
    Scenario("two situations, opposite orders", people=240, opposite=True),
)


def cast(scenario: Scenario, random: np.random.Generator) -> Votes:
    """Return one electorate's votes."""
    one, values = scenario, scenario.values
    number = one.people * one.each
    steps = asked(one, random)
    source, target = steps[random.integers(0, len(steps), number)].T
    context = random.integers(0, 1 + one.opposite, number)
    chance = likely(one, source, target, context)
    drawn = random.random(number)
    outcome = (drawn[:, None] > np.cumsum(chance, axis=1)[:, : OUTCOMES - 1]).sum(axis=1)
    person = np.arange(number) // one.each
    plotters = person < round(one.plot * one.people)
    # They agreed to say that the least wise value is wiser than whatever they are asked about.
    source = np.where(plotters, 1 + random.integers(0, values - 1, number), source)
    target, outcome = np.where(plotters, 0, target), np.where(plotters, 0, outcome)
    labels = (
        tuple(f"p{n}" for n in range(one.people)),
        tuple(f"v{n}" for n in range(values)),
        ("x", "y")[: 1 + one.opposite],
    )
    return Votes(person, source, target, context, outcome, *labels, number, 0)


def asked(one: Scenario, random: np.random.Generator) -> np.ndarray:
    """Return the steps that people are asked about, one per row."""
    low, high = np.triu_indices(one.values, 1)
    near = high - low <= REACH
    pairs = np.stack([low[near], high[near]], axis=1)
    if one.one_way:
        return np.where(random.random(len(pairs))[:, None] < 0.5, pairs, pairs[:, ::-1])
    return np.concatenate([pairs, pairs[:, ::-1]])


def likely(one: Scenario, source: np.ndarray, target: np.ndarray, context: np.ndarray) -> np.ndarray:
    """Return the chances of wiser, not wiser and unsure, one row per question."""
    gap = (target - source) * np.where(context == 1, -1, 1)
    honest = 1 - one.yes - one.no
    yes = honest * (1 - UNSURE) / (1 + np.exp(-SLOPE * gap)) + one.yes
    unsure = np.full(len(yes), honest * UNSURE)
    return np.stack([yes, 1 - yes - unsure, unsure], axis=1)


@dataclass
class Tally:
    """What came of one electorate: shares, each of its own whole; nan where there is none."""

    net: float
    wiser: float
    ranks: float
    ours_false: float
    theirs_false: float
    ours_winner: float
    theirs_winner: float
    theirs_mass: float
    edges: int
    their_edges: int
    flip: float


def judge(scenario: Scenario, seed: int) -> Tally:
    """Cast votes, build both graphs, and compare them with what was planted."""
    votes = cast(scenario, np.random.default_rng([seed, 7]))
    ours = posterior_graph(votes, rounds=ROUNDS, seed=seed, all_edges=True)
    theirs = published_graph(votes, Thresholds())
    net, wiser, places = expected(scenario, votes)
    covered = [
        (low <= truth <= high)
        for edge in ours["allEdges"]
        for truth, (low, high) in [(net[_key(edge)], edge["summary"]["ci95"])]
    ]
    covered_wiser = [
        low <= wiser[_key(edge)] <= high
        for edge in ours["allEdges"]
        for low, high in [edge["summary"]["wiserCi95"]]
    ]
    in_place = [
        low <= places[one["context"], value["id"]] <= high
        for one in ours["contexts"]
        for value in one["values"]
        for low, high in [value["rankCi95"]]
    ]
    best = f"v{scenario.values - 1}"
    winners = {one["context"]: one["winner"]["id"] for one in ours["contexts"]}
    planted = {"x": best, "y": "v0"}
    first = max(theirs["values"], key=lambda value: value["pageRank"])["id"] if theirs["values"] else ""
    flips = [one["winner"]["votersToFlip"] or 4096 for one in ours["contexts"]]
    return Tally(
        net=float(np.mean(covered)),
        wiser=float(np.mean(covered_wiser)),
        ranks=float(np.mean(in_place)),
        ours_false=_false(ours["edges"]),
        theirs_false=_false(theirs["edges"], every=scenario.opposite),
        ours_winner=float(np.mean([winners[context] == planted[context] for context in winners])),
        theirs_winner=float(np.mean([first == planted[context] for context in winners])),
        theirs_mass=sum(value["pageRank"] for value in theirs["values"]),
        edges=len(ours["edges"]),
        their_edges=len(theirs["edges"]),
        flip=float(np.mean(flips)),
    )


def expected(
    scenario: Scenario, votes: Votes
) -> tuple[dict[tuple[str, str, str], float], dict[tuple[str, str, str], float], dict[tuple[str, str], int]]:
    """Return what endless votes would say: net share and wiser share of each step, place of each value.

    The wisdom of the many is that of the honest: a plot is of few, and has no share in it.
    """
    steps = steps_of(votes)
    there = likely(scenario, steps.source, steps.target, steps.context)
    back = likely(scenario, steps.target, steps.source, steps.context)
    both = np.ones(len(steps)), np.ones(len(steps))
    if scenario.one_way:
        put = {(s, t) for s, t in zip(votes.source.tolist(), votes.target.tolist(), strict=True)}
        pairs = list(zip(steps.source.tolist(), steps.target.tolist(), strict=True))
        both = (
            np.array([pair in put for pair in pairs]) * 1.0,
            np.array([p[::-1] in put for p in pairs]) * 1.0,
        )
    total = both[0] + both[1] * back[:, 0]
    up, down = both[0] * there[:, 0] / total, both[1] * back[:, 0] / total
    blocks = blocks_of(steps, votes, pooled=False)
    places = blocks.ranks(page_rank(blocks, np.maximum(up - down, 0.0)))
    names = [
        (votes.contexts[c], votes.values[s], votes.values[t])
        for c, s, t in zip(steps.context, steps.source, steps.target, strict=True)
    ]
    return (
        dict(zip(names, (up - down).tolist(), strict=True)),
        dict(zip(names, up.tolist(), strict=True)),
        {
            (votes.contexts[block], votes.values[value]): place
            for block, value, place in zip(blocks.block, blocks.value, places.tolist(), strict=True)
        },
    )


def _key(edge: dict) -> tuple[str, str, str]:
    return edge["contexts"][0], edge["sourceValueId"], edge["wiserValueId"]


def _false(edges: list[dict], *, every: bool = False) -> float:
    """Return the share of edges that lead down; with ``every`` one that speaks for two opposite situations does."""
    wrong = []
    for edge in edges:
        gap = int(edge["wiserValueId"][1:]) - int(edge["sourceValueId"][1:])
        ups = [gap * (-1 if context == "y" else 1) > 0 for context in edge["contexts"]]
        wrong.append(not all(ups) if every else not ups[0])
    return float(np.mean(wrong)) if wrong else float("nan")


def mean_and_error(shares: list[float]) -> tuple[float, float]:
    """Return the mean over electorates and its standard error: steps of one electorate are no independent tries."""
    told = np.array([share for share in shares if not np.isnan(share)])
    if len(told) < 2:
        return float("nan"), float("nan")
    return float(told.mean()), float(told.std(ddof=1) / np.sqrt(len(told)))


COLUMNS = (
    ("95 % of net share", "net"), ("95 % of wiser", "wiser"), ("95 % of place", "ranks"),
    ("edges down: ours", "ours_false"), ("theirs", "theirs_false"), ("right winner: ours", "ours_winner"),
    ("theirs", "theirs_winner"), ("their mass", "theirs_mass"), ("edges: ours", "edges"), ("theirs", "their_edges"),
    ("voters to flip", "flip"),
)  # fmt: skip


def table(electorates: int) -> str:
    """Return every scenario's line: means over electorates, each with its standard error."""
    lines = [
        f"{electorates} electorates each" + " " * 10 + " | ".join(f"{title:>18}" for title, _ in COLUMNS)
    ]
    for scenario in SCENARIOS:
        tallies = [judge(scenario, seed) for seed in range(electorates)]
        cells = []
        for _, name in COLUMNS:
            mean, error = mean_and_error([float(getattr(one, name)) for one in tallies])
            digits = 1 if name in ("edges", "their_edges", "flip") else 3
            cells.append(f"{mean:>10.{digits}f} ± {error:.{digits}f}")
        lines.append(f"{scenario.name:<33}" + " | ".join(f"{cell:>18}" for cell in cells))
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
