"""What must hold of every model of pairs, whatever the rows."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from annotation.statistics.errors import NotEstimable
from annotation.statistics.pairwise.counts import count
from annotation.statistics.pairwise.covariates import Covariates, relative_difference, standardised
from annotation.statistics.pairwise.davidson import davidson
from annotation.statistics.pairwise.elo import elo
from annotation.statistics.pairwise.estimate import Estimate
from annotation.statistics.pairwise.inference import Inference
from annotation.statistics.pairwise.leaderboard import leaderboard
from annotation.statistics.pairwise.links import Adjacent, Cumulative
from annotation.statistics.pairwise.position import position_bias
from annotation.statistics.pairwise.prior import Prior
from annotation.statistics.pairwise.rank_centrality import rank_centrality
from annotation.statistics.rows import Comparisons
from tests.statistics.pairs import MODELS, changed, comparisons, graded_people, people, turned, twice

few = settings(max_examples=15, deadline=None)
EACH = Inference(cluster="none")
models = st.sampled_from(sorted(MODELS))


def fitted(name: str, rows: Comparisons, how: Inference = EACH) -> Estimate:
    return MODELS[name](rows, how)


@few
@given(models, comparisons(graded=True), st.data())
def test_relabelling_and_reordering_permute_worths(name: str, rows: Comparisons, data: Any) -> None:
    order = np.array(data.draw(st.permutations(range(len(rows.stimuli)))))
    mixed = rows.take(np.array(data.draw(st.permutations(range(len(rows))))))
    named = changed(mixed, a=order[mixed.a], b=order[mixed.b])
    once, again = fitted(name, rows), fitted(name, named)
    assert again.worth[order] == pytest.approx(once.worth, abs=1e-6)
    assert again.se[order] == pytest.approx(once.se, abs=1e-6)
    assert np.array(again.rank)[order].tolist() == list(once.rank) or len(set(np.round(once.worth, 6))) < len(
        order
    )


@few
@given(models, comparisons(graded=True), st.data())
def test_which_side_a_response_was_on_says_nothing_about_it(name: str, rows: Comparisons, data: Any) -> None:
    which = np.array(data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows))))
    once, again = fitted(name, rows), fitted(name, turned(rows, which))
    assert again.worth == pytest.approx(once.worth, abs=1e-6)
    assert again.se == pytest.approx(once.se, abs=1e-6)


@few
@given(models, comparisons(graded=True))
def test_worths_sum_to_nought_and_lie_within_their_intervals_and_ranks(name: str, rows: Comparisons) -> None:
    found = fitted(name, rows)
    assert found.worth.sum() == pytest.approx(0, abs=1e-9)
    assert found.share.sum() == pytest.approx(1)
    assert found.covariance.sum(axis=0) == pytest.approx(np.zeros(len(found.labels)), abs=1e-6)
    assert (found.low <= found.worth).all() and (found.worth <= found.high).all()
    assert all(
        low <= rank <= high
        for low, rank, high in zip(found.rank_low, found.rank, found.rank_high, strict=True)
    )


@few
@given(comparisons(ties=False))
def test_one_more_win_never_lowers_the_winner_of_bradley_terry(rows: Comparisons) -> None:
    # Not so for graded models: a win may also say that wins of its strength are usual.
    more = twice(rows, strangers=True).take(np.arange(len(rows) + 1))
    won = changed(more, a=np.append(rows.a, 0), b=np.append(rows.b, 1), outcome=np.append(rows.outcome, 1))
    assert fitted("bradley_terry", won).worth[0] > fitted("bradley_terry", rows).worth[0]


@few
@given(models, comparisons(graded=True))
def test_twice_the_data_is_the_same_estimate_with_errors_smaller_by_the_root_of_two(
    name: str, rows: Comparisons
) -> None:
    once, again = fitted(name, rows), fitted(name, twice(rows, strangers=True))
    assert again.worth == pytest.approx(once.worth, abs=1e-6)
    assert again.se == pytest.approx(once.se / np.sqrt(2), abs=1e-6)
    assert again.loglik == pytest.approx(2 * once.loglik)  # type: ignore[operator]


@pytest.mark.parametrize("cluster", ["rater", "item", "both", "judgement"])
@pytest.mark.parametrize("name", [*sorted(MODELS), "rank_centrality"])
def test_the_same_people_saying_it_twice_add_nothing(name: str, cluster: Any) -> None:
    rows = graded_people(11, taste=0.7, tie=0.3)
    fit: Any = (
        (lambda given: rank_centrality(given, cluster=cluster))
        if name == "rank_centrality"
        else (lambda given: fitted(name, given, Inference(cluster=cluster)))
    )
    once, same, strangers = fit(rows), fit(twice(rows, strangers=False)), fit(twice(rows, strangers=True))
    assert same.worth == pytest.approx(once.worth, abs=1e-7)
    assert same.se == pytest.approx(once.se, abs=1e-7)
    assert (strangers.se < 0.75 * once.se).all()


def test_davidson_without_ties_is_bradley_terry_and_graded_models_with_one_grade_are_their_own() -> None:
    plain, tied = people(12), people(12, tie=0.4)
    for name in ("davidson", "rao_kupper", "cumulative", "adjacent"):
        assert fitted(name, plain).worth == pytest.approx(fitted("bradley_terry", plain).worth, abs=1e-7)
    assert fitted("cumulative", tied).worth == pytest.approx(fitted("rao_kupper", tied).worth, abs=1e-7)
    assert fitted("adjacent", tied).worth == pytest.approx(fitted("davidson", tied).worth, abs=1e-7)


@few
@given(comparisons(graded=True))
def test_strengths_are_only_ordered_for_the_ordinal_models(rows: Comparisons) -> None:
    stretched = changed(rows, strength=rows.strength**3 + 1)
    for name in ("cumulative", "adjacent"):
        assert fitted(name, stretched).worth == pytest.approx(fitted(name, rows).worth, abs=1e-7)


@few
@given(comparisons(ties=False), st.integers(0, 99))
def test_being_shown_first_changes_sign_with_the_sides(rows: Comparisons, seed: int) -> None:
    how = Inference(cluster="none", position=True)
    try:
        once = fitted("bradley_terry", rows, how)
    except NotEstimable:
        assume(False)
    again = fitted("bradley_terry", turned(rows), how)
    assert again.worth == pytest.approx(once.worth, abs=1e-6)
    assert again.coefficient("shown first").value == pytest.approx(
        -once.coefficient("shown first").value, abs=1e-6
    )


@pytest.mark.parametrize("link", [
    Adjacent(np.array([-1.0, 0.0, 1.0])), Adjacent(np.array([-2.0, -1.0, 1.0, 2.0])),
    Cumulative(np.array([-1.0, 1.0])), Cumulative(np.array([-2.0, -1.0, 0.0, 1.0, 2.0])),
    Cumulative(np.array([-1.0, 0.0, 1.0]), "normal"),
])  # fmt: skip
def test_derivatives_are_those_of_small_steps_and_chances_sum_to_one(link: Any) -> None:
    d = np.array([-3.0, -0.4, 0.0, 1.1, 6.0])
    shape = (
        np.linspace(0.3, 1.0, len(link.names))
        if isinstance(link, Cumulative)
        else np.linspace(-0.5, 0.8, len(link.names))
    )
    step, total = 1e-6, np.zeros(len(d))
    for category in range(len(link.levels)):
        places = np.full(len(d), category)
        here = link.terms(d, places, shape)
        total += np.exp(here.value)
        for place in range(1 + len(shape)):
            move = step * np.eye(1 + len(shape))[place]
            up, down = (link.terms(d + s * move[0], places, shape + s * move[1:]) for s in (1, -1))
            assert here.first[:, place] == pytest.approx((up.value - down.value) / (2 * step), abs=1e-6)
            assert here.second[:, place] == pytest.approx((up.first - down.first) / (2 * step), abs=1e-6)
    assert total == pytest.approx(np.ones(len(d)))


def test_a_prior_is_told_and_draws_worths_together() -> None:
    rows = people(13)
    free, held = (
        fitted("bradley_terry", rows),
        fitted("bradley_terry", rows, Inference("none", Prior(sd=0.5))),
    )
    assert np.abs(held.worth).sum() < np.abs(free.worth).sum()
    assert (held.prior, free.prior) == ("log-worths normal with standard deviation 0.5", "")
    ghost = fitted("bradley_terry", rows, Inference("none", Prior(ghost=3)))
    assert np.abs(ghost.worth).sum() < np.abs(free.worth).sum() and "3 wins and losses" in ghost.prior


def test_length_explains_wins_that_were_length() -> None:
    random = np.random.default_rng(14)
    n = 6000
    a = random.integers(0, 3, n)
    b = (a + random.integers(1, 3, n)) % 3
    words = random.integers(20, 200, (n, 2)) * (1 + np.stack([a, b], 1))  # the last system writes the longest
    longer = relative_difference(words[:, 0], words[:, 1])
    won = random.logistic(size=n) < 2.0 * longer  # only length is liked
    rows = Comparisons.from_columns(
        {"item": random.integers(0, 100, n), "rater": random.integers(0, 50, n), "a": a, "b": b,
         "outcome": np.where(won, "a", "b").tolist()}
    )  # fmt: skip
    blind = davidson(rows)
    assert blind.low[2] > 0.2  # without the covariate the long-winded one is best
    controlled = davidson(rows, covariates=Covariates(("length",), longer[:, None]))
    assert (controlled.low < 0).all() and (controlled.high > 0).all()
    effect = controlled.coefficient("length")
    assert effect.low < 2.0 < effect.high  # type: ignore[operator]
    usual = davidson(rows, covariates=Covariates(("length",), standardised(longer)[:, None]))
    assert usual.worth == pytest.approx(controlled.worth, abs=1e-6)
    assert usual.coefficient("length").value == pytest.approx(effect.value * np.sqrt(np.mean(longer**2)))


def finite(told: Any) -> bool:
    """Whether every number in JSON is one."""
    if isinstance(told, dict):
        return all(map(finite, told.values()))
    if isinstance(told, list):
        return all(map(finite, told))
    return not isinstance(told, float) or bool(np.isfinite(told))


EVERY = {
    **{name: (lambda rows, model=model, how=how: model(rows, how)) for name, model in MODELS.items()
       for how in [Inference()]},
    "bradley_terry, rater, position": lambda rows: MODELS["bradley_terry"](rows, Inference("rater", position=True)),
    "davidson, prior": lambda rows: MODELS["davidson"](rows, Inference("rater", Prior(ghost=0.5))),
    "bradley_terry, bootstrap": lambda rows: MODELS["bradley_terry"](rows, Inference("rater", bootstrap=20, seed=1)),
    "rank_centrality": rank_centrality,
    "rank_centrality, pseudo": lambda rows: rank_centrality(rows, cluster="rater", pseudo=1),
    "elo": lambda rows: elo(rows, orders=2),
    "leaderboard": lambda rows: leaderboard(count(rows)),
    "position": position_bias,
}  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(sorted(EVERY)),
    st.one_of(comparisons(connected=False, graded=True), comparisons(graded=True)),
)
def test_anything_is_either_refused_in_words_or_finite(name: str, rows: Comparisons) -> None:
    try:
        told = EVERY[name](rows).as_json()
    except NotEstimable as refused:
        assert refused.reason.endswith(".") and len(refused.reason.split()) > 3
        return
    assert finite(told), told
