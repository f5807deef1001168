"""Consistency of ratings and rankings: plain loops over the rows, properties, refusals."""

import itertools
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from annotation.statistics.consistency import PAIRINGS, Pairing, ProtocolComparison, compare_protocols
from annotation.statistics.consistency.matching import MATCHERS, draw_again
from annotation.statistics.consistency.tables import cross_table
from annotation.statistics.consistency.votes import shared
from annotation.statistics.errors import NotEstimable
from annotation.statistics.rows import Comparisons, Rankings, Ratings

Row = tuple[str, str, str, float]
Pair = tuple[str, str, str, str, str]
ITEMS, PEOPLE, ANSWERS = ("i1", "i2", "i3"), ("ann", "bo", "cy"), ("x", "y", "z")


def ratings(rows: list[Row]) -> Ratings:
    return Ratings.from_rows(
        dict(zip(("item", "rater", "stimulus", "score"), row, strict=True)) for row in rows
    )


def rankings(rows: list[Row]) -> Rankings:
    return Rankings.from_rows(
        dict(zip(("item", "rater", "stimulus", "rank"), row, strict=True)) for row in rows
    )


def pairs(rows: list[Pair]) -> Comparisons:
    return Comparisons.from_rows(
        dict(zip(("item", "rater", "a", "b", "outcome"), row, strict=True)) for row in rows
    )


cells = st.sets(
    st.tuples(st.sampled_from(ITEMS), st.sampled_from(PEOPLE), st.sampled_from(ANSWERS)), min_size=4
)
valued = cells.flatmap(
    lambda keys: st.lists(st.integers(1, 4), min_size=len(keys), max_size=len(keys)).map(
        lambda values: [(*key, value) for key, value in zip(sorted(keys), values, strict=True)]
    )
)


@st.composite
def pairwise(draw: Any) -> list[Pair]:
    rows = []
    for item, rater, (a, b) in itertools.product(ITEMS, PEOPLE, itertools.combinations(ANSWERS, 2)):
        word = draw(st.sampled_from(["a", "b", "tie", ""]))
        if word:
            rows.append((item, rater, *((b, a) if draw(st.booleans()) else (a, b)), word))
    return rows


def word_of(ahead: float, margin: float = 0.0) -> str:
    return "tie" if abs(ahead) <= margin + 1e-9 else "a" if ahead > 0 else "b"


def said_by(rows: list[Row], better: int, margin: float = 0.0) -> dict[Any, dict[str, str]]:
    """(item, a, b) → rater → word; ``better`` 1 where more is better, −1 for ranks."""
    found: dict[Any, dict[str, str]] = {}
    value = {(i, r, s): v for i, r, s, v in rows}
    for (i, r, a), (j, q, b) in itertools.permutations(value, 2):
        if (i, r) == (j, q):
            found.setdefault((i, a, b), {})[r] = word_of(better * (value[i, r, a] - value[j, q, b]), margin)
    return found


def means(rows: list[Row]) -> dict[tuple[str, str], float]:
    found: dict[tuple[str, str], list[float]] = {}
    for item, _, stimulus, value in rows:
        found.setdefault((item, stimulus), []).append(value)
    return {key: float(np.mean(values)) for key, values in found.items()}


def by_loops(
    rated: list[Row], ranked: list[Row] | list[Pair], pairing: Pairing, margin: float
) -> Iterator[tuple[str, str]]:
    """Every (word of the ratings, word of the rankings), the files' a first."""
    pairs_given = len(ranked[0]) == 5
    mine = said_by(rated, 1, margin)
    theirs: dict[Any, dict[str, str]] = {}
    if pairs_given:
        for item, rater, a, b, word in ranked:  # type: ignore[misc]
            theirs.setdefault((item, a, b), {})[rater] = word
    else:
        theirs = {key: words for key, words in said_by(ranked, -1).items() if key[1] < key[2]}  # type: ignore[arg-type]
    if pairing == "aggregated":
        score = means(rated)
        if pairs_given:
            net: dict[Any, int] = {}
            for (item, a, b), words in theirs.items():
                sign = 1 if a < b else -1
                value = sum({"a": sign, "b": -sign, "tie": 0}[word] for word in words.values())
                net[item, *sorted((a, b))] = net.get((item, *sorted((a, b))), 0) + value
            verdict = {key: word_of(value) for key, value in net.items()}
        else:
            rank = means(ranked)  # type: ignore[arg-type]
            verdict = {
                (i, a, b): word_of(rank[i, b] - rank[i, a]) for (i, a), (j, b) in itertools.permutations(rank, 2)
                if i == j and a < b
            }  # fmt: skip
        for (item, a, b), word in verdict.items():
            if (item, a) in score and (item, b) in score:
                yield word_of(score[item, a] - score[item, b], margin), word
        return
    for key, words in theirs.items():
        for rater, word in words.items():
            for other, said in mine.get(key, {}).items():
                if pairing == "individual" or other == rater:
                    yield said, word


def table_of(words: list[tuple[str, str]]) -> np.ndarray:
    kinds = ("a", "b", "tie")
    return np.array([[words.count((mine, theirs)) for theirs in kinds] for mine in kinds])


def check(found: ProtocolComparison, words: list[tuple[str, str]], oriented: bool = True) -> None:
    expected, table = table_of(words), np.array(found.table)
    if not oriented:  # which of two is called a is only the file's where there is one word per pair
        expected, table = (t + t[[1, 0, 2]][:, [1, 0, 2]] for t in (expected, table))
    assert table.tolist() == expected.tolist()
    assert found.consistent == sum(mine == theirs for mine, theirs in words)
    decisive = [(mine, theirs) for mine, theirs in words if "tie" not in (mine, theirs)]
    assert found.both_decisive == {"n": len(decisive), "agree": sum(m == t for m, t in decisive)}
    ties = [(mine == "tie", theirs == "tie") for mine, theirs in words]
    assert (found.rating_tie_only, found.ranking_tie_only) == (
        ties.count((True, False)),
        ties.count((False, True)),
    )
    assert found.matched_pairs == len(words)
    assert found.reversed + found.rating_tie_only + found.ranking_tie_only == len(words) - found.consistent
    assert sum(row["n"] for row in found.by_gap) == len(words)
    assert sum(row["consistent"] for row in found.by_gap) == found.consistent
    if found.kappa is not None and oriented:
        assert found.kappa == pytest.approx(cohen_kappa_score(*zip(*words, strict=True)), abs=1e-9)
    json.dumps(found.as_json(), allow_nan=False)


@settings(max_examples=25, deadline=None)
@given(valued, valued, st.sampled_from(PAIRINGS), st.sampled_from([0.0, 1.0]))
def test_rankings_are_matched_as_by_loops(
    rated: list[Row], ranked: list[Row], pairing: Pairing, margin: float
) -> None:
    words = list(by_loops(rated, ranked, pairing, margin))
    assume(words)
    found, used, others = compare_protocols(
        ratings(rated), rankings(ranked), pairing=pairing, tie_margin=margin, resamples=2
    )
    check(found, words)
    assert len(used) == len(rated) and len(others) == len(ranked)


@settings(max_examples=25, deadline=None)
@given(valued, pairwise(), st.sampled_from(PAIRINGS))
def test_pairs_are_matched_as_by_loops(rated: list[Row], compared: list[Pair], pairing: Pairing) -> None:
    assume(compared)
    words = list(by_loops(rated, compared, pairing, 0.0))
    assume(words)
    found, _, _ = compare_protocols(ratings(rated), pairs(compared), pairing=pairing, resamples=2)
    check(found, words, oriented=pairing != "aggregated")


@settings(max_examples=20, deadline=None)
@given(valued)
def test_rankings_made_from_the_ratings_are_wholly_consistent(rated: list[Row]) -> None:
    turned = [(item, rater, stimulus, 5 - score) for item, rater, stimulus, score in rated]
    for pairing in PAIRINGS:
        try:
            found, _, _ = compare_protocols(ratings(rated), rankings(turned), pairing=pairing, resamples=2)
        except NotEstimable as refusal:
            assert "No pair" in refusal.reason
            continue
        if pairing != "individual":  # there, people meet others too
            assert found.consistency == 1
            backwards, _, _ = compare_protocols(ratings(rated), rankings(rated), pairing=pairing, resamples=2)
            assert backwards.both_decisive["agree"] == 0


@settings(max_examples=20, deadline=None)
@given(valued, valued)
def test_baselines_are_those_of_loops(rated: list[Row], ranked: list[Row]) -> None:
    mine, theirs = said_by(rated, 1), said_by(ranked, -1)
    common = [key for key in mine if key in theirs and key[1] < key[2]]
    assume(common)
    found, _, _ = compare_protocols(ratings(rated), rankings(ranked), pairing="individual", resamples=2)
    for name, votes in (("rating_vs_rating", mine), ("ranking_vs_ranking", theirs)):
        alike = [a == b for key in common for a, b in itertools.permutations(votes[key].values(), 2)]
        expected = pytest.approx(np.mean(alike)) if alike else None
        assert found.baselines[name] == expected


def noisy(people: int, items: int, rng: np.random.Generator) -> tuple[Ratings, Rankings]:
    """People who share each item's worths, rate with noise and rank with noise."""
    scored, ordered = [], []
    for item in range(items):
        worth = rng.normal(size=3)
        for person in range(people):
            about = f"i{item:02}", f"p{person}"
            score = np.round(4 + worth + rng.normal(size=3)).clip(1, 7)
            order = np.argsort(np.argsort(-(worth + rng.normal(size=3)))) + 1
            scored += [(*about, s, v) for s, v in zip(ANSWERS, score, strict=True)]
            ordered += [(*about, s, v) for s, v in zip(ANSWERS, order, strict=True)]
    return ratings(scored), rankings(ordered)


def test_the_interval_holds_the_estimate_comes_again_and_knows_of_clusters() -> None:
    few = noisy(3, 20, np.random.default_rng(1))
    one, two = (compare_protocols(*few, pairing="within", seed=5, resamples=300)[0] for _ in range(2))
    assert one.as_json() == two.as_json()
    assert one.ci95 is not None and one.ci95[0] < one.consistency < one.ci95[1]
    assert one.bootstrap is not None and one.bootstrap["clusters"] == (20, 3)
    # The same pairs as if each were alone would be surer than they are.
    assert one.ci95[1] - one.ci95[0] > one.wilson95[1] - one.wilson95[0]
    other = compare_protocols(*few, pairing="within", seed=6, resamples=300)[0]
    assert other.ci95 != one.ci95 and other.consistency == one.consistency


def tied_only_together() -> tuple[Ratings, Rankings]:
    """Ratings that all tie, and rankings whose means tie over everybody and over hardly any draw of them.

    Each item is ranked one way by half of the people and the other way by the other half; another half each time.
    """
    rng = np.random.default_rng(9)
    people = [f"p{n:02}" for n in range(20)]
    ordered = []
    for n in range(60):
        for place, who in enumerate(rng.permutation(people)):
            for rank, answer in enumerate("xy" if place % 2 else "yx", 1):
                ordered.append((f"i{n:02}", str(who), answer, rank))
    rated = ratings([(f"i{n:02}", "ann", answer, 4.0) for n in range(60) for answer in "xy"])
    return rated, rankings(ordered)


def test_draws_that_lie_to_one_side_are_told_with_the_interval_they_widened() -> None:
    rows = shared(*tied_only_together())
    drawn = draw_again(rows, MATCHERS["aggregated"](rows, 0.0), resamples=200, seed=3, level=0.9)
    assert drawn.estimate == drawn.high == 1.0 and drawn.level == 0.9
    assert len(drawn.notes) == 1 and "widened" in drawn.notes[0]
    known = shared(*noisy(3, 20, np.random.default_rng(1)))
    plain = draw_again(known, MATCHERS["within"](known, 0.0), resamples=200, seed=3)
    assert plain.notes == () and plain.level == 0.95


def test_a_widened_interval_says_so_in_the_results_notes() -> None:
    rated, ranked = tied_only_together()
    found = compare_protocols(rated, ranked, pairing="aggregated", resamples=300, seed=1)[0]
    assert found.consistency == 1.0 and found.ci95 is not None and found.ci95[1] == 1.0
    assert "widened" in found.notes["ci95"] and found.bootstrap is not None and found.bootstrap["notes"]
    assert any("widened" in text for text in found.findings)


def test_every_draw_of_a_table_is_the_table_where_everything_is_drawn_once() -> None:
    rated, ranked = noisy(3, 6, np.random.default_rng(4))
    for pairing in PAIRINGS:
        rows = shared(rated, ranked)
        matched = MATCHERS[pairing](rows, 0.0)
        again = matched.redo(np.ones(len(rows.items)), np.ones(len(rows.raters)))
        assert np.array_equal(again, cross_table(matched.outcome, matched.cross))
    turned = pairs(
        [
            (f"i{n:02}", who, *("yx" if n % 2 else "xy"), "b" if n % 3 else "a")
            for n in range(6)
            for who in PEOPLE
        ]
    )
    mine = ratings(
        [(f"i{n:02}", who, s, v) for n in range(6) for who in PEOPLE for s, v in (("x", 2), ("y", n))]
    )
    for pairing in PAIRINGS:
        rows = shared(mine, turned)
        matched = MATCHERS[pairing](rows, 0.0)
        again = matched.redo(np.ones(len(rows.items)), np.ones(len(rows.raters)))
        assert (
            np.array_equal(again, cross_table(matched.outcome, matched.cross)) and matched.cross[:, 1].any()
        )


def test_strata_part_the_items() -> None:
    rows = noisy(2, 4, np.random.default_rng(3))
    strata = {"i00": "news", "i01": "news", "i02": "poems"}
    found = compare_protocols(*rows, pairing="within", strata=strata, resamples=2)[0]
    assert [(row["stratum"], row["n"]) for row in found.by_stratum] == [("", 6), ("news", 12), ("poems", 6)]
    assert sum(row["consistent"] for row in found.by_stratum) == found.consistent
