"""The knapsack: budgets hold to the cent, probabilities are those of the draw, and the best items are bought first."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from annotation.routing.domain.drawing import draw
from annotation.routing.domain.knapsack import choose, neyman
from annotation.routing.domain.ladder import Rung, first_match, read, urgency
from annotation.routing.domain.signals import judge_signals
from annotation.routing.domain.table import Table
from annotation.statistics.errors import NotEstimable
from tests.routing.test_signals import replies


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(1, 60),
    share=st.floats(0.02, 1.3),
    audit=st.floats(0.02, 0.5),
    double=st.sampled_from([0.0, 0.05, 0.3]),
    alike=st.booleans(),
    by_lot=st.booleans(),
)
def test_no_draw_ever_costs_more_than_the_budget(
    seed: int, n: int, share: float, audit: float, double: float, alike: bool, by_lot: bool
) -> None:
    random = np.random.default_rng(seed)
    cost = np.full(n, 0.37) if alike else np.round(random.uniform(0.05, 2, n), 2)
    must = random.random(n) < 0.1
    gain = None if by_lot else random.normal(0.1, 0.3, n)
    budget = share * float(cost.sum())
    try:
        found = choose(gain, cost, n=n, budget=budget, audit=audit, double=double, must=must, seed=seed)
    except NotEstimable as refused:
        assert "does not pay" in refused.reason
        assume(False)
        return
    assert found.spent_usd <= budget + 1e-9
    assert found.spent_usd == pytest.approx(cost[found.asked].sum() + cost[found.double].sum())
    assert (found.probability >= audit - 1e-12).all()
    assert found.asked[must].all()
    assert not (found.double & ~found.asked).any()
    assert set(found.by[~found.asked]) <= {""}
    assert "" not in set(found.by[found.asked])


@pytest.mark.parametrize("alike", [True, False])
def test_frequencies_are_the_probabilities(alike: bool) -> None:
    random = np.random.default_rng(1)
    n, rounds = 60, 3000
    cost = np.full(n, 0.5) if alike else random.uniform(0.2, 2, n)
    gain = random.normal(0.1, 0.3, n)
    times = np.zeros(n)
    for seed in range(rounds):
        found = choose(gain, cost, budget=0.4 * float(cost.sum()), audit=0.1, seed=seed)
        times += found.asked
    p = found.probability
    by_lot = p < 1
    z = (times - rounds * p)[by_lot] / np.sqrt(rounds * (p * (1 - p))[by_lot])
    assert np.abs(z).max() < 4.2
    assert 0.7 < z.std() < 1.3
    assert (times[~by_lot] == rounds).all()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0, 1), max_size=40), st.integers(0, 1000))
def test_as_many_are_drawn_as_the_probabilities_add_up_to(chances: list[float], seed: int) -> None:
    drawn = draw(chances, seed=seed)
    total = sum(chances)
    assert math.floor(total + 1e-6) - 1e-9 <= drawn.sum() <= math.ceil(total - 1e-6) + 1e-9
    assert not drawn[np.array(chances, dtype=float) == 0].any()


def test_the_money_buys_the_largest_gain_per_cost() -> None:
    gain, cost = np.array([0.5, 0.4, 0.4, 0.1, -0.2]), np.array([1.0, 2.0, 0.5, 1.0, 1.0])
    found = choose(gain, cost, budget=4.5, audit=0.02, floor=0.02)
    # Per dollar: .8 (third), .5 (first), .2 (second); the fourth in part or not at all, the fifth by audit alone.
    assert found.probability[[2, 0]].tolist() == [1, 1]
    assert found.probability[4] == pytest.approx(0.02)
    assert found.threshold == pytest.approx(0.2)
    optimum = choose(gain, 1.0, budget=2, audit=0.02)
    assert optimum.probability == pytest.approx([1, 0.94 / 1 - 0.0, 0.02, 0.02, 0.02], abs=0.01)


def test_rich_and_poor_budgets() -> None:
    gain = np.full(10, -0.5)
    rich = choose(gain, 1.0, budget=100, audit=0.1)
    assert rich.spent_usd == 1  # nowhere is a person expected to do better: the money stays where it is
    assert "Nobody is asked for gain" in rich.notes[0]
    everybody = choose(None, 1.0, n=10, budget=10)
    assert (everybody.spent_usd, set(everybody.by)) == (10, {"lot"})
    certain = choose(gain, 1.0, budget=10, must=np.ones(10))
    assert set(certain.by) == {"must"}
    with pytest.raises(NotEstimable, match=r"needs? 6\.00 USD|need 6\.00 USD"):
        choose(gain, 1.0, budget=5, must=np.arange(10) < 5, audit=0.1)
    nobody = choose(np.zeros(0), np.zeros(0), budget=1)
    assert nobody.spent_usd == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cost": [1.0, math.nan]}, "price"),
        ({"cost": 0.0}, "price"),
        ({"audit": 0.0, "floor": 0.0}, "above 0"),
        ({"budget": math.nan}, "does not pay"),
        ({"double": 1.0}, "labelled twice"),
        ({"must": [True]}, "different items"),
    ],
)
def test_what_cannot_be_chosen_is_refused(change: dict, said: str) -> None:
    with pytest.raises(NotEstimable, match=said):
        choose([0.1, 0.2], **({"cost": 1.0, "budget": 1.0} | change))


def test_a_gain_that_is_not_known_is_left_to_the_audit() -> None:
    found = choose([math.nan, 0.2, 0.3], 1.0, budget=2.5, audit=0.1)
    assert found.probability[0] == pytest.approx(0.1)


def test_probabilities_for_a_sharp_estimate() -> None:
    spread, cost = np.array([0.1, 0.2, 0.4, 0.4]), np.array([1.0, 1.0, 1.0, 4.0])
    found = neyman(spread, cost, budget=1.4, floor=0.02)
    assert found @ cost == pytest.approx(1.4)
    assert found[1] / found[0] == pytest.approx(2)
    assert found[2] / found[3] == pytest.approx(2)  # four times the price, half the probability
    assert neyman(spread, cost, budget=100).tolist() == [1, 1, 1, 1]
    chosen = choose(None, 1.0, n=4, budget=2, probability=neyman(spread, np.ones(4), budget=2))
    assert chosen.spent_usd <= 2


def test_a_ladder_says_which_rung_held() -> None:
    rungs = read(["must_human", "failed", "orders_conflict", "judges_disagree", {"kind": "entropy", "at": 0.6},
                  {"kind": "gap", "at": 1}, {"kind": "low_confidence", "at": 0.7}, "audit"])  # fmt: skip
    sure = judge_signals(replies(["a"], ["a"], "x") + replies(["a"], ["a"], "y"), ["x", "y"])
    torn = judge_signals(replies(["a"], ["b"], "x") + replies(["a"], ["a"], "y"), ["x", "y"])
    apart = judge_signals(replies(["b"], ["b"], "x") + replies(["a"], ["a"], "y"), ["x", "y"])

    def reason(*args: object, **known: object) -> str | None:
        found = first_match(rungs, *args, **known)  # type: ignore[arg-type]
        return found.reason if found else None

    assert reason(sure, p_ai=0.9) is None
    assert reason(sure, must="safety is high", p_ai=0.9) == "must_human: safety is high"
    assert reason(sure, p_ai=0.6) == "low_confidence"
    assert reason(sure, p_ai=0.9, audit=True) == "audit"
    assert reason(torn) == "orders_conflict"
    assert reason(apart) == "judges_disagree"
    assert reason({}) == "failed"
    assert reason(judge_signals(replies([None], [None], "x"), ["x"])) == "failed"
    assert reason({"x: failed": 0, "x: entropy": 0.65}) == "entropy"
    assert reason({"x: failed": 0, "x: gap": 0.5}) == "gap"
    assert reason({"x: failed": 0, "x: gap": 1.5, "x: conflict": None}) is None


@pytest.mark.parametrize(
    "rungs", [["prayer"], ["entropy"], [{"kind": "audit", "at": 1}], ["failed", "failed"], [{"kind": "gap", "at": "1"}],
              [{"kind": "gap", "at": math.nan}], [{"kind": "audit", "to": "human"}], [{}]])  # fmt: skip
def test_ladders_that_cannot_be_meant(rungs: list) -> None:
    with pytest.raises(NotEstimable):
        read(rungs)


def test_a_ladder_spends_its_budget_from_the_top() -> None:
    table = Table.from_rows(
        [
            {"x: failed": 0, "x: conflict": 1},
            {"x: failed": 1},
            {"x: failed": 0, "x: conflict": 0},
            {"x: failed": 0, "x: conflict": 1},
        ]
    )
    found = urgency(read(["failed", "orders_conflict"]), table, p_ai=np.array([0.9, 0.9, 0.9, 0.4]))
    assert found.argsort()[::-1].tolist() == [1, 3, 0, 2]
    assert found[2] == 0
    asked = choose(found, 1.0, budget=2, audit=0.02)
    assert asked.probability[1] == 1


def test_rungs_are_plain_values() -> None:
    assert read([Rung("gap", 1.0)]) == read([{"kind": "gap", "at": 1}])
