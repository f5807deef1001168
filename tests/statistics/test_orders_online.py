"""Weng–Lin: openskill called by hand, the published pairwise update, the order of judgements, refusals."""

import json
from math import sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from annotation.statistics.errors import NotEstimable
from annotation.statistics.orders.weng_lin import Model, rate_online
from annotation.statistics.rows import Rankings
from tests.statistics.make import Tiers, plackett_luce_sample, ranked

BETA, START = 25 / 6, (25.0, 25 / 3)
TAU, EPSILON = (
    25 / 300,
    0.1,
)  # openskill's own: sigma grows a little before each judgement; the margin of a draw


def by_hand(judgements: list[list[str]]) -> dict[str, tuple[float, float]]:
    """Weng and Lin's Algorithm 3 (full pairs, probit), without ties: μ and σ move by all pairs at once."""
    found = {one: START for order in judgements for one in order}
    for order in judgements:
        found.update({one: (found[one][0], sqrt(found[one][1] ** 2 + TAU**2)) for one in order})
        new = {}
        for place, one in enumerate(order):
            mu, sigma = found[one]
            omega = delta = 0.0
            for other_place, other in enumerate(order):
                if other == one:
                    continue
                c = sqrt(sigma**2 + found[other][1] ** 2 + 2 * BETA**2)
                sign = 1 if place < other_place else -1
                x = (sign * (mu - found[other][0]) - EPSILON) / c
                v = norm.pdf(x) / norm.cdf(x)
                omega += sign * sigma**2 / c * v
                delta += sigma / c * (sigma / c) ** 2 * v * (v + x)
            new[one] = mu + omega, sigma * sqrt(max(1 - delta, 1e-4))
        found.update(new)
    return found


@settings(max_examples=20, deadline=None)
@given(st.lists(st.permutations("abcd"), min_size=1, max_size=6))
def test_pairs_move_as_weng_and_lin_print_it(judgements: list[list[str]]) -> None:
    found = rate_online(ranked(judgements), model="thurstone_mosteller", shuffles=0)
    mine = by_hand(judgements)
    assert found.mu == pytest.approx([mine[label][0] for label in found.labels], abs=1e-6)
    assert found.sigma == pytest.approx([mine[label][1] for label in found.labels], abs=1e-6)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.sampled_from([["a", "b", "c"], [("a", "b"), "c"], ["c", "a"], [("b", "c")]]), min_size=1))
def test_ties_and_parts_are_what_openskill_makes_of_them(judgements: list[Tiers]) -> None:
    from openskill.models import PlackettLuce

    model = PlackettLuce()
    rating = {name: model.rating() for name in "abc"}
    for tiers in judgements:
        flat = [(one, place) for place, tier in enumerate(tiers) for one in tier]
        moved = model.rate([[rating[one]] for one, _ in flat], ranks=[float(place) for _, place in flat])
        for (one, _), (new,) in zip(flat, moved, strict=True):
            rating[one] = new
    found = rate_online(ranked(judgements), shuffles=3)
    assert found.mu == pytest.approx([rating[label].mu for label in found.labels])
    assert found.sigma == pytest.approx([rating[label].sigma for label in found.labels])
    json.dumps(found.as_json(), allow_nan=False)


@pytest.mark.parametrize("model", ["plackett_luce", "bradley_terry", "thurstone_mosteller"])
def test_the_better_comes_out_on_top_whatever_the_model(model: Model) -> None:
    rng = np.random.default_rng(5)
    drawn = plackett_luce_sample(np.array([1.5, 0.5, -0.5, -1.5]), 150, 3, rng)
    found = rate_online(ranked(drawn), model=model, shuffles=3)
    assert np.argsort(-found.mu).tolist() == [0, 1, 2, 3]
    assert (found.sigma < 25 / 3).all() and (found.order_spread > 0).all() and found.order_dependent


def test_the_order_matters_and_is_the_callers() -> None:
    rows = ranked([["a", "b"], ["b", "a"], ["a", "c"]])
    forth, back = rate_online(rows), rate_online(rows, sequence=[2, 1, 0])
    assert np.abs(forth.mu - back.mu).max() > 0.01
    assert rate_online(rows, sequence=[0, 1, 2]).mu == pytest.approx(forth.mu)
    assert rate_online(rows, seed=7).order_spread == pytest.approx(rate_online(rows, seed=7).order_spread)


@pytest.mark.parametrize(
    ("rows", "how", "reason"),
    [
        (Rankings.from_rows([]), {}, "no rankings"),
        (ranked([["a"]]), {}, "two stimuli"),
        (ranked([["a", "b"], ["b", "a"]]), {"sequence": [0]}, "exactly once"),
        (ranked([["a", "b"], ["b", "a"]]), {"sequence": [0, 0]}, "exactly once"),
    ],
    ids=["empty", "alone", "misses one", "repeats one"],
)
def test_what_cannot_be_rated_is_refused(rows: Rankings, how: dict[str, Any], reason: str) -> None:
    with pytest.raises(NotEstimable, match=reason):
        rate_online(rows, **how)


def test_an_unknown_model_is_no_model() -> None:
    with pytest.raises(ValueError, match="models are"):
        rate_online(ranked([["a", "b"]]), model="elo")  # type: ignore[arg-type]
