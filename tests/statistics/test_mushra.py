"""MUSHRA: exclusion by the standard and not by one bad page, scores and tests against scipy and statsmodels."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import wilcoxon
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.multitest import multipletests

from annotation.statistics.detailed_score import detailed_score
from annotation.statistics.errors import NotEstimable
from annotation.statistics.mushra import screen_raters, summarise_mushra
from annotation.statistics.rows import Ratings
from tests.statistics.make import rated

ROLES = {"ref": "hidden_reference", "mid": "mid_anchor", "low": "low_anchor"}


def pages(rater: str, references: list[float], mids: list[float] = []) -> list[Any]:  # noqa: B006
    mids = mids or [50] * len(references)
    return [
        (f"page{n:02}", rater, stimulus, score)
        for n, (ref, mid) in enumerate(zip(references, mids, strict=True))
        for stimulus, score in (("ref", ref), ("mid", mid), ("low", 20), ("vits", 70), ("fast", 60))
    ]


@pytest.mark.parametrize(
    ("low", "of", "excluded"),
    # More than 15 %: 3 of 20 is not, 4 is; one bad page of seven is 14 %, one of six is 17 %.
    [
        (0, 20, False),
        (1, 20, False),
        (3, 20, False),
        (4, 20, True),
        (1, 7, False),
        (1, 6, True),
        (6, 40, False),
    ],
)
def test_who_fails_more_than_fifteen_percent_is_excluded(low: int, of: int, excluded: bool) -> None:
    scores = [89.0] * low + [90.0] * (of - low)
    (one,) = screen_raters(rated(pages("ann", scores)), ROLES)
    assert (one.references, one.references_low, one.excluded) == (of, low, excluded)
    assert one.reasons == (("the hidden reference too low",) if excluded else ())
    (other,) = screen_raters(rated(pages("bo", [100.0] * of, [91.0] * low + [90.0] * (of - low))), ROLES)
    assert (other.anchors_high, other.excluded) == (low, excluded)


def test_who_saw_no_reference_is_not_screened_and_stays() -> None:
    rows = rated([*pages("ann", [50.0] * 4), ("page00", "bo", "vits", 10)])
    ann, bo = screen_raters(rows, ROLES)
    assert (ann.screened, ann.excluded, bo.screened, bo.excluded) == (True, True, False, False)
    found = summarise_mushra(rows, ROLES)
    assert found.excluded == ("ann",)
    assert [score.label for score in found.kept_scores] == ["vits"] and len(found.all_scores) == 5


scored = st.lists(
    st.tuples(
        st.integers(0, 3), st.integers(0, 2), st.sampled_from(["ref", "vits", "fast"]), st.integers(0, 100)
    ),
    min_size=6,
    unique_by=lambda row: row[:3],
).map(lambda rows: [(f"p{page}", f"r{rater}", *rest) for page, rater, *rest in rows])


@settings(max_examples=25, deadline=None)
@given(scored)
def test_means_and_intervals_are_those_of_a_clustered_regression(rows: list[Any]) -> None:
    found = summarise_mushra(rated(rows), ROLES, screen=False)
    for one in found.all_scores:
        scores = np.array([row[3] for row in rows if row[2] == one.label], float)
        raters = np.unique([row[1] for row in rows if row[2] == one.label], return_inverse=True)[1]
        assert (one.estimate, one.median) == (pytest.approx(scores.mean()), np.median(scores))
        if len(set(raters)) < 2:
            assert one.se is None and one.low is None
            continue
        clustered = OLS(scores, np.ones(len(scores))).fit(
            cov_type="cluster", cov_kwds={"groups": raters, "use_correction": False}
        )
        groups = len(set(raters))
        assert one.se == pytest.approx(clustered.bse[0] * np.sqrt(groups / (groups - 1)), abs=1e-9)
        assert one.low is not None and one.high is not None and one.low <= one.estimate <= one.high
    json.dumps(found.as_json(), allow_nan=False)


def test_tests_are_wilcoxons_over_raters_with_holm() -> None:
    rng = np.random.default_rng(4)
    rows = [
        (f"p{page}", f"r{rater:02}", system, float(np.clip(mean + rng.normal(0, 12), 0, 100)))
        for page in range(3)
        for rater in range(14)
        for system, mean in (("ref", 95), ("a", 70), ("b", 62), ("c", 60))
    ]
    found = summarise_mushra(rated(rows), ROLES, screen=False)
    table = {key: {} for key in "abc"}  # type: ignore[var-annotated]
    for _, rater, system, score in rows:
        if system in table:
            table[system].setdefault(rater, []).append(score)
    plain = []
    for test in found.all_tests:
        gaps = [np.mean(table[test.a][r]) - np.mean(table[test.b][r]) for r in sorted(table["a"])]
        theirs = wilcoxon(gaps)
        assert (test.statistic, test.p) == (pytest.approx(theirs.statistic), pytest.approx(theirs.pvalue))
        assert test.difference == pytest.approx(np.mean(gaps)) and test.raters == 14
        plain.append(test.p)
    assert [(test.a, test.b) for test in found.all_tests] == [("a", "b"), ("a", "c"), ("b", "c")]
    holm = multipletests(plain, method="holm")[1]
    assert [test.p_holm for test in found.all_tests] == pytest.approx(list(holm))


def test_equal_systems_have_p_one() -> None:
    rows = [("p", f"r{n}", system, 50.0 + n) for n in range(5) for system in ("a", "b")]
    (test,) = summarise_mushra(rated(rows), {}, screen=False).all_tests
    assert (test.difference, test.p, test.p_holm) == (0, 1, 1)


def test_exclusion_shifts_scores_and_both_are_there() -> None:
    careless = [(p, "cy", s, 40.0) for p, _, s, _ in pages("cy", [100.0] * 7)]
    found = summarise_mushra(rated([*pages("ann", [95.0] * 7), *pages("bo", [99.0] * 7), *careless]), ROLES)
    assert found.excluded == ("cy",)
    everyone, kept = (
        {s.label: s.estimate for s in scores} for scores in (found.all_scores, found.kept_scores)
    )
    assert kept["vits"] == 70 and everyone["vits"] == pytest.approx(60)
    assert found.kept_scores[0].label == "ref"


REFUSED: list[tuple[str, Callable[[], Ratings], str]] = [
    ("empty", lambda: rated([]), "no ratings"),
    ("above", lambda: rated([("p", "ann", "ref", 101)]), "0 to 100"),
    ("below", lambda: rated([("p", "ann", "ref", -1)]), "0 to 100"),
    ("NaN", lambda: rated([("p", "ann", "ref", float("nan"))]), "finite"),
    ("no reference", lambda: rated([("p", "ann", "vits", 50)]), "no.* hidden reference|hidden reference"),
    ("all excluded", lambda: rated(pages("ann", [10.0] * 5)), "excludes every rater"),
]


@pytest.mark.parametrize(("rows", "reason"), [c[1:] for c in REFUSED], ids=[c[0] for c in REFUSED])
def test_what_has_no_reading_is_refused(rows: Callable[[], Ratings], reason: str) -> None:
    with pytest.raises(NotEstimable, match=reason):
        summarise_mushra(rows(), ROLES)


def test_a_level_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="level"):
        summarise_mushra(rated(pages("ann", [95.0])), ROLES, level=1.0)


SHEET = {"MP": 1, "SP": 2, "US": 1, "DA": 0, "SEF": 1, "WS": 0, "L": 90, "VQ": 80, "R": 70}


def test_the_detailed_sheet_is_its_formula() -> None:
    assert detailed_score(SHEET) == 80 - 5 - 20 - 5 - 5
    capped = {**SHEET, "MP": 40, "SP": 9, "WS": 1}
    assert detailed_score(capped) == 80 - 75 - 70 - 25 - 10
    for name, value in (("L", 101), ("MP", -1), ("MP", 0.5), ("L", np.nan), ("US", np.nan), ("US", np.inf)):
        with pytest.raises(NotEstimable, match=name):
            detailed_score({**SHEET, name: value})
    with pytest.raises(NotEstimable, match="exactly"):
        detailed_score({"L": 1})
