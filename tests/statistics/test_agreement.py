"""Agreement by property and against second implementations."""

import itertools
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from annotation.statistics.agreement.cohen import cohen_kappa
from annotation.statistics.agreement.fleiss import fleiss_kappa
from annotation.statistics.agreement.gwet import gwet_ac
from annotation.statistics.agreement.icc import icc
from annotation.statistics.agreement.judgements import from_both_sides
from annotation.statistics.agreement.kendall import kendall_w, mean_kendall_w
from annotation.statistics.agreement.krippendorff import Level, krippendorff_alpha
from annotation.statistics.agreement.percent import percent_agreement
from annotation.statistics.agreement.retest import retest
from annotation.statistics.agreement.weights import weights
from annotation.statistics.errors import NotEstimable
from annotation.statistics.rows import Rankings
from tests.statistics.published import vectors

LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval")


@st.composite
def tables(draw: Any, gaps: bool = True, least: int = 2) -> np.ndarray:
    """Tables of units × raters with values 1..5 and, with ``gaps``, missing ones."""
    units, raters = draw(st.integers(least, 12)), draw(st.integers(2, 5))
    cell = st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, *([np.nan] if gaps else [])])
    return np.array(draw(st.lists(cell, min_size=units * raters, max_size=units * raters))).reshape(
        units, raters
    )


def pairable(table: np.ndarray) -> np.ndarray:
    """The values of units with at least two."""
    kept = table[(~np.isnan(table)).sum(axis=1) > 1]
    return kept[~np.isnan(kept)]


def varied(table: np.ndarray) -> bool:
    """Whether two raters have a pair, and the pairable values differ."""
    present = (~np.isnan(table)).sum(axis=0) > 0
    return len(np.unique(pairable(table))) > 1 and present.sum() > 1


@given(tables(), st.sampled_from(LEVELS))
def test_alpha_is_that_of_the_package_krippendorff(table: np.ndarray, level: Level) -> None:
    import krippendorff

    assume(varied(table))
    mine = krippendorff_alpha(*vectors(table), level=level).estimate
    theirs = krippendorff.alpha(reliability_data=table.T, level_of_measurement=level)
    assert mine == pytest.approx(theirs, abs=1e-9)


@given(tables())
def test_alpha_is_that_of_a_loop_over_pairs(table: np.ndarray) -> None:
    assume(varied(table))
    values = pairable(table)
    observed = 0.0
    for row in table:
        unit = row[~np.isnan(row)]
        if len(unit) > 1:
            observed += sum((a - b) ** 2 for a, b in itertools.permutations(unit, 2)) / (len(unit) - 1)
    expected = sum((a - b) ** 2 for a, b in itertools.permutations(values, 2)) / (len(values) - 1)
    assert krippendorff_alpha(*vectors(table), level="interval").estimate == pytest.approx(
        1 - observed / expected
    )


@given(tables(), st.sampled_from(LEVELS), st.randoms(use_true_random=False))
def test_the_order_of_rows_raters_and_units_says_nothing(
    table: np.ndarray, level: Level, chance: Any
) -> None:
    assume(varied(table))
    unit, value, rater = vectors(table)
    order = list(range(len(unit)))
    chance.shuffle(order)
    names = list(range(100, 100 + table.shape[1]))
    chance.shuffle(names)
    once = krippendorff_alpha(unit, value, rater, level=level).estimate
    again = krippendorff_alpha(
        unit[order] + 7, value[order], np.array(names)[rater[order]], level=level
    ).estimate
    assert once == pytest.approx(again, abs=1e-12)


@given(tables(), st.permutations([1.0, 2.0, 3.0, 4.0, 5.0]))
def test_nominal_values_may_be_called_anything(table: np.ndarray, names: list[float]) -> None:
    assume(varied(table))
    called = np.where(np.isnan(table), np.nan, np.array([np.nan, *names])[np.nan_to_num(table).astype(int)])
    for measure in (
        lambda t: krippendorff_alpha(*vectors(t), level="nominal"),
        lambda t: gwet_ac(*vectors(t)),
    ):
        assert measure(table).estimate == pytest.approx(measure(called).estimate, abs=1e-12)


@given(tables(), st.floats(0.5, 20), st.floats(-1000, 1000))
def test_interval_alpha_knows_no_unit_and_no_zero_and_ordinal_only_the_order(
    table: np.ndarray, unit: float, zero: float
) -> None:
    assume(varied(table))
    interval = krippendorff_alpha(*vectors(table), level="interval").estimate
    assert krippendorff_alpha(*vectors(table * unit + zero), level="interval").estimate == pytest.approx(
        interval
    )
    ordinal = krippendorff_alpha(*vectors(table), level="ordinal").estimate
    assert krippendorff_alpha(*vectors(table**3), level="ordinal").estimate == pytest.approx(ordinal)


@given(st.lists(st.integers(1, 5), min_size=2, max_size=9), st.integers(2, 5))
def test_agreement_is_one_where_all_agree_and_only_there(values: list[int], raters: int) -> None:
    assume(len(set(values)) > 1)
    table = np.repeat(np.array(values, float)[:, None], raters, axis=1)
    spoilt = table.copy()
    spoilt[0, 0] = spoilt[0, 0] % 5 + 1
    measures = [
        *(lambda t, level=level: krippendorff_alpha(*vectors(t), level=level) for level in LEVELS),
        lambda t: fleiss_kappa(*vectors(t)),
        lambda t: gwet_ac(*vectors(t)),
        lambda t: gwet_ac(*vectors(t), weighting="quadratic"),
        lambda t: percent_agreement(*vectors(t)),
        lambda t: icc(*vectors(t), form="2,1"),
    ]
    for measure in measures:
        assert measure(table).estimate == pytest.approx(1)
        assert measure(spoilt).estimate < 1 - 1e-9


@given(tables(gaps=False))
def test_kappas_are_those_of_statsmodels(table: np.ndarray) -> None:
    from statsmodels.stats.inter_rater import aggregate_raters
    from statsmodels.stats.inter_rater import cohens_kappa as theirs_cohen
    from statsmodels.stats.inter_rater import fleiss_kappa as theirs_fleiss

    assume(len(np.unique(table)) > 1)
    counts, _ = aggregate_raters(table)
    assert fleiss_kappa(*vectors(table)).estimate == pytest.approx(theirs_fleiss(counts), abs=1e-12)
    first, second = table[:, 0], table[:, 1]
    assume(len(np.unique(np.r_[first, second])) > 1)
    scale = np.unique(np.r_[first, second])
    cross = np.array([[((first == a) & (second == b)).sum() for b in scale] for a in scale])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs divides by zero where ours refuses
        theirs = theirs_cohen(cross)
    try:
        mine = cohen_kappa(first, second)
    except NotEstimable:
        assert not np.isfinite(theirs.kappa)
        return
    assert mine.estimate == pytest.approx(theirs.kappa, abs=1e-12)
    # Variances, for a rater of one value has exactly 0, which theirs misses by a digit and takes the root of.
    assert mine.se is not None
    assert mine.se**2 == pytest.approx(theirs.var_kappa, abs=1e-12)


@given(tables(), st.sampled_from(["identity", "linear", "quadratic", "ordinal"]))
def test_gwet_is_that_of_a_loop(table: np.ndarray, weighting: Any) -> None:
    assume(varied(table))
    scale = np.unique(table[~np.isnan(table)])
    weight = weights(scale, weighting)
    place = {value: at for at, value in enumerate(scale)}
    judged = [row[~np.isnan(row)] for row in table if not np.isnan(row).all()]
    shares = []
    for row in (row for row in judged if len(row) > 1):
        pairs = list(itertools.permutations(row, 2))
        shares.append(sum(weight[place[a], place[b]] for a, b in pairs) / len(pairs))
    prevalence = [np.mean([(row == value).mean() for row in judged]) for value in scale]
    chance = weight.sum() * sum(p * (1 - p) for p in prevalence) / (len(scale) * (len(scale) - 1))
    expected = (np.mean(shares) - chance) / (1 - chance)
    found = gwet_ac(*vectors(table), weighting=weighting)
    assert found.estimate == pytest.approx(expected, abs=1e-9)
    assert found.se is None or found.se >= 0


@given(tables(gaps=False, least=3))
def test_w_with_ties_is_friedmans(table: np.ndarray) -> None:
    from scipy.stats import friedmanchisquare

    # Units are raters here: each ranks the columns, with ties.
    assume(table.shape[1] > 2 and (np.ptp(table, axis=1) > 0).any())
    rater, rank, stimulus = vectors(table)
    found = kendall_w(rater, stimulus, rank)
    theirs = friedmanchisquare(*table.T)
    assert found.chi_squared == pytest.approx(theirs.statistic, abs=1e-9)
    assert found.p_value == pytest.approx(theirs.pvalue, abs=1e-9)
    assert 0 <= found.estimate <= 1 + 1e-12


def test_w_leaves_out_who_ranked_too_little_and_says_so() -> None:
    rows = [(r, s, rank) for r in "abc" for s, rank in zip("xyz", (1, 2, 3), strict=True)] + [("d", "x", 3.0)]
    rater, stimulus, rank = (np.array(column) for column in zip(*rows, strict=True))
    found = kendall_w(rater, stimulus, rank.astype(float))
    assert (found.estimate, found.raters, found.partial) == (pytest.approx(1), 3, 1)
    of_items = [{"item": i, "rater": r, "stimulus": s, "rank": k} for i in ("one", "two") for r, s, k in rows]
    lonely = [{"item": "three", "rater": "a", "stimulus": "x", "rank": 1}]
    both = mean_kendall_w(Rankings.from_rows(of_items + lonely))
    assert (both.estimate, both.items, both.refused, both.partial) == (pytest.approx(1), 2, 1, 2)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_an_interval_holds_its_estimate_and_comes_again_with_its_seed(seed: int) -> None:
    table = np.random.default_rng(seed).integers(1, 6, (40, 3)).astype(float)
    table[:, 1] = np.where(np.arange(40) % 3 > 0, table[:, 0], table[:, 1])
    once = krippendorff_alpha(*vectors(table), level="ordinal", resamples=200, seed=seed)
    assert once.low is not None and once.high is not None
    assert once.low <= once.estimate <= once.high
    assert once == krippendorff_alpha(*vectors(table), level="ordinal", resamples=200, seed=seed)
    items = np.arange(120) // 3 // 4
    grouped = krippendorff_alpha(*vectors(table), level="ordinal", cluster=items, resamples=200, seed=seed)
    assert grouped.estimate == once.estimate


REFUSED = [
    ("one rater", lambda: krippendorff_alpha([1, 1], [1, 2], ["ann", "ann"], level="nominal"), "one rater"),
    ("no pair", lambda: krippendorff_alpha([1, 2], [1, 2], level="nominal"), "two values"),
    ("no rows", lambda: krippendorff_alpha([], [], level="nominal"), "no judgements"),
    ("all missing", lambda: percent_agreement([1, 1], [np.nan, np.nan]), "two values"),
    ("no variation", lambda: krippendorff_alpha([1, 1], [3, 3], level="ordinal"), "no variation"),
    ("words on an interval", lambda: krippendorff_alpha([1, 1], ["a", "b"], level="interval"), "numbers"),
    ("infinite", lambda: krippendorff_alpha([1, 1], [1.0, np.inf], level="interval"), "infinite"),
    ("twice", lambda: krippendorff_alpha([1, 1, 1], [1, 2, 3], [1, 1, 2], level="nominal"), "two values"),
    ("uneven", lambda: fleiss_kappa([1, 1, 2], [1, 2, 3]), "one number"),
    ("fleiss, no variation", lambda: fleiss_kappa([1, 1], [2, 2]), "no variation"),
    ("cohen, no units", lambda: cohen_kappa([np.nan], [1.0]), "No unit"),
    ("cohen, one value", lambda: cohen_kappa([1, 1], [1, 1]), "no variation"),
    ("gwet, one value", lambda: gwet_ac([1, 1], [1, 1]), "name the scale"),
    ("icc, a gap", lambda: icc([1, 1, 2], [1.0, 2.0, 3.0], [1, 2, 1], form="2,1"), "missing"),
    ("icc, no variation", lambda: icc([1, 1, 2, 2], [1.0] * 4, [1, 2, 1, 2], form="2,1"), "no variation"),
    ("icc, one unit", lambda: icc([1, 1], [1.0, 2.0], [1, 2], form="2,1"), "one unit"),
    ("w, all ties", lambda: kendall_w([1, 1, 2, 2], [1, 2, 1, 2], [1, 1, 1, 1]), "no order"),
    ("w, one rater", lambda: kendall_w([1, 1], [1, 2], [1, 2]), "W needs two"),
    ("retest, nothing", lambda: retest([], [], [], level="nominal"), "Nothing"),
    (
        "one cluster",
        lambda: krippendorff_alpha(
            [1, 1, 2, 2], [1, 2, 1, 1], level="nominal", cluster=[1] * 4, resamples=100
        ),
        "one cluster",
    ),
]


@pytest.mark.parametrize(
    ("call", "reason"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_what_cannot_be_supported_is_refused_with_its_reason(call: Any, reason: str) -> None:
    with pytest.raises(NotEstimable, match=reason):
        call()


def test_a_scale_that_nobody_used_fully_still_counts_for_ac1() -> None:
    # All agree on one of five values: chance is small but known, so the agreement is perfect.
    assert gwet_ac([1, 1, 2, 2], [3, 3, 3, 3], scale=np.arange(1, 6)).estimate == 1


def test_people_who_repeat_themselves_are_told_from_those_who_do_not() -> None:
    first, second = np.array([1, 2, 3, 4, 5, 1]), np.array([1, 2, 3, 4, 5, 3])
    found = retest(first, second, ["ann", "ann", "bo", "bo", "cy", "cy"], level="ordinal")
    assert (found.n, found.raters, found.same) == (6, 3, pytest.approx(5 / 6))
    assert found.shift == pytest.approx(1 / 3)
    assert found.alpha is not None and 0 < found.alpha.estimate < 1
    same = retest([2, 2], [2, 2], [1, 2], level="nominal")
    assert same.same == 1 and same.alpha is None and len(same.refused) == 2


def test_pairs_agree_alike_whichever_response_is_called_a() -> None:
    rng = np.random.default_rng(5)
    truth = np.repeat(rng.choice([-1.0, 1.0], 40, p=[0.2, 0.8]), 4)
    value = np.where(rng.random(160) < 0.3, rng.choice([-1.0, 0.0, 1.0], 160), truth)
    unit, rater = np.repeat(np.arange(40), 4), np.tile(np.arange(4), 40)
    found = set()
    for _ in range(5):
        turned = value * np.repeat(rng.choice([-1.0, 1.0], 40), 4)
        units, values = from_both_sides(unit, turned)
        alpha = krippendorff_alpha(units, values, np.tile(rater, 2), level="ordinal").estimate
        found.add(round(alpha, 10))
    assert len(found) == 1
    assert krippendorff_alpha(unit, value, rater, level="ordinal").estimate != pytest.approx(
        found.pop(), abs=0.01
    )
