"""Worths from pairs as others have published them."""

import csv
from pathlib import Path

import choix
import evalica
import numpy as np
import pytest

from annotation.statistics.pairwise.bradley_terry import bradley_terry, bradley_terry_from_counts
from annotation.statistics.pairwise.connectedness import connectedness
from annotation.statistics.pairwise.counts import count
from annotation.statistics.pairwise.davidson import davidson, davidson_from_counts
from annotation.statistics.pairwise.inference import Inference
from annotation.statistics.pairwise.leaderboard import leaderboard
from annotation.statistics.pairwise.rao_kupper import rao_kupper_from_counts
from annotation.statistics.rows import Comparisons
from tests.statistics.pairs import PUDDING, WIKIPEDIA, pudding, rows_of

SHEET = Path(__file__).resolve().parents[3] / "shared/data/ranking/pudding.csv"
EACH = Inference(cluster="none")


def test_the_copy_of_the_puddings_is_the_published_table() -> None:
    if not SHEET.exists():
        pytest.skip(f"{SHEET} is not here; the copy in tests/statistics/pairs.py stands for it")
    with SHEET.open(newline="") as file:
        given = [tuple(map(int, row.values())) for row in csv.DictReader(file)]
    assert given == list(PUDDING)


def test_davidson_is_davidsons_puddings() -> None:
    found = davidson_from_counts(pudding())
    # Davidson 1970, after seven of his iterations; then the maximum itself, and the errors R's PlackettLuce prints.
    assert found.share == pytest.approx(
        [0.1388005, 0.1729985, 0.1617420, 0.1653930, 0.1586805, 0.2023855], abs=1e-4
    )
    assert found.share == pytest.approx(
        [0.138803, 0.173001, 0.161747, 0.165373, 0.158685, 0.202389], abs=1e-6
    )
    assert found.coefficient("tie").value == pytest.approx(0.7468147, abs=1e-4)
    assert found.coefficient("tie").value == pytest.approx(0.746823, abs=1e-6)
    _, se = found.relative_to("1")
    assert se == pytest.approx([0, 0.1872, 0.1935, 0.1882, 0.1927, 0.1924], abs=5e-5)
    assert found.loglik == pytest.approx(-809.710, abs=1e-3)
    assert found.rank == (6, 2, 4, 3, 5, 1)
    assert found.n == 745


def test_rows_give_what_their_counts_give() -> None:
    by_row, by_count = davidson(rows_of(pudding()), EACH), davidson_from_counts(pudding())
    assert by_row.worth == pytest.approx(by_count.worth, abs=1e-9)
    assert by_row.se == pytest.approx(by_count.se, abs=1e-9)


def test_rao_kupper_is_the_reference_on_the_puddings() -> None:
    found = rao_kupper_from_counts(pudding())
    assert found.share == pytest.approx(
        [0.144399, 0.171794, 0.162817, 0.166078, 0.160380, 0.194531], abs=1e-6
    )
    assert found.coefficient("tie").value == pytest.approx(1.748457, abs=1e-6)
    assert found.loglik == pytest.approx(-809.697, abs=1e-3)


def test_half_wins_pull_worths_together_as_the_docstring_warns() -> None:
    assert bradley_terry_from_counts(pudding()).share[5] == pytest.approx(0.1922, abs=5e-5)
    assert leaderboard(pudding()).places[0].label == "6"


def wikipedia() -> Comparisons:
    rows = [
        {"item": 0, "rater": 0, "a": winner, "b": loser, "outcome": "a"}
        for winner, loser, times in WIKIPEDIA
        for _ in range(times)
    ]
    return Comparisons.from_rows(rows)


def test_bradley_terry_is_the_worked_example() -> None:
    found = bradley_terry(wikipedia(), EACH)
    assert np.exp(found.worth) == pytest.approx([0.640, 1.043, 0.660, 2.270], abs=1e-3)
    assert connectedness(count(wikipedia())).connected


def test_bradley_terry_is_that_of_choix_and_evalica() -> None:
    rows = wikipedia()
    assert bradley_terry(rows, EACH).worth == pytest.approx(
        choix.opt_pairwise(4, list(zip(rows.a.tolist(), rows.b.tolist(), strict=True))), abs=1e-6
    )
    theirs = evalica.bradley_terry(
        rows.a.tolist(), rows.b.tolist(), [evalica.Winner.X] * len(rows), tolerance=1e-12
    )
    scores = np.log(theirs.scores.sort_index().to_numpy())
    assert bradley_terry(rows, EACH).worth == pytest.approx(scores - scores.mean(), abs=1e-6)


def test_davidson_is_newman_of_evalica() -> None:
    rows = rows_of(pudding())
    said = {1: evalica.Winner.X, -1: evalica.Winner.Y, 0: evalica.Winner.Draw}
    theirs = evalica.newman(
        rows.a.tolist(),
        rows.b.tolist(),
        [said[o] for o in rows.outcome.tolist()],
        tolerance=1e-12,
        limit=1000,
    )
    scores = theirs.scores.sort_index().to_numpy()
    found = davidson(rows, EACH)
    assert found.share == pytest.approx(scores / scores.sum(), abs=1e-7)
    assert found.coefficient("tie").value == pytest.approx(2 * theirs.v, abs=1e-6)
