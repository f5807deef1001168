"""Intervals of worths: held against the bootstrap, and against truths that were planted."""

from typing import Any

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import t

from annotation.statistics.errors import NotEstimable
from annotation.statistics.pairwise.bradley_terry import bradley_terry, bradley_terry_from_counts
from annotation.statistics.pairwise.counts import Counts
from annotation.statistics.pairwise.davidson import davidson
from annotation.statistics.pairwise.inference import Inference
from annotation.statistics.pairwise.position import position_bias
from annotation.statistics.pairwise.rank_centrality import rank_centrality
from annotation.statistics.pairwise.ranks import rank_bounds
from annotation.statistics.rows import Comparisons
from tests.statistics.pairs import changed, people

TASTE, WORTH = 0.9, np.array([-0.5, 0.0, 0.5])


def population() -> np.ndarray:
    """Return the worths that infinitely many such people would show: those of their average choices."""
    points, weights = np.polynomial.hermite_e.hermegauss(60)
    gaps = WORTH[:, None] - WORTH[None, :]
    # The tastes of one person for two systems differ by a normal of √2 times their spread.
    chance = expit(gaps[:, :, None] + TASTE * np.sqrt(2) * points) @ weights / weights.sum()
    np.fill_diagonal(chance, 0.0)
    found = bradley_terry_from_counts(Counts(("s0", "s1", "s2"), 1e6 * chance, np.zeros((3, 3))))
    return found.worth


def covered(how: Inference, studies: int = 120) -> float:
    """Return how many of the worths' intervals hold the truth, over small studies of 25 people."""
    truth, held = population(), []
    for seed in range(studies):
        rows = people(seed, raters=25, each=12, systems=3, items=12, taste=TASTE, worth=WORTH)
        found = bradley_terry(rows, how)
        held.append((found.low <= truth) & (truth <= found.high))
    return float(np.mean(held))


def test_clustered_intervals_hold_what_was_planted_and_independent_ones_do_not() -> None:
    # 360 intervals of 95 %: three standard errors of the share are about 0.03, and more where worths correlate.
    assert 0.915 <= covered(Inference(cluster="rater")) <= 0.985
    assert covered(Inference(cluster="none")) < 0.89


def test_people_and_items_at_once_hold_what_was_planted() -> None:
    # Two equal systems: tastes and items move a study's worths, and by symmetry the truth is 0.
    held: dict[Any, list[bool]] = {"both": [], "none": []}
    for seed in range(80):
        rows = people(
            seed, raters=20, each=16, systems=2, items=20, taste=0.5, item_sd=0.8, worth=np.zeros(2)
        )
        for cluster, into in held.items():
            found = bradley_terry(rows, Inference(cluster=cluster))
            into.append(bool(found.low[0] <= 0 <= found.high[0]))
    assert np.mean(held["both"]) >= 0.9
    assert np.mean(held["none"]) < 0.85


@pytest.mark.parametrize("cluster", ["rater", "item"])
@pytest.mark.parametrize("model", [bradley_terry, davidson])
def test_the_sandwich_is_what_a_bootstrap_of_whole_clusters_finds(model: Any, cluster: Any) -> None:
    rows = people(21, raters=60, each=15, items=60, taste=0.8, item_sd=0.5, tie=0.3)
    formula = model(rows, Inference(cluster=cluster, position=True))
    drawn = model(rows, Inference(cluster=cluster, position=True, bootstrap=300, seed=5))
    assert drawn.worth == pytest.approx(formula.worth)
    assert drawn.se == pytest.approx(formula.se, rel=0.2)
    assert drawn.low == pytest.approx(formula.low, abs=0.6 * formula.se.max())
    assert drawn.high == pytest.approx(formula.high, abs=0.6 * formula.se.max())
    assert drawn.coefficient("shown first").se == pytest.approx(
        formula.coefficient("shown first").se, rel=0.2
    )
    assert (drawn.seed, formula.seed) == (5, None)
    assert "300 resamples" in drawn.interval and "60" in drawn.interval


def test_the_pigeonhole_bootstrap_is_as_wide_as_both_or_wider() -> None:
    rows = people(22, raters=40, each=20, items=40, taste=0.8, item_sd=0.8)
    formula = bradley_terry(rows, Inference(cluster="both"))
    drawn = bradley_terry(rows, Inference(cluster="both", bootstrap=200, seed=1))
    assert (drawn.se > 0.85 * formula.se).all() and (drawn.se < 1.6 * formula.se).all()


def test_a_seed_gives_the_same_resamples_and_another_gives_others() -> None:
    rows = people(23)
    one, same, other = (bradley_terry(rows, Inference("rater", bootstrap=30, seed=s)) for s in (1, 1, 2))
    assert np.array_equal(one.se, same.se) and not np.array_equal(one.se, other.se)


def test_rank_centrality_has_the_errors_of_a_bootstrap() -> None:
    rows = people(24, raters=60, each=20, taste=0.7, tie=0.3)
    found = rank_centrality(rows, cluster="rater")
    random, draws = np.random.default_rng(0), []
    for _ in range(300):
        drawn = random.integers(0, 60, 60)
        taken = rows.take(np.concatenate([np.flatnonzero(rows.rater == who) for who in drawn]))
        draws.append(rank_centrality(taken, cluster="judgement").worth)
    assert np.std(draws, axis=0) == pytest.approx(found.se, rel=0.2)


def test_pairs_of_one_ranking_are_never_independent() -> None:
    # 80 rankings of three, three pairs each; as 240 independent pairs the intervals would be too narrow.
    random = np.random.default_rng(25)
    rows = []
    for n in range(80):
        order = np.argsort(-(np.array([0.0, 0.4, 0.8]) + random.gumbel(size=3)))
        for first, second in ((0, 1), (0, 2), (1, 2)):
            rows.append({"item": n, "rater": n, "a": f"s{order[first]}", "b": f"s{order[second]}", "outcome": "a",
                         "judgement": n})  # fmt: skip
    pairs = Comparisons.from_rows(rows)
    with pytest.raises(NotEstimable, match="never independent"):
        bradley_terry(pairs, Inference(cluster="none"))
    honest = bradley_terry(pairs, Inference(cluster="judgement"))
    naive = bradley_terry(changed(pairs, judgement=np.arange(240)), Inference(cluster="none"))
    assert (honest.se > naive.se).all()


def test_an_interval_of_ranks_holds_the_rank_and_equals_cannot_be_ordered() -> None:
    low, high = rank_bounds(np.array([1.0, 0.0, 0.0, -1.0]), 0.01 * np.eye(4), 2.4)
    assert (low, high) == ((1, 2, 2, 4), (1, 3, 3, 4))
    wide = rank_bounds(np.array([1.0, 0.0, 0.0, -1.0]), 100 * np.eye(4), 2.4)
    assert wide == ((1, 1, 1, 1), (4, 4, 4, 4))


def test_a_share_of_the_first_side_is_covered_though_some_always_take_it() -> None:
    held, naive = [], []
    for seed in range(200):
        random = np.random.default_rng(seed)
        # A quarter always take the first, a quarter always the second, the rest look.
        habit = random.choice([0.0, 0.5, 0.5, 1.0], 30)
        rater = np.repeat(np.arange(30), 20)
        won = random.random(600) < habit[rater]
        rows = Comparisons(
            np.arange(600), rater, np.zeros(600, int), np.ones(600, int), np.where(won, 1, -1), np.ones(600),
            np.arange(600), tuple(map(str, range(600))), tuple(map(str, range(30))), ("x", "y"),
        )  # fmt: skip
        found = position_bias(rows)
        held.append(found.low <= 0.5 <= found.high)
        alone = position_bias(rows, cluster="judgement")
        naive.append(alone.low <= 0.5 <= alone.high)
    assert np.mean(held) >= 0.91
    assert np.mean(naive) < 0.7


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_an_interval_is_so_many_errors_wide_as_t_with_the_fewest_clusters_says(level: float) -> None:
    rows = people(41, raters=12, each=30, systems=6, items=40, taste=0.5)
    for found in (
        bradley_terry(rows, Inference(level=level)),
        rank_centrality(rows, level=level),
    ):
        assert found.degrees == 11
        half = t.ppf((1 + level) / 2, 11) * found.se
        assert found.high - found.worth == pytest.approx(half)
        assert found.worth - found.low == pytest.approx(half)
        # Ranks take five differences at once, each at a fifth of the risk; one at the whole risk would be narrower.
        tail = (1 - level) / 2
        told = rank_bounds(found.worth, found.covariance, float(t.ppf(1 - tail / 5, 11)))
        assert (found.rank_low, found.rank_high) == told
        assert told != rank_bounds(found.worth, found.covariance, float(t.ppf(1 - tail, 11)))
