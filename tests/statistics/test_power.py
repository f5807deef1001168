"""How many pairs and annotators: printed sizes, statsmodels, studies drawn anew, and the promises of the answer."""

import json
from math import ceil, sqrt
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import samplesize_confint_proportion

from annotation.statistics.errors import NotEstimable
from annotation.statistics.power import (
    Design,
    inflation,
    pairs_for_half_width,
    plan,
    proportion_half_width,
    sign_test_pairs,
)
from annotation.statistics.power.analytic import estimate_variance, point, raters_of
from annotation.statistics.power.design import Kind
from annotation.statistics.power.latent import Latent, solve
from annotation.statistics.power.simulate import simulate

KINDS: tuple[Kind, ...] = get_args(Kind)


def test_printed_sizes() -> None:
    assert [round(proportion_half_width(n), 1) for n in (117, 1000)] == [9.1, 3.1]
    assert ceil(pairs_for_half_width(3)) == 1068
    assert [ceil(sign_test_pairs(net)) for net in (5, 10, 15)] == [2104, 526, 234]
    assert round(sign_test_pairs(5)) == 2103
    assert inflation(20, 0.1) == pytest.approx(2.9) and inflation(1, 0.5) == 1


@settings(max_examples=25)
@given(st.floats(1, 20), st.floats(0.1, 0.9), st.floats(0.6, 0.99))
def test_sizes_are_those_of_statsmodels(points: float, share: float, level: float) -> None:
    n = pairs_for_half_width(points, share=share, level=level)
    assert n == pytest.approx(samplesize_confint_proportion(share, points / 100, alpha=1 - level))
    assert proportion_half_width(n, share=share, level=level) == pytest.approx(points)
    net = points / 2
    theirs = NormalIndPower(ddof=0).solve_power(
        effect_size=net / 100 / sqrt(0.7), power=0.8, alpha=0.05, ratio=0, alternative="two-sided"
    )
    assert sign_test_pairs(net, tie_rate=0.3) == pytest.approx(theirs, rel=2e-3)


@pytest.mark.parametrize(
    "call",
    [
        lambda: proportion_half_width(0),
        lambda: proportion_half_width(10, share=1.2),
        lambda: proportion_half_width(float("nan")),
        lambda: pairs_for_half_width(0),
        lambda: pairs_for_half_width(float("nan")),
        lambda: pairs_for_half_width(3, level=1.0),
        lambda: sign_test_pairs(0),
        lambda: sign_test_pairs(80, tie_rate=0.33),
        lambda: sign_test_pairs(5, power=1.0),
        lambda: inflation(0.5, 0.1),
        lambda: inflation(5, float("nan")),
    ],
)
def test_sizes_of_nothing_are_refused(call: Any) -> None:
    with pytest.raises(NotEstimable):
        call()


def design(kind: Kind = "between", **rest: Any) -> Design:
    return Design(**{"kind": kind, "pairs": 40, "annotators": 24, "per_pair": 2, **rest}).checked()


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(KINDS), st.integers(2, 30), st.integers(1, 4), st.integers(0, 9), st.booleans())
def test_nobody_meets_a_pair_twice_and_work_is_level(
    kind: Kind, pairs: int, per_pair: int, more: int, same: bool
) -> None:
    one = Design(kind=kind, pairs=pairs, annotators=1, per_pair=per_pair, same_items=same)
    one = one.with_people(one.fewest() + more).checked()
    people = raters_of(one)
    assert sum(map(len, people)) == one.judgements
    met: list[set[tuple[int, int]]] = []
    for who in people:
        rows = who.reshape(pairs, per_pair)
        assert all(len(set(row)) == per_pair for row in rows.tolist())
        met.append({(pair, person) for pair, row in enumerate(rows.tolist()) for person in row})
        count = np.bincount(who)
        assert np.ptp(count[count > 0]) <= 1
    if len(met) == 2:
        groups = [set(who.tolist()) for who in people]
        if kind == "between":
            assert not groups[0] & groups[1]
        elif not same:
            assert not met[0] & met[1]
        elif kind == "within":
            assert met[0] == met[1]


def drawn(latent: Latent, studies: int, seed: int) -> np.ndarray:
    """Estimates of studies drawn person by person and pair by pair, apart from the code's own simulator."""
    plan_, rng = latent.design, np.random.default_rng(seed)
    people, pair = raters_of(plan_), np.repeat(np.arange(plan_.pairs), plan_.per_pair)
    found = []
    for _ in range(studies):
        person = rng.normal(0, plan_.rater_sd, plan_.annotators)
        item = rng.normal(0, plan_.item_sd, plan_.pairs)
        means = []
        for protocol, who in enumerate(people):
            own = rng.normal(0, plan_.rater_by_protocol_sd, plan_.annotators)
            its = rng.normal(0, plan_.item_by_protocol_sd, plan_.pairs)
            at = latent.means[1 if plan_.protocols == 1 else protocol]
            scale = at + (person + own)[who] + (item + its)[pair] + rng.normal(size=len(who))
            means.append(latent.scores[np.searchsorted(latent.cuts, scale)].mean())
        found.append(means[-1] - (means[0] if len(means) == 2 else 0))
    return np.array(found)


@pytest.mark.parametrize(
    ("kind", "same_items"), [*((kind, False) for kind in KINDS), ("within", True), ("mixed", True)]
)
def test_the_variance_is_that_of_studies_drawn_anew(kind: Kind, same_items: bool) -> None:
    latent = solve(
        design(
            kind,
            rater_sd=0.8,
            item_sd=0.7,
            rater_by_protocol_sd=0.4,
            item_by_protocol_sd=0.3,
            same_items=same_items,
        )
    )
    estimates = drawn(latent, 2500, seed=7)
    # The standard error of a standard deviation from 2,500 draws is 1.4 %: this is four of them. Groups of the
    # second protocol in a single design stand at base + effect, where the variance hardly differs.
    assert estimates.std() == pytest.approx(sqrt(estimate_variance(latent)), rel=0.06)
    goal = latent.value(1) - (latent.value(0) if latent.design.protocols == 2 else 0)
    assert estimates.mean() == pytest.approx(goal, abs=4 * estimates.std() / 50)


def test_the_model_has_the_declared_base_effect_and_ties() -> None:
    latent = solve(design(base=20, effect=10, tie_rate=0.4))
    assert (latent.value(0), latent.value(1)) == (pytest.approx(0.2), pytest.approx(0.3))
    rng = np.random.default_rng(2)
    scale = latent.means[0] + sqrt(latent.variance) * rng.normal(size=200_000)
    values = latent.scores[np.searchsorted(latent.cuts, scale)]
    assert (values == 0).mean() == pytest.approx(0.4, abs=0.005)
    assert values.mean() == pytest.approx(0.2, abs=0.008)
    assert latent.spread(0) == pytest.approx(values.var(), abs=0.005)
    share = solve(design(measure="share", base=56, effect=5))
    assert share.scores.tolist() == [0, 1] and share.value(0) == pytest.approx(0.56)
    seven = solve(design(thresholds=(-2.0, -1.0, -0.3, 0.3, 1.0, 2.0)))
    assert len(seven.scores) == 7 and seven.value(0) == pytest.approx(0)


@pytest.mark.parametrize("kind", KINDS)
def test_the_planned_test_keeps_its_error_and_its_interval(kind: Kind) -> None:
    latent = solve(design(kind, pairs=60, annotators=40, per_pair=3, effect=12))
    found, expected = simulate(latent, simulations=600, seed=1), point(latent)
    # 600 studies: 5 % ± four standard errors of 0.9 points; a test clustered by both is a little wide.
    assert found.type_1 < 0.086 and found.coverage > 0.914
    assert found.half_width == pytest.approx(expected.half_width, rel=0.15)
    assert found.power == pytest.approx(expected.power, abs=0.12)


def test_pairs_and_people_for_three_points_are_borne_out_by_drawn_studies() -> None:
    """The question of the project: a consistency of 60 % among people who rate and rank, to ± 3 points."""
    asked = {"kind": "single", "measure": "share", "base": 60, "effect": 0, "pairs": 100, "annotators": 60}
    answer = plan(goal_half_width=3.0, seed=11, **asked)
    enough = answer.for_half_width
    assert enough is not None and enough.half_width <= 3.0
    reached = Design(**{**asked, "pairs": enough.pairs, "annotators": enough.annotators}).checked()
    # A little less is not enough (to the search's 0.2 %).
    assert point(solve(reached.scaled(int(enough.pairs * 0.98)))).half_width > 3.0
    checked = simulate(solve(reached), simulations=150, seed=20240501)
    assert checked.half_width == pytest.approx(3.0, abs=0.15)
    assert checked.coverage > 0.95 - 4 * sqrt(0.95 * 0.05 / 150)
    spread = drawn(solve(reached), 150, seed=12).std()
    # 1.96 standard deviations of 150 drawn studies: ± 3 points, within four of its own errors (5.8 % each).
    assert 196 * spread == pytest.approx(3.0, rel=0.23)
    # Counting every judgement as if it were alone would promise ± 3 from far fewer.
    assert enough.judgements > 1.3 * pairs_for_half_width(3, share=0.6)
    assert answer.design_effect > 1 and answer.inflation > 1


def test_people_without_a_judgement_count_for_nothing() -> None:
    crowd, few = (point(solve(design(pairs=10, per_pair=1, annotators=n))) for n in (400, 20))
    assert crowd.half_width == pytest.approx(few.half_width)
    many = plan(kind="single", pairs=10, per_pair=1, annotators=400, simulations=20)
    assert many.inflation >= 1 and [one.annotators for one in many.people_curve][-1] == 400


def test_more_pairs_and_people_narrow_and_more_noise_widens() -> None:
    answer = plan(kind="between", pairs=100, annotators=60, simulations=20)
    for curve in (answer.curve, answer.people_curve):
        widths = [one.half_width for one in curve]
        assert widths == sorted(widths, reverse=True)
        assert [one.power for one in curve] == sorted(one.power for one in curve)
    assert len({one.judgements for one in answer.people_curve}) == 1
    noisy = plan(kind="between", pairs=100, annotators=60, simulations=20, rater_sd=1.0)
    assert noisy.declared.half_width > answer.declared.half_width
    assert noisy.icc_rater > answer.icc_rater
    within = plan(kind="within", pairs=100, annotators=60, simulations=20, same_items=True)
    assert within.declared.half_width < answer.declared.half_width


def test_a_plan_is_plain_data_and_comes_again_with_its_seed() -> None:
    one, two = (plan(kind="mixed", pairs=40, annotators=30, simulations=30, seed=3) for _ in range(2))
    assert json.loads(json.dumps(one.as_json(), allow_nan=False)) == two.as_json()
    assert one.for_power is not None and one.for_power.power >= 0.8
    assert plan(kind="single", pairs=40, annotators=30, simulations=20, effect=0).for_power is None
    beyond = plan(kind="single", pairs=40, annotators=6, simulations=20, goal_half_width=0.01)
    assert beyond.for_half_width is None


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        ({"pairs": 1}, "two pairs"),
        ({"per_pair": 0}, "at least once"),
        ({"annotators": 1}, "at least 6 annotators"),
        ({"pairs": 10**6}, "More than 1,000,000"),
        ({"rater_sd": -0.1}, "below 0"),
        ({"rater_sd": float("nan")}, "not finite"),
        ({"base": float("nan")}, "not finite"),
        ({"effect": float("inf")}, "not finite"),
        ({"alpha": 0.0}, "error rate"),
        ({"tie_rate": 1.0}, "tie rate"),
        ({"thresholds": (1.0, 0.0)}, "rise"),
        ({"thresholds": ()}, "rise"),
        ({"base": 90.0}, "outside|no room"),
        ({"effect": 120.0}, "outside"),
        ({"kind": "crossed"}, "single, between"),
        ({"measure": "odds"}, "net or share"),
        ({"goal_half_width": 0.0}, "goal"),
        ({"goal_half_width": float("nan")}, "goal"),
        ({"goal_power": 1.0}, "goal"),
    ],
)
def test_designs_that_cannot_be_are_refused(declared: dict[str, Any], reason: str) -> None:
    with pytest.raises(NotEstimable, match=reason):
        plan(
            **{"kind": "between", "pairs": 40, "annotators": 30, "per_pair": 3, "simulations": 20, **declared}
        )
