"""Leaderboards from counts, Elo, rank centrality and position bias."""

import choix
import evalica
import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.statistics.pairwise.bradley_terry import bradley_terry_from_counts
from annotation.statistics.pairwise.counts import Counts, count
from annotation.statistics.pairwise.davidson import davidson
from annotation.statistics.pairwise.elo import elo
from annotation.statistics.pairwise.inference import Inference
from annotation.statistics.pairwise.leaderboard import leaderboard, places, with_more
from annotation.statistics.pairwise.position import position_bias
from annotation.statistics.pairwise.rank_centrality import (
    rank_centrality_from_counts,
    resting,
)
from annotation.statistics.rows import Comparisons
from tests.statistics.pairs import comparisons, people, pudding, turned

few = settings(max_examples=25, deadline=None)


def test_a_leaderboard_of_the_puddings() -> None:
    board = leaderboard(pudding())
    assert [place.label for place in board.places] == ["6", "2", "4", "3", "5", "1"]
    best = board.places[0]
    assert (best.wins, best.losses, best.ties) == (99, 78, 64)
    assert best.win_rate == pytest.approx((99 + 32) / 241)
    assert best.low < best.rating < best.high
    assert best.rating - board.places[-1].rating == pytest.approx(
        400 * np.log10(0.202389 / 0.138803), abs=1e-2
    )
    assert np.mean([place.rating for place in board.places]) == pytest.approx(1000)
    told = board.as_json()
    assert told["places"][0]["label"] == "6" and "independent" in told["notes"][0]


@few
@given(comparisons())
def test_a_leaderboard_grows_by_the_newest_judgements_alone(rows: Comparisons) -> None:
    half = len(rows) // 2
    whole = count(rows)
    kept = Counts(rows.stimuli, np.zeros(whole.wins.shape), np.zeros(whole.wins.shape))
    grown = with_more(with_more(kept, rows.take(np.arange(half))), rows.take(np.arange(half, len(rows))))
    assert grown.labels == whole.labels
    assert np.array_equal(grown.wins, whole.wins) and np.array_equal(grown.ties, whole.ties)


def test_a_newcomer_comes_last_until_it_has_met_the_others() -> None:
    more = Comparisons.from_rows(
        [{"item": 1, "rater": 1, "a": "0", "b": label, "outcome": o} for label, o in (("6", "a"), ("1", "b"))]
    )
    counts = with_more(pudding(), more)
    assert counts.labels == ("1", "2", "3", "4", "5", "6", "0")
    assert counts.wins[6, 5] == counts.wins[0, 6] == 1 and counts.wins.sum() == pudding().wins.sum() + 2
    assert leaderboard(counts).places[0].label in {"0", "6"}


def test_a_published_order_has_clustered_intervals_on_the_same_board() -> None:
    rows = people(31, taste=1.0)
    counts = count(rows)
    quick, published = leaderboard(counts), places(davidson(rows, Inference(cluster="rater")), counts)
    assert [p.label for p in quick.places] == [p.label for p in published.places]
    assert [p.rating for p in quick.places] == pytest.approx([p.rating for p in published.places])
    assert all(q.high - q.low < p.high - p.low for q, p in zip(quick.places, published.places, strict=True))
    with pytest.raises(ValueError, match="other systems"):
        places(davidson(rows), pudding())


def test_elo_is_elos_arithmetic_by_hand() -> None:
    games = (("x", "y", "a"), ("x", "y", "b"), ("y", "x", "tie"))
    rows = Comparisons.from_rows(
        [{"item": 0, "rater": 0, "a": a, "b": b, "outcome": outcome} for a, b, outcome in games]
    )
    x, y = 1000.0, 1000.0
    for won in (1.0, 0.0, 0.5):
        move = 32 * (won - 1 / (1 + 10 ** ((y - x) / 400)))
        x, y = x + move, y - move
    found = elo(rows, k=32, orders=5)
    assert found.rating == pytest.approx([x, y])
    assert (found.least <= found.mean).all() and (found.mean <= found.most).all()


@few
@given(comparisons(), st.integers(0, 9))
def test_elo_is_evalicas_and_keeps_the_sum_and_says_what_the_order_did(rows: Comparisons, seed: int) -> None:
    said = {1: evalica.Winner.X, -1: evalica.Winner.Y, 0: evalica.Winner.Draw}
    theirs = evalica.elo(
        rows.a.tolist(), rows.b.tolist(), [said[o] for o in rows.outcome.tolist()], solver="naive"
    )
    found = elo(rows, orders=4, seed=seed)
    assert found.rating == pytest.approx(theirs.scores.sort_index().to_numpy())
    assert found.rating.sum() == pytest.approx(1000 * len(found.labels))
    assert np.array_equal(found.sd, elo(rows, orders=4, seed=seed).sd)
    assert "order" in found.as_json()["notes"][0]


def test_the_same_rows_in_another_order_are_another_elo_and_the_span_shows_it() -> None:
    rows = people(32, each=10)
    backwards = rows.take(np.arange(len(rows))[::-1])
    once, again = elo(rows, k=32), elo(backwards, k=32)
    assert np.abs(once.rating - again.rating).max() > 5
    assert (once.sd > 5).all()
    assert np.abs(once.mean - again.mean).max() < 3 * once.sd.max()


def doubled(rows: Comparisons) -> list[tuple[int, int]]:
    """Winners and losers with every win twice and a tie once each way: ties as half wins, for packages without them."""
    found = []
    for a, b, outcome in zip(rows.a.tolist(), rows.b.tolist(), rows.outcome.tolist(), strict=True):
        found += [(a, b)] * (1 + outcome) + [(b, a)] * (1 - outcome)
    return found


@few
@given(comparisons())
def test_rank_centrality_is_that_of_choix(rows: Comparisons) -> None:
    theirs = choix.rank_centrality(len(rows.stimuli), doubled(rows))
    mine = rank_centrality_from_counts(count(rows))
    assert mine.worth == pytest.approx(theirs - theirs.mean(), abs=1e-8)
    smoothed = choix.rank_centrality(len(rows.stimuli), doubled(rows), alpha=2.0)  # their counts are doubled
    assert rank_centrality_from_counts(count(rows), pseudo=1).worth == pytest.approx(
        smoothed - smoothed.mean(), abs=1e-8
    )


def test_the_shares_of_a_pair_sum_to_one_where_the_released_code_of_prism_does_not() -> None:
    random = np.random.default_rng(33)
    wins = random.integers(1, 20, (5, 5)).astype(float)
    np.fill_diagonal(wins, 0)
    _, shares, _ = resting(wins)
    assert (shares + shares.T)[np.triu_indices(5, 1)] == pytest.approx(np.ones(10))
    # Theirs: the upper and the lower triangle, added in the orders in which NumPy lists them.
    total = np.zeros((5, 5))
    total[np.triu_indices(5, 1)] = wins[np.triu_indices(5, 1)] + wins[np.tril_indices(5, -1)]
    total += total.T
    wrong = wins / np.where(total > 0, total, 1)
    assert np.abs((wrong + wrong.T)[np.triu_indices(5, 1)] - 1).max() > 0.1


def test_rank_centrality_finds_bradley_terrys_worths_also_where_not_all_systems_met() -> None:
    worth = np.array([1.2, 0.4, 0.0, -0.6, -1.0])
    met = np.array([[0, 1, 1, 1, 1], [1, 0, 1, 0, 0], [1, 1, 0, 0, 0], [1, 0, 0, 0, 1], [1, 0, 0, 1, 0]])
    wins = 1000 * met / (1 + np.exp(worth[None, :] - worth[:, None]))
    counts = Counts(tuple("vwxyz"), wins, np.zeros((5, 5)))
    assert rank_centrality_from_counts(counts).worth == pytest.approx(worth - worth.mean())
    assert bradley_terry_from_counts(counts).worth == pytest.approx(worth - worth.mean(), abs=1e-6)
    # The other trap: dividing each row by its own number of opponents multiplies π by that number.
    _, shares, _ = resting(wins)
    step = shares / met.sum(axis=1, keepdims=True)
    step += np.diag(1 - step.sum(axis=1))
    rest = np.linalg.matrix_power(step, 5000)[0]
    assert np.abs(np.log(rest) - np.log(rest).mean() - worth + worth.mean()).max() > 0.3


@few
@given(comparisons(), st.data())
def test_relabelling_permutes_rank_centrality(rows: Comparisons, data: st.DataObject) -> None:
    order = np.array(data.draw(st.permutations(range(len(rows.stimuli)))))
    counts = count(rows)
    back = np.argsort(order)
    named = Counts(counts.labels, counts.wins[np.ix_(back, back)], counts.ties[np.ix_(back, back)])
    once, again = rank_centrality_from_counts(counts), rank_centrality_from_counts(named)
    assert again.worth[order] == pytest.approx(once.worth, abs=1e-9)
    assert again.se[order] == pytest.approx(once.se, abs=1e-9)


def test_rank_centrality_keeps_the_digits_of_tiny_worths() -> None:
    worth = np.linspace(9, -9, 10)
    wins = 1e9 / (1 + np.exp(worth[None, :] - worth[:, None]))
    np.fill_diagonal(wins, 0)
    told = rank_centrality_from_counts(Counts(tuple("abcdefghij"), wins, np.zeros((10, 10))))
    assert told.worth == pytest.approx(worth, abs=1e-6)


def test_position_bias_is_found_told_apart_from_ties_and_turned_with_the_sides() -> None:
    rows = people(34, raters=40, each=40, first=0.5, tie=0.3)
    found = position_bias(rows)
    assert found.low > 0.5 and found.p is not None and found.p < 0.001
    assert found.n + found.ties == len(rows) and found.ties == int((rows.outcome == 0).sum())
    assert 0.4 < found.balance < 0.6
    other = position_bias(turned(rows))
    assert other.share == pytest.approx(1 - found.share)
    assert (other.low, other.high) == (pytest.approx(1 - found.high), pytest.approx(1 - found.low))
    assert other.p == pytest.approx(found.p) and other.se == pytest.approx(found.se)
    fair = position_bias(people(35, raters=40, each=40))
    assert fair.low < 0.5 < fair.high


def test_sides_that_were_never_balanced_are_said_and_pairs_seen_both_ways_are_held_apart() -> None:
    # The better system is always on the first side: its share is the system's, and the balance says so.
    rows = people(36, raters=40, each=40, systems=2, worth=np.array([1.0, -1.0]), items=10)
    better_first = turned(rows, rows.a == 1)
    found = position_bias(better_first)
    assert found.share > 0.8 and found.balance == 1.0 and found.swapped is None
    # Both ways round, one in ten the other way: only the pairs' own halves are free of the system.
    mixed = turned(better_first, np.random.default_rng(0).random(len(rows)) < 0.1)
    told = position_bias(mixed)
    assert told.share > 0.7 and told.swapped == pytest.approx(0.5, abs=0.05) and told.swapped_pairs == 10


def test_all_on_one_side_is_told_with_an_exact_interval_over_people() -> None:
    rows = people(37, raters=12, each=10)
    first = Comparisons(**{**vars(rows), "outcome": np.ones(120, np.int64)})
    found = position_bias(first)
    assert (found.share, found.high, found.p) == (1.0, 1.0, None)
    assert found.low == pytest.approx(0.025 ** (1 / 12))
    assert position_bias(turned(first)).high == pytest.approx(1 - found.low)


def test_the_error_of_a_share_is_that_of_a_clustered_mean_in_statsmodels() -> None:
    rows = people(38, raters=9, each=25, first=0.3, taste=0.6)
    theirs = sm.OLS((rows.outcome > 0).astype(float), np.ones(len(rows))).fit(
        cov_type="cluster", cov_kwds={"groups": rows.rater, "use_correction": True}
    )
    found = position_bias(rows)
    assert (found.share, found.se) == pytest.approx((theirs.params[0], theirs.bse[0]))
    assert found.notes == ("There are only 9 annotators; an interval from so few is rough.",)
