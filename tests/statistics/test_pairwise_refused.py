"""What no model of pairs may answer, each refused with a reason a person can act on."""

from typing import Any

import numpy as np
import pytest

from annotation.statistics.errors import NotEstimable
from annotation.statistics.pairwise.connectedness import connectedness
from annotation.statistics.pairwise.counts import Counts, count
from annotation.statistics.pairwise.covariates import Covariates, relative_difference
from annotation.statistics.pairwise.elo import elo
from annotation.statistics.pairwise.inference import Inference
from annotation.statistics.pairwise.leaderboard import leaderboard
from annotation.statistics.pairwise.position import position_bias
from annotation.statistics.pairwise.prior import Prior
from annotation.statistics.pairwise.rank_centrality import rank_centrality
from annotation.statistics.rows import Comparisons
from tests.statistics.pairs import MODELS, changed, graded_people, people

EVERY: dict[str, Any] = {
    **MODELS,
    "rank_centrality": rank_centrality,
    "elo": elo,
    "leaderboard": lambda rows: leaderboard(count(rows)),
}


def rows(*told: tuple[str, str, str]) -> Comparisons:
    """Return comparisons (a, b, outcome), each by one of three people on one of three items."""
    return Comparisons.from_rows(
        [{"item": n % 3, "rater": n // 3, "a": a, "b": b, "outcome": o} for n, (a, b, o) in enumerate(told)]
    )


CIRCLE = (("x", "y", "a"), ("y", "z", "a"), ("z", "x", "a"))
APART = (*CIRCLE, ("p", "q", "a"), ("p", "q", "b"))
CASES = {
    "empty": (Comparisons.from_rows([]), "There are no comparisons."),
    "all ties": (rows(("x", "y", "tie"), ("y", "z", "tie"), ("z", "x", "tie")), "Every comparison is a tie."),
    "with itself": (rows(*CIRCLE, ("x", "x", "a")), "compares “x” with itself"),
    "apart": (rows(*APART), "never compared with each other: “x”, “y”, “z”; “p”, “q”"),
    "separated": (rows(*CIRCLE, ("x", "w", "a"), ("y", "w", "a")), "never lost to.*“x”, “y”, “z”; “w”"),
    "always won": (rows(("x", "y", "a"), ("x", "y", "a")), "the distance between them has no bound"),
    "no such outcome": (changed(rows(*CIRCLE), outcome=np.array([1, 2, 1])), "none of 1"),
}


@pytest.mark.parametrize("name", sorted(EVERY))
@pytest.mark.parametrize(("given", "reason"), CASES.values(), ids=CASES)
def test_what_the_rows_cannot_support_is_refused(name: str, given: Comparisons, reason: str) -> None:
    with pytest.raises(NotEstimable, match=reason):
        EVERY[name](given)


@pytest.mark.parametrize("name", [*sorted(MODELS), "rank_centrality"])
def test_one_annotator_and_one_item_have_no_spread(name: str) -> None:
    alone = people(1, raters=1, each=60)
    with pytest.raises(NotEstimable, match="only one annotator; how annotators differ"):
        EVERY[name](alone)
    with pytest.raises(NotEstimable, match="only one item"):
        EVERY[name](people(1, items=1))
    by_item = Inference(cluster="item")
    told = (
        rank_centrality(alone, cluster="item") if name == "rank_centrality" else MODELS[name](alone, by_item)
    )
    assert "15 items" in told.interval and np.isfinite(told.se).all()


def test_people_who_are_copies_of_one_another_show_no_spread() -> None:
    one = people(2, raters=1, each=40)
    copies = Comparisons.from_rows([
        {"item": i, "rater": who, "a": one.stimuli[a], "b": one.stimuli[b], "outcome": int(o)}
        for who in range(8) for i, a, b, o in zip(one.item, one.a, one.b, one.outcome, strict=True)
    ])  # fmt: skip
    with pytest.raises(NotEstimable, match="copies of each other"):
        MODELS["bradley_terry"](copies, Inference(cluster="rater"))


@pytest.mark.parametrize("name", sorted(MODELS))
def test_a_declared_prior_places_what_data_alone_cannot(name: str) -> None:
    for given in (rows(*APART), CASES["separated"][0]):
        told = MODELS[name](given, Inference("rater", Prior(ghost=0.5)))
        assert np.isfinite(told.worth).all() and "average system" in told.prior


def test_a_pseudo_count_places_systems_for_rank_centrality_and_is_told() -> None:
    told = rank_centrality(CASES["separated"][0], cluster="item", pseudo=1)
    assert np.isfinite(told.worth).all() and told.prior == "1 wins of each against each"


def test_few_clusters_are_said() -> None:
    told = MODELS["davidson"](people(3, raters=4, each=50), Inference(cluster="rater"))
    assert told.notes == ("There are only 4 annotators; intervals from so few are rough.",)


def test_systems_nobody_compared_are_named_and_left_out() -> None:
    given = people(4)
    told = MODELS["davidson"](changed(given, stimuli=(*given.stimuli, "s9")))
    assert told.absent == ("s9",) and "s9" not in told.labels


def test_strengths_that_are_no_grades_are_refused() -> None:
    graded = graded_people(5)
    for strength, reason in ((0.0, "strength 0"), (np.inf, "finite")):
        with pytest.raises(NotEstimable, match=reason):
            MODELS["cumulative"](changed(graded, strength=np.full(len(graded), strength)))
    many = changed(graded, strength=np.arange(len(graded)) + 1.0)
    with pytest.raises(NotEstimable, match="20 at most"):
        MODELS["adjacent"](many)


def test_covariates_that_say_nothing_or_everything_are_refused_by_name() -> None:
    given = people(6)
    n = len(given)
    cases = [
        (lambda: Covariates(("length",), np.zeros((n, 1))), "“length” never differs"),
        (
            lambda: Covariates(("length",), np.full((n, 1), np.nan)),
            "“length” of row 0 is not a finite number",
        ),
        (lambda: Covariates(("length",), np.ones((3, 1))), "covariates for 3 rows and 600 comparisons"),
        (
            lambda: Covariates(("s",), (given.a == 0)[:, None] * 1.0 - (given.b == 0)[:, None]),
            "cannot be told apart",
        ),
        (
            lambda: Covariates(("spoiler",), given.outcome[:, None] * 1.0),
            "“spoiler” alone predicts every outcome",
        ),
        (lambda: Covariates(("length",), relative_difference([-1.0], [2.0])[:, None]), "numbers from 0"),
    ]
    for make, reason in cases:
        with pytest.raises(NotEstimable, match=reason):
            MODELS["bradley_terry"](given, covariates=make())


def test_counts_that_are_none_are_refused() -> None:
    good, ties = np.array([[0.0, 3], [2, 0]]), np.zeros((2, 2))
    cases = [
        (np.array([[0, np.nan], [1, 0]]), ties, "finite"),
        (np.array([[0, -1.0], [1, 0]]), ties, "negative"),
        (np.array([[1.0, 1], [1, 0]]), ties, "with itself"),
        (good, np.array([[0, 1.0], [2, 0]]), "not symmetric"),
    ]
    for wins, tied, reason in cases:
        with pytest.raises(NotEstimable, match=reason):
            Counts(("x", "y"), wins, tied)
    with pytest.raises(NotEstimable, match="only one system"):
        leaderboard(Counts(("x",), np.zeros((1, 1)), np.zeros((1, 1))))
    with pytest.raises(NotEstimable, match="no systems"):
        connectedness(Counts((), np.zeros((0, 0)), np.zeros((0, 0))))


def test_sides_need_a_decision_and_two_people() -> None:
    for given, reason in (
        (CASES["empty"][0], "no comparisons"),
        (CASES["all ties"][0], "no side was preferred"),
        (people(7, raters=1), "only one annotator"),
    ):
        with pytest.raises(NotEstimable, match=reason):
            position_bias(given)
