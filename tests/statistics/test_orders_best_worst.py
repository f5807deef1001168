"""Best–worst scaling: counts by hand, planted worths, split halves, and designs that keep their promises."""

import itertools
import json
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scipy.stats import pearsonr

from annotation.statistics.errors import NotEstimable
from annotation.statistics.orders.best_worst import best_worst_scores, split_half
from annotation.statistics.orders.best_worst_design import design_sets
from tests.statistics.make import plackett_luce_sample, ranked

BEST_WORST = st.lists(
    st.permutations("abcde").map(lambda p: [p[0], (p[1], p[2]), p[3]]), min_size=3, max_size=12
)


@settings(max_examples=25, deadline=None)
@given(BEST_WORST)
def test_scores_are_counts(judgements: list[Any]) -> None:
    found = best_worst_scores(ranked(judgements))
    best, worst = Counter(one[0] for one in judgements), Counter(one[2] for one in judgements)
    shown = Counter(name for one in judgements for name in (one[0], *one[1], one[2]))
    for place, label in enumerate(found.labels):
        assert found.estimate[place] == pytest.approx((best[label] - worst[label]) / shown[label])
        counts = found.best[place], found.worst[place], found.appearances[place]
        assert counts == (best[label], worst[label], shown[label])
    assert (found.low >= -1).all() and (found.high <= 1).all()
    assert sum(found.estimate * found.appearances) == pytest.approx(0)
    json.dumps(found.as_json(), allow_nan=False)


@settings(max_examples=15, deadline=None)
@given(BEST_WORST)
def test_the_middle_is_not_read_and_turning_round_changes_the_sign(judgements: list[Any]) -> None:
    found = best_worst_scores(ranked(judgements))
    spelt = best_worst_scores(ranked([[b, *m, w] for b, m, w in judgements]))
    turned = best_worst_scores(ranked([list(reversed(one)) for one in judgements]))
    assert spelt.estimate == pytest.approx(found.estimate)
    assert turned.estimate == pytest.approx(-found.estimate)
    assert turned.se == pytest.approx(found.se)


def test_the_error_of_one_stimulus_is_that_of_its_mean() -> None:
    judgements = [list("abcd"), list("bacd"), list("abdc"), list("dacb"), list("abcd")]
    found = best_worst_scores(ranked(judgements), cluster="judgement")
    votes = np.array([{0: 1, 3: -1}.get(order.index("a"), 0) for order in judgements])
    # Everybody saw a: its score is a plain mean, and G/(G−1) Σ e²/G² is its plain squared error.
    assert found.se[0] == pytest.approx(votes.std(ddof=1) / np.sqrt(5))


def test_planted_worths_come_back() -> None:
    rng = np.random.default_rng(8)
    truth = np.linspace(2, -2, 12)
    found = best_worst_scores(ranked(plackett_luce_sample(truth, 600, 4, rng)))
    at = [int(label) for label in found.labels]
    assert pearsonr(found.estimate, truth[at]).statistic > 0.97


def test_halves_of_sure_judges_agree_and_those_of_coins_do_not() -> None:
    rng = np.random.default_rng(2)
    sets = [rng.permutation(16)[:4].tolist() for _ in range(32)]
    sure = [sorted(one) for one in sets for _ in range(4)]
    coins = [rng.permutation(one).tolist() for one in sets for _ in range(4)]
    high, low = (split_half(ranked(rows), splits=20, seed=1) for rows in (sure, coins))
    assert high.spearman == pytest.approx(1) and high.sets == len({tuple(sorted(s)) for s in sets})
    assert abs(low.spearman) < 0.5
    assert low.as_json() == split_half(ranked(coins), splits=20, seed=1).as_json()


@pytest.mark.parametrize(
    ("judgements", "reason"),
    [
        ([], "no rankings"),
        ([[("a", "b"), "c", "d"]] * 2, "more than one best"),
        ([["a", "b", ("c", "d")]] * 2, "more than one worst"),
        ([[("a", "b", "c", "d")]] * 2, "best from a worst"),
        ([["a"]] * 2, "best from a worst"),
        ([list("abcd"), list("efgh")], "2 parts that were never compared"),
    ],
)
def test_judgements_without_a_best_and_a_worst_are_refused(judgements: list[Any], reason: str) -> None:
    with pytest.raises(NotEstimable, match=reason):
        best_worst_scores(ranked(judgements))


def test_one_rater_and_single_judgements_are_refused() -> None:
    with pytest.raises(NotEstimable, match="one cluster"):
        best_worst_scores(ranked([list("abcd")] * 3, raters=["ann"] * 3))
    with pytest.raises(NotEstimable, match="judged only once"):
        split_half(ranked([list("abcd"), list("abce")]))
    with pytest.raises(NotEstimable, match="too few"):
        split_half(ranked([list("ab"), list("ab")]))


@settings(max_examples=12, deadline=None, phases=[Phase.generate])  # a failing draw is slow: never shrunk
@given(st.integers(34, 45), st.integers(3, 4), st.floats(0.4, 2.0), st.integers(0, 10**6))
def test_a_design_keeps_its_promises(n: int, size: int, share: float, seed: int) -> None:
    labels = tuple(f"s{code}" for code in range(n))
    count = int(share * n)
    design = design_sets(labels, size=size, count=count, seed=seed)
    assert len(design.sets) == count and all(len(set(one)) == size for one in design.sets)
    together = Counter(frozenset(pair) for one in design.sets for pair in itertools.combinations(one, 2))
    assert max(together.values()) == 1 == design.most_together
    seen = Counter(one for each in design.sets for one in each)
    counts = [seen[label] for label in labels]
    assert max(counts) - min(counts) <= 1 and (min(counts), max(counts)) == design.appearances
    for label in labels:
        places = Counter(one.index(label) for one in design.sets if label in one)
        assert max(places[p] for p in range(size)) - min(places[p] for p in range(size)) <= 1
    assert design == design_sets(labels, size=size, count=count, seed=seed)


def test_twice_as_many_sets_as_stimuli_is_possible() -> None:
    design = design_sets(tuple(map(str, range(30))), size=4, count=60, seed=5)
    assert design.appearances == (8, 8)
    json.dumps(design.as_json(), allow_nan=False)


@pytest.mark.parametrize(
    ("labels", "size", "count", "reason"),
    [
        ("abcd", 5, 1, "cannot be drawn"),
        ("abcd", 1, 1, "cannot be drawn"),
        ("abcd", 2, 0, "cannot be drawn"),
        ("aabc", 2, 1, "named twice"),
        ("abcdefgh", 4, 5, "at most 4 sets"),
        ("abcdefgh", 4, 4, "ask for fewer"),
    ],
)
def test_designs_that_cannot_be_are_refused(labels: str, size: int, count: int, reason: str) -> None:
    with pytest.raises(NotEstimable, match=reason):
        design_sets(tuple(labels), size=size, count=count, seed=0)
