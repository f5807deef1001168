"""Means from some labels of people: published numbers, counting by hand, and simulations that could fail."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.statistics.calibration import auroc, calibration
from annotation.statistics.errors import NotEstimable
from annotation.statistics.means.anytime import confidence_sequence
from annotation.statistics.means.audited import audit_share, corrected_agreement, human_accuracy
from annotation.statistics.means.control import control_variate, effective_n, ratio, saving
from annotation.statistics.means.difference import aipw, terms
from annotation.statistics.means.mean import naive
from annotation.statistics.means.more import half_width, more_labels, more_quality
from annotation.statistics.shares import wilson


@pytest.mark.parametrize(("total", "left"), [(200, 0.829), (400, 0.743), (1000, 0.692), (None, 0.658)])
def test_the_published_variance_ratios_of_a_finite_set(total: int | None, left: float) -> None:
    # routing.md §5: ρ² .342, n 100
    assert ratio(0.342, 100, total) == pytest.approx(left, abs=0.0006)
    assert saving(0.342, 100, total) == pytest.approx(1 - left, abs=0.0006)
    assert effective_n(100, 0.342, total) == pytest.approx(100 / left, rel=0.001)


def test_a_control_variate_by_hand() -> None:
    y, f = np.array([1, 0, 1, 0.5, 1, 0]), np.array([1, 0, 0.5, 0.5, 1, 0.5])
    everyone = np.concatenate([f, [0, 0, 0, 0.5]])
    found = control_variate(y, f, everyone)
    alpha = np.cov(y, f)[0, 1] / np.var(f, ddof=1)
    assert found.alpha == pytest.approx(alpha)
    assert found.value == pytest.approx(y.mean() - alpha * (f.mean() - everyone.mean()))
    assert found.rho2 == pytest.approx(np.corrcoef(y, f)[0, 1] ** 2)
    assert (found.plain, found.n) == (pytest.approx(y.mean()), 6)


def test_alpha_is_not_inflated_as_in_the_published_code() -> None:
    # Its covariance has n − 1 and its variance n: at n = 10 that is 1.11 times as much.
    f = np.linspace(0, 1, 10)
    away = np.array([1, -1, -1, 1] * 2 + [0, 0]) / 1000
    found = control_variate(f + away, f, np.linspace(0, 1, 50))
    assert found.alpha == pytest.approx(1, abs=0.001)
    assert found.value == pytest.approx(0.5, abs=0.001)
    assert 0 < found.se < 0.001


def test_labels_that_leave_no_doubt_of_themselves_tell_none_of_the_others() -> None:
    everyone = np.linspace(0, 1, 200)
    for label, guess in (([1.0] * 30, [0.7] * 30), (everyone[:30], everyone[:30])):
        with pytest.raises(NotEstimable, match="cannot be told"):
            control_variate(label, guess, everyone)
        value = np.full(200, np.nan)
        value[:30] = label
        f = np.concatenate([guess, everyone[30:]])
        with pytest.raises(NotEstimable, match="cannot be told"):
            aipw(value, f, [0.15] * 200, [True] * 30 + [False] * 170, tuned=False)
    # Where everything is labelled there is no doubt left to tell.
    assert control_variate(everyone, everyone, everyone).se == 0


def test_guesses_that_tell_nothing_are_named() -> None:
    random = np.random.default_rng(0)
    guess = random.random(300)
    found = control_variate(random.random(60), guess[:60], guess)
    assert found.rho2 < 0.05
    assert "not worth their price" in found.notes[0]
    constant = control_variate([0, 1, 1, 0], [0.5] * 4, [0.5] * 9)
    assert (constant.alpha, constant.rho2, constant.saving) == (0, 0, 0)


def test_the_difference_estimator_by_hand() -> None:
    # Four items; two are certain, one of the other two was drawn with ½.
    found = aipw(
        [1, 0, 1, math.nan],
        [1, 1, 0, 1],
        [1, 1, 0.5, 0.5],
        [True, True, True, False],
        tuned=False,
        weights=[0, 0, 0, 0],
    )
    assert found.value == 0
    wins = aipw([1, 0, 1, 0, math.nan], [1, 1, 0, 1, 1], [1, 1, 0.5, 0.5, 0.5], [1, 1, 1, 1, 0], tuned=False)
    # Σf/5 = 4/5; certain ones: (1−1) + (0−1) = −1; drawn ones: (1−0)/.5 + (0−1)/.5 = 0
    assert wins.value == pytest.approx((4 - 1) / 5)
    alone = aipw(
        [1, 0, 1, 0, math.nan],
        [1, 1, 0, 1, 1],
        [1, 1, 0.5, 0.5, 0.5],
        [1, 1, 1, 1, 0],
        tuned=False,
        fixed_size=False,
    )
    assert alone.se == pytest.approx(math.sqrt(0.5 * 4 + 0.5 * 4) / 5)
    assert terms(
        [1, 0, 1, 0, math.nan], [1, 1, 0, 1, 1], [1, 1, 0.5, 0.5, 0.5], [1, 1, 1, 1, 0]
    ).mean() == pytest.approx(wins.value)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(5, 40))
def test_with_everybody_asked_it_is_the_mean_whatever_the_guesses(seed: int, n: int) -> None:
    random = np.random.default_rng(seed)
    y, guess = random.random(n), random.normal(size=n)
    found = aipw(y, guess, np.ones(n), np.ones(n, bool))
    assert found.value == pytest.approx(y.mean())
    assert (found.se, found.low) == (0, found.value)


def test_it_equals_the_stratified_mean_where_probabilities_are_of_strata() -> None:
    random = np.random.default_rng(3)
    y, stratum = random.random(100), np.arange(100) < 40
    seen = np.zeros(100, bool)
    seen[random.choice(40, 10, replace=False)] = True
    seen[40 + random.choice(60, 30, replace=False)] = True
    found = aipw(y, np.zeros(100), np.where(stratum, 0.25, 0.5), seen)
    assert found.value == pytest.approx(0.4 * y[stratum & seen].mean() + 0.6 * y[~stratum & seen].mean())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"probability": [1, 1, 0]}, "above 0"),
        ({"value": [1, math.nan, 0]}, "label of a person"),
        ({"guess": [1, math.nan, 0]}, "guess is not a number"),
        ({"probability": [0.5, 0.5, 0.5], "seen": [1, 0, 0]}, "Fewer than two"),
        ({"value": [1, 0]}, "different items"),
    ],
)
def test_what_cannot_be_estimated_is_said(change: dict[str, list[float]], said: str) -> None:
    given = {"value": [1, 0, 1], "guess": [1, 0, 0], "probability": [1, 1, 1], "seen": [1, 1, 1]} | change
    with pytest.raises(NotEstimable, match=said):
        aipw(**given)


def test_people_s_own_errors_are_taken_out() -> None:
    # 80 % right, people right 90 % of the time: they agree .8·.9 + .2·.1 = .74 of the time.
    found = corrected_agreement(0.74, 0.9, n=200)
    assert found.value == pytest.approx(0.8)
    assert found.low < 0.8 < found.high
    assert human_accuracy(0.9**2 + 0.1**2) == pytest.approx(0.9)
    wider = corrected_agreement(0.74, 0.9, n=200, doubles=50)
    assert wider.width > found.width
    with pytest.raises(NotEstimable, match="tell nothing"):
        human_accuracy(0.5)


def test_audits_of_a_finite_set() -> None:
    low, high = wilson(42, 80)
    assert (low, high) == (
        pytest.approx(0.417, abs=5e-4),
        pytest.approx(0.631, abs=5e-4),
    )  # FairEval's GPT-4, §4
    assert audit_share(42, 80).low == pytest.approx(low)
    part = audit_share(42, 80, population=100)
    assert low < part.low < part.value < part.high < high
    assert audit_share(42, 80, population=80).width == 0
    with pytest.raises(NotEstimable):
        audit_share(3, 2)


@pytest.mark.parametrize(("truth", "bounds"), [(0.9, (0, 1)), (0.5, (0, 1))])
def test_a_confidence_sequence_holds_at_every_peek(truth: float, bounds: tuple[float, float]) -> None:
    random = np.random.default_rng(1)
    missed = 0
    for _ in range(300):
        found = confidence_sequence((random.random(400) < truth).astype(float), bounds=bounds)
        missed += bool(((found.low > truth) | (found.high < truth)).any())
    assert (
        missed <= 24
    )  # 15 are expected at most; a fixed-size interval looked at each time misses in 100 and more


def test_the_sequence_of_terms_of_any_size_holds_for_many() -> None:
    random = np.random.default_rng(2)
    missed = 0
    for _ in range(200):
        x = random.exponential(size=600)
        found = confidence_sequence(x)
        missed += bool(((found.low > 1) | (found.high < 1)).any())
        assert math.isinf(found.high[28])
        assert math.isfinite(found.high[29])
    assert missed <= 20


def test_the_sequence_of_shares_by_integration() -> None:
    from scipy.integrate import quad

    found = confidence_sequence([1, 1, 0, 1, 1, 0, 1, 1, 1, 1], bounds=(0, 1))
    for end in (found.low[-1], found.high[-1]):
        mixed = quad(lambda q: q**8 * (1 - q) ** 2, 0, 1)[0]
        assert end**8 * (1 - end) ** 2 == pytest.approx(0.05 * mixed, rel=1e-6)
    assert (np.diff(found.high - found.low)[5:] < 0.02).all()


def test_what_more_labels_buy() -> None:
    assert half_width(0.5, 100) == pytest.approx(1.984 * 0.05, rel=1e-3)
    bought = more_labels(0.5, 100, 50, rho2=0.342)
    assert bought.half_width_then < bought.half_width_now < half_width(0.5, 100)
    assert more_labels(0.5, 90, 50, total=100).extra == 10
    assert more_labels(0.5, 90, 50, total=100).half_width_then == 0
    random = np.random.default_rng(4)
    gain = random.random(400)
    happened = np.where(random.random(400) < gain, 1.0, 0.0)
    more = more_quality(np.full(50, 0.6), gain, happened, 1000)
    assert more.low < 0.6 * 50 / 1000 < more.high
    with pytest.raises(NotEstimable, match="too few"):
        more_quality([0.5], [0.5] * 5, [1] * 5, 10)


def test_the_naive_mean_covers_the_models_mean() -> None:
    found = naive([1, 1, 0, 1])
    assert found.value == 0.75
    assert found.se == pytest.approx(np.std([1, 1, 0, 1], ddof=1) / 2)
    with pytest.raises(NotEstimable):
        naive([math.nan, 1])


def test_calibration_by_hand_and_beside_sklearn() -> None:
    from sklearn.metrics import brier_score_loss, roc_auc_score

    honest = calibration([0.2, 0.4, 0.6, 1.0], [0, 1, 1, 1], bins=2)
    assert honest.brier == pytest.approx((0.04 + 0.36 + 0.16 + 0) / 4)
    assert [(b.n, b.predicted, b.observed) for b in honest.bins] == [
        (2, pytest.approx(0.3), 0.5),
        (2, 0.8, 1.0),
    ]
    assert honest.ece == pytest.approx(0.2)
    assert honest.base_brier == pytest.approx(0.75 * 0.25)
    random = np.random.default_rng(5)
    said = np.round(random.random(300), 1)
    was = random.random(300) < said
    assert calibration(said, was).brier == pytest.approx(brier_score_loss(was, said))
    assert auroc(said, was) == pytest.approx(roc_auc_score(was, said))
    assert auroc(said, np.ones(300)) is None
    flipped = random.permutation(300)
    assert calibration(said[flipped], was[flipped]).ece == pytest.approx(calibration(said, was).ece)
    with pytest.raises(NotEstimable):
        calibration([1.2], [1])
