"""Must hold with the truth known: coverage, budgets, probabilities, and a naive mean that is visibly wrong."""

import numpy as np
import pytest

from annotation.routing.domain.estimates import lift, route_quality
from annotation.routing.domain.simulation import Kept, Line, make_items, misses, simulate
from annotation.statistics.errors import NotEstimable


@pytest.fixture(scope="module")
def table() -> tuple[list[Line], list[Kept]]:
    return simulate(rounds=150, items=700, seed=3)


def test_every_interval_covers_as_it_says(table: tuple[list[Line], list[Kept]]) -> None:
    lines, kept = table
    assert {line.budget for line in lines} == {0.2, 0.4}
    assert [found[:10] for found in misses(lines, kept)] == ["150 rounds"]
    for line in lines:
        if line.claims:
            assert abs(line.bias) < 4 * line.half_width / 1.96 / np.sqrt(line.rounds) + 1e-12, line.estimate


def test_the_naive_mean_is_visibly_biased_in_the_same_table(table: tuple[list[Line], list[Kept]]) -> None:
    naive = [line for line in table[0] if line.estimate.startswith("naive")]
    assert [line.claims for line in naive] == [None, None]
    for line in naive:
        assert line.bias > 0.4 * line.half_width
        assert line.coverage < 0.93
    assert naive[0].coverage < 0.5


def test_budgets_and_probabilities_hold(table: tuple[list[Line], list[Kept]]) -> None:
    for kept in table[1]:
        assert 0.95 < kept.most_spent <= 1
        assert kept.least_probability == pytest.approx(0.1)
        assert 0.8 < kept.spread < 1.2


def test_the_same_seed_gives_the_same_table() -> None:
    first, again, other = (simulate(rounds=2, items=100, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_what_does_not_hold_is_named() -> None:
    bad = Line(0.2, "win rate", 0.1, 0.02, 0.5, 1000)
    spent = Kept(0.2, 1.01, 5.0, 2.0, 0.1, 1000)
    assert len(misses([bad], [spent])) == 3
    watched = Line(0.2, "watched", 0, 0.02, 0.99, 1000, 0.95, True)
    assert (misses([watched], []), watched.claim) == ([], "at least 95%, at every peek")
    # 92 of 100 may be 95 %, and may not: so few rounds say nothing either way.
    (few,) = misses([Line(0.2, "win rate", 0, 0.02, 0.92, 100)], [])
    assert few.startswith("100 rounds tell a coverage to 4.4%")


def test_lift_is_that_of_all_items_when_all_are_seen() -> None:
    items = make_items(500, np.random.default_rng(1))
    agrees = (items.human == items.ai).astype(float)
    keeps = items.gain < np.quantile(items.gain, 0.7)
    found = lift(agrees, np.ones(500), np.ones(500, bool), keeps, guess=items.p_ai)
    share = 1 - keeps.mean()
    routed = (agrees[keeps].sum() + (~keeps).sum()) / 500
    assert found.value == pytest.approx(routed - (share + (1 - share) * agrees.mean()))
    assert found.low == found.high
    # A person who is right 95 % of the time draws agreements to a half: the true lift is larger.
    assert lift(agrees, np.ones(500), np.ones(500, bool), keeps, human=0.95).value == pytest.approx(
        found.value / 0.9
    )
    with pytest.raises(NotEstimable):
        lift(agrees, np.ones(500), np.ones(500, bool), keeps, human=0.5)


def test_quality_by_route() -> None:
    random = np.random.default_rng(2)
    keeps = np.arange(400) >= 100
    probability = np.where(keeps, 0.2, 1.0)
    seen = ~keeps
    seen[100 + random.choice(300, 60, replace=False)] = True
    agrees = random.random(400) < 0.8
    found = route_quality(agrees, probability, seen, keeps, doubles=[True] * 18 + [False] * 2)
    assert found.ai is not None
    assert found.ai.n == 60
    assert found.ai.value == pytest.approx(agrees[seen & keeps].mean())
    assert found.human is not None
    assert found.human.value == 0.9
    assert found.all is not None
    assert found.all.value == pytest.approx(0.75 * found.ai.value + 0.25 * 0.9)
    assert found.all.low < found.all.value < found.all.high
    nothing = route_quality(agrees, probability, ~keeps, keeps)
    assert (nothing.ai, nothing.human, nothing.all) == (None, None, None)
