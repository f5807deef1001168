"""Routers: planted truths are found, chances are honest, JSON predicts the same, and what cannot be learnt is said."""

import json
import math
from typing import Literal

import numpy as np
import pytest

from annotation.routing.domain.chances import chance_from_json
from annotation.routing.domain.learning import fit_boosted
from annotation.routing.domain.routers import Router, fit
from annotation.routing.domain.table import Table
from annotation.statistics.calibration import auroc
from annotation.statistics.errors import NotEstimable

Kind = Literal["logistic", "boosted"]


def planted(n: int, seed: int) -> tuple[Table, np.ndarray, np.ndarray]:
    """Return features, of which the first tells of the AI and the second nothing, and who is right."""
    random = np.random.default_rng(seed)
    values = random.normal(size=(n, 3))
    ai = random.random(n) < 1 / (1 + np.exp(-(1 + 1.5 * values[:, 0])))
    human = random.random(n) < 0.9
    values[random.random((n, 3)) < 0.1] = math.nan
    return Table(("told", "noise", "rest"), ("length",) * 3, values), ai.astype(float), human.astype(float)


@pytest.mark.parametrize("kind", ["logistic", "boosted"])
def test_a_planted_weakness_is_learnt_and_stated_honestly(kind: Kind) -> None:
    table, ai, human = planted(1500, 1)
    router = fit(table, ai, human, kind=kind, folds=3)
    fresh, ai_later, _ = planted(2000, 2)
    chance = router.p_ai(fresh)
    assert auroc(chance, ai_later) > 0.7
    for low, high in ((0, 0.5), (0.5, 0.8), (0.8, 1)):
        within = (chance >= low) & (chance < high)
        assert within.sum() > 50
        assert chance[within].mean() == pytest.approx(ai_later[within].mean(), abs=0.08)
    assert router.quality is not None
    assert router.quality.brier < router.quality.base_brier
    assert router.p_human(fresh) == pytest.approx(0.9, abs=0.06)
    assert router.gain(fresh) == pytest.approx(router.p_human(fresh) - chance)


@pytest.mark.parametrize("kind", ["logistic", "boosted"])
def test_a_stored_router_predicts_the_same(kind: Kind) -> None:
    table, ai, human = planted(120, 3)
    router = fit(table, ai, human, kind=kind, folds=3)
    again = Router.from_json(json.loads(json.dumps(router.to_json())))
    turned = Table(table.names[::-1], table.groups, table.values[:, ::-1])
    assert (again.gain(turned) == router.gain(table)).all()
    assert again.sha256 == router.sha256
    assert fit(table, ai, human, kind=kind, folds=3).sha256 == router.sha256
    assert fit(table, 1 - ai, human, kind=kind, folds=3).sha256 != router.sha256


def test_trees_as_numbers_are_those_of_scikit_learn() -> None:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    table, ai, _ = planted(400, 4)
    values = np.column_stack([np.full(400, 7.0), table.values, np.full(400, np.nan)])
    mine = fit_boosted(values, ai == 1, np.ones(400), 5.0, 0)
    model = HistGradientBoostingClassifier(
        max_iter=60, learning_rate=0.08, max_leaf_nodes=8, min_samples_leaf=10, l2_regularization=5.0,
        early_stopping=False, random_state=0,
    )  # fmt: skip
    with threadpool_limits(1):
        said = model.fit(table.values, ai == 1).predict_proba(table.values)[:, 1]
    assert mine.predict(values) == pytest.approx(said, abs=1e-9)
    assert chance_from_json(json.loads(json.dumps(mine.to_json()))).predict(values) == pytest.approx(
        said, abs=1e-9
    )


def test_noise_is_not_taken_for_knowledge() -> None:
    random = np.random.default_rng(5)
    table = Table(("a", "b", "c"), ("length",) * 3, random.normal(size=(200, 3)))
    spread = []
    for seed in range(10):
        ai = (np.random.default_rng(seed).random(200) < 0.7).astype(float)
        spread.append(fit(table, ai, np.ones(200), folds=5, seed=seed).held_ai.std())
    # Mostly the average itself; chances that tell right from wrong as above spread by 0.25.
    assert np.median(spread) < 0.06


def test_one_class_and_unknowns_are_said_and_safe() -> None:
    table, ai, human = planted(100, 6)
    router = fit(table, np.ones(100), human, folds=5)
    assert "nothing to learn" in router.notes[0]
    assert router.p_ai(table) == pytest.approx(101 / 102)
    unknown = fit(table, ai, np.full(100, np.nan), folds=5)
    assert "taken to be right" in unknown.notes[-1]
    assert (unknown.gain(table) > 0).all()
    few = np.where(np.arange(100) < 12, human, np.nan)
    assert "the average is used" in fit(table, ai, few, folds=5).notes[-1]


def test_unknown_features_everywhere_route_nobody_astray() -> None:
    table, ai, human = planted(200, 7)
    router = fit(table, ai, human, folds=5)
    blank = Table(table.names, table.groups, np.full((4, 3), np.nan))
    assert np.isfinite(router.gain(blank)).all()
    far = Table(table.names, table.groups, np.full((1, 3), 1e12))
    assert 0 < router.p_ai(far)[0] < 1


def test_audits_weigh_by_how_rare_they_were() -> None:
    # The AI is right on half of all items; items where it is right were audited nine times as often.
    random = np.random.default_rng(8)
    n = 4000
    ai = (random.random(n) < 0.5).astype(float)
    seen = random.random(n) < np.where(ai == 1, 0.9, 0.1)
    table = Table(("noise",), ("length",), random.normal(size=(n, 1)))
    plain = fit(table.pick(seen), ai[seen], np.ones(int(seen.sum())), folds=3)
    fair = fit(
        table.pick(seen),
        ai[seen],
        np.ones(int(seen.sum())),
        folds=3,
        weights=1 / np.where(ai[seen] == 1, 0.9, 0.1),
    )
    assert plain.p_ai(table).mean() > 0.85
    assert fair.p_ai(table).mean() == pytest.approx(0.5, abs=0.04)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ai_right": [1.0] * 29 + [math.nan] * 71}, "learnt from 30"),
        ({"ai_right": [2.0] * 100}, "1, 0 or not known"),
        ({"ai_right": [1.0]}, "other items"),
        ({"groups": ["same"] * 100}, "too few for 10 folds"),
        ({"weights": [0.0] * 100}, "weight above 0"),
        ({"kind": "neural"}, "no router neural"),
    ],
)
def test_what_cannot_be_learnt_is_refused(change: dict, said: str) -> None:
    table, ai, human = planted(100, 9)
    with pytest.raises(NotEstimable, match=said):
        fit(table, **({"ai_right": ai, "human_right": human} | change))
    with pytest.raises(NotEstimable, match="told"):
        fit(table, ai, human, folds=3).gain(Table(("noise", "rest"), ("", ""), np.zeros((1, 2))))
