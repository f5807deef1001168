"""The published frame: candidates as its algorithm draws them, planted gains found, refusals where it knows nothing."""

import json

import numpy as np
import pytest

from annotation.routing.domain.ppm.candidates import candidates, counts
from annotation.routing.domain.ppm.designs import make_design
from annotation.routing.domain.ppm.models import Kind, fit_ppm, ppm_from_json
from annotation.routing.domain.ppm.strategies import simulated, top_k
from annotation.routing.domain.ppm.validation import validate
from annotation.statistics.errors import NotEstimable

NAMES = ("level: easy", "level: hard", "size [1/2]", "size [2/2]", "never", "always", "code")


def items(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return tags, and whether the AI and a person are right: the AI fails on hard items and on code."""
    random = np.random.default_rng(seed)
    hard, big, code = random.random((3, n)) < [[0.4], [0.5], [0.2]]
    tags = np.column_stack([~hard, hard, ~big, big, np.zeros(n), np.ones(n), code]).astype(float)
    ai = random.random(n) < np.where(hard, 0.4, 0.9) - 0.3 * code
    return tags, ai, random.random(n) < 0.93


def metric(routings: np.ndarray, human: np.ndarray, ai: np.ndarray) -> np.ndarray:
    return np.where(routings, human, ai).mean(axis=1)


def test_candidates_are_those_of_the_algorithm() -> None:
    tags, _, _ = items(60, 0)
    drawn = candidates(tags, count=40, seed=1)
    assert drawn[0].all()
    assert not drawn[1].any()
    assert len(set(drawn.sum(axis=1))) == 40  # budgets without repetition
    at = candidates(tags, count=10, budget=17, seed=1)
    assert at.sum(axis=1).tolist() == [17] * 10
    # Small budgets are of one tag or two: some candidate of hard items alone.
    few = candidates(tags[:, :2], count=40, budget=5, seed=2)
    assert {tuple(one) for one in counts(few, tags[:, :2]).tolist()} == {(5, 0), (0, 5)}
    none = candidates(np.zeros((10, 2)), count=4, budget=3)
    assert none.sum(axis=1).tolist() == [3] * 4
    with pytest.raises(NotEstimable):
        candidates(tags, budget=61)


def test_columns_that_say_nothing_or_the_same_twice_are_dropped() -> None:
    tags, _, _ = items(100, 0)
    design = make_design(NAMES, tags.sum(axis=0), 100)
    assert "never" not in design.names
    assert "always" not in design.names
    assert len([n for n in design.names if n.startswith("level")]) == 1
    assert len([n for n in design.names if n.startswith("size")]) == 1
    assert "code" in design.names


@pytest.mark.parametrize("kind", ["linear", "ridge"])
def test_planted_gains_are_found(kind: Kind) -> None:
    tags, ai, human = items(400, 1)
    routings = candidates(tags, seed=2)
    model = fit_ppm(NAMES, tags, routings, metric(routings, human, ai), kind=kind)
    gain = model.gains(tags)
    assert gain[tags[:, 1] == 1].min() > gain[(tags[:, 1] == 0) & (tags[:, 6] == 0)].max()
    again = ppm_from_json(json.loads(json.dumps(model.to_json())))
    assert (again.gains(tags) == gain).all()
    fresh_tags, fresh_ai, fresh_human = items(400, 3)
    for choose in (top_k, simulated):
        asked = choose(model, fresh_tags, 100)
        assert asked.sum() == 100
        by_chance = 0.25 * fresh_human.mean() + 0.75 * fresh_ai.mean()
        assert np.where(asked, fresh_human, fresh_ai).mean() > by_chance + 0.02
    # The published linear model predicts +2.77 for English items alone, of a metric that ends at 1.
    assert -0.5 < model.predict(tags[None, :, 0] > 0, tags)[0] < 1.5


def test_skill_is_beyond_counting() -> None:
    tags, ai, human = items(400, 1)
    routings = candidates(tags, count=120, seed=2)
    found = validate(
        NAMES, tags, routings, metric(routings, human, ai), kinds=("linear", "quadratic"), folds=5
    )
    skill = {one.kind: one for one in found.skills}
    assert found.chosen == "ridge"
    assert skill["count_only"].spearman > 0.8  # which is what inflates a rank correlation over budgets
    assert skill["count_only"].spearman_at_budget is None
    assert skill["ridge"].spearman_at_budget > 0.5
    assert skill["ridge"].rmse < skill["count_only"].rmse < found.constant_rmse


def test_where_tags_tell_nothing_routing_is_refused() -> None:
    random = np.random.default_rng(4)
    tags = (random.random((300, 6)) < 0.3).astype(float)
    ai, human = random.random(300) < 0.7, random.random(300) < 0.95
    routings = candidates(tags, count=80, seed=5)
    # A metric that counts people and is otherwise noise.
    value = routings.mean(axis=1) * 0.2 + random.normal(0, 0.02, 80)
    found = validate([f"t{n}" for n in range(6)], tags, routings, value, kinds=(), folds=5)
    assert found.chosen is None
    assert "may not route" in found.sentence
    assert len(ai) == len(human)


@pytest.mark.parametrize("kind", ["quadratic", "boosted", "count_only"])
def test_the_other_kinds_predict(kind: Kind) -> None:
    tags, ai, human = items(200, 6)
    routings = candidates(tags, count=100, seed=7)
    value = metric(routings, human, ai)
    model = fit_ppm(NAMES, tags, routings, value, kind=kind)
    assert np.corrcoef(model.predict(routings, tags), value)[0, 1] > 0.8


def test_what_cannot_be_fitted_is_refused() -> None:
    tags, ai, human = items(100, 8)
    routings = candidates(tags, count=30, seed=9)
    value = metric(routings, human, ai)
    with pytest.raises(NotEstimable, match="too few"):
        fit_ppm(NAMES, tags, routings[:19], value[:19])
    with pytest.raises(NotEstimable, match="same metric"):
        fit_ppm(NAMES, tags, routings, np.ones(30))
    with pytest.raises(NotEstimable, match="not a number"):
        fit_ppm(NAMES, tags, routings, value * np.nan)
    with pytest.raises(NotEstimable, match="too few"):
        validate(NAMES, tags, routings, value, folds=11)
