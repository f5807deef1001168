"""Triads: every three looked at by hand, rankings that cannot go round, refusals."""

import itertools
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from annotation.statistics.consistency.beside import beside
from annotation.statistics.errors import NotEstimable
from annotation.statistics.rows import Comparisons
from annotation.statistics.transitivity import transitivity
from tests.statistics.make import compared, rated

CIRCLE = [("i", "ann", "x", "y", "a"), ("i", "ann", "y", "z", "a"), ("i", "ann", "z", "x", "a")]
words = st.sampled_from(["a", "b", "tie", ""])
judged = st.lists(words, min_size=12, max_size=12).map(
    lambda given: [
        ("i", rater, *pair, word)
        for (rater, pair), word in zip(
            itertools.product(("ann", "bo"), itertools.combinations("wxyz", 2)), given, strict=True
        )
        if word
    ]
)


def by_hand(signs: dict[tuple[str, str], int]) -> tuple[int, int, int, int]:
    """(complete, decisive, cycles, broken ties) of one judge; signs[a, b] = 1 where a is over b."""
    both = {**signs, **{(b, a): -sign for (a, b), sign in signs.items()}}
    found = [0, 0, 0, 0]
    for three in itertools.combinations("wxyz", 3):
        if any(pair not in both for pair in itertools.combinations(three, 2)):
            continue
        found[0] += 1
        if all(both[pair] for pair in itertools.combinations(three, 2)):
            found[1] += 1
        # An order with ties explains the triad, or none does.
        explained = any(
            all(both[p, q] == np.sign(level[q] - level[p]) for p, q in itertools.combinations(three, 2))
            for level in (
                dict(zip(three, levels, strict=True)) for levels in itertools.product((1, 2, 3), repeat=3)
            )
        )
        if not explained:
            found[2 if all(both[p] for p in itertools.combinations(three, 2)) else 3] += 1
    return found[0], found[1], found[2], found[3]


@settings(max_examples=60, deadline=None)
@given(judged)
def test_every_three_by_hand(rows: list[Any]) -> None:
    if not rows:
        with pytest.raises(NotEstimable, match="no comparisons"):
            transitivity(compared(rows))
        return
    found = transitivity(compared(rows))
    total = np.zeros(4, int)
    net: dict[tuple[str, str], int] = {}
    for one in found.raters:
        signs = {(a, b): {"a": 1, "b": -1, "tie": 0}[w] for _, r, a, b, w in rows if r == one.label}
        for pair, sign in signs.items():
            net[pair] = net.get(pair, 0) + sign
        expected = by_hand(signs)
        assert (one.complete, one.decisive, one.cycles, one.broken_ties) == expected
        total += expected
    own, pooled = found.own, found.pooled
    assert (own.complete, own.decisive, own.cycles, own.broken_ties) == tuple(total)
    signs = {pair: int(np.sign(value)) for pair, value in net.items()}
    assert (pooled.complete, pooled.decisive, pooled.cycles, pooled.broken_ties) == by_hand(signs)
    assert own.cycle_rate == (pytest.approx(own.cycles / own.decisive) if own.decisive else None)
    json.dumps(found.as_json(), allow_nan=False)


@settings(max_examples=25, deadline=None)
@given(judged)
def test_the_count_beside_a_consistency_is_the_same(rows: list[Any]) -> None:
    assume(rows)
    scores = rated(
        (item, rater, a, n) for n, (item, rater, a, _, _) in enumerate({(*row[:3], "", "") for row in rows})
    )
    counted = transitivity(compared(rows)).own
    try:
        found = beside(scores, compared(rows), pairing="individual")["transitivity"]
    except NotEstimable:
        assume(False)
    if counted.complete == 0:
        assert found is None
        return
    assert (found["triads"], found["cycles"], found["decisive_triads"]) == (
        counted.complete,
        counted.cycles,
        counted.decisive,
    )
    assert (found["share"], found["chance"]) == (counted.cycle_rate, 0.25)


def test_a_circle_and_its_sides_swapped() -> None:
    for rows in (CIRCLE, [(i, r, b, a, "b") for i, r, a, b, _ in CIRCLE]):
        found = transitivity(compared(rows)).own
        assert (found.complete, found.cycles, found.cycle_rate) == (1, 1, 1.0)


def test_a_ranking_cannot_go_round_and_is_counted_apart() -> None:
    rows = Comparisons.from_rows(
        {"item": "i", "rater": "ann", "a": a, "b": b, "outcome": "a", "judgement": 1}
        for a, b in itertools.combinations("xyz", 2)
    )
    found = transitivity(rows).own
    assert (found.complete, found.by_construction, found.cycle_rate) == (0, 1, None)


def test_systems_go_round_over_items_only_where_that_is_asked() -> None:
    rows = [(f"i{n}", *row[1:]) for n, row in enumerate(CIRCLE)]
    assert transitivity(compared(rows)).own.complete == 0
    assert transitivity(compared(rows), within="study").own.cycles == 1


def test_each_transitive_together_in_a_circle() -> None:
    """Condorcet: three people without a circle, whose majority has one."""
    rows = [
        ("i", who, a, b, "a")
        for who, order in (("ann", "xyz"), ("bo", "yzx"), ("cy", "zxy"))
        for a, b in itertools.combinations(order, 2)
    ]
    found = transitivity(compared(rows))
    assert (found.own.cycles, found.own.complete, found.pooled.cycles) == (0, 3, 1)


def test_a_stimulus_against_itself_is_in_no_triad() -> None:
    with pytest.raises(NotEstimable, match="no comparisons"):
        transitivity(compared([("i", "ann", "x", "x", "tie")]))
    assert transitivity(compared([*CIRCLE, ("i", "ann", "x", "x", "tie")])).own.complete == 1


def test_coins_go_round_in_a_quarter_of_triads() -> None:
    rng = np.random.default_rng(1)
    rows = [
        (f"i{n}", "ann", a, b, rng.choice(["a", "b"]))
        for n in range(800)
        for a, b in itertools.combinations("xyz", 2)
    ]
    found = transitivity(compared(rows))
    assert found.own.cycle_rate == pytest.approx(found.chance, abs=3 * np.sqrt(0.25 * 0.75 / 800))


def test_an_unknown_word_is_refused() -> None:
    with pytest.raises(NotEstimable, match="“both” is no outcome"):
        compared([("i", "ann", "x", "y", "both")])
