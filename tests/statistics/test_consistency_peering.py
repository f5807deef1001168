"""The published sample of “Peering Through Preferences”, through the command and through the functions."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotation.statistics.consistency import compare_protocols
from annotation.statistics.interchange import peering
from annotation.statistics.transitivity import transitivity
from tests.statistics.command import compare

DATA = Path(__file__).parents[1] / "data/peering"
RATINGS = DATA / "feedback_ratings_sample_generation.csv"
RANKINGS = DATA / "feedback_rankings_sample_generation.csv"
BY_RANKING = DATA / "feedback_rankings_davincivsratings_for_llm_eval.csv"
BY_RATING = (
    DATA / "feedback_ratings_davinci_for_llm_eval.csv",
    DATA / "feedback_ratings_ratings_for_llm_eval.csv",
)
SEED = 20240501


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the command writes for the authors' own files."""
    out = tmp_path_factory.mktemp("peering") / "out.json"
    evaluation = ["--evaluation-rankings", BY_RANKING, "--evaluation-ratings", *BY_RATING]
    done = compare(
        "--layout", "peering", "--ratings", RATINGS, "--pairwise", RANKINGS, "--pairing", "within",
        "--seed", SEED, *evaluation, "-o", out,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "117 matched pairs, 66 consistent: 56.4103 %" in done.stdout
    found: dict[str, Any] = json.loads(out.read_text())
    return found


def test_the_command_gives_the_cross_table(report: dict[str, Any]) -> None:
    assert (report["matched_pairs"], report["consistent"]) == (117, 66)
    assert report["table"] == [[19, 10, 8], [6, 26, 9], [11, 7, 21]]
    assert 100 * report["consistency"] == 56.41025641025641
    assert report["both_decisive"] == {"n": 61, "agree": 45}
    parts = report["reversed"], report["rating_tie_only"], report["ranking_tie_only"]
    assert parts == (16, 18, 17)
    assert report["kappa"] == pytest.approx(0.345149, abs=5e-7)
    assert report["gamma"] == pytest.approx(0.475410, abs=5e-7)
    assert report["correlation_of_signs"] == pytest.approx(0.367683, abs=5e-7)
    assert report["half_credit"] == pytest.approx(0.713675, abs=5e-7)
    assert report["mean_over_items"] == pytest.approx(0.550952, abs=5e-7)


def test_the_command_gives_the_intervals(report: dict[str, Any]) -> None:
    assert np.round(100 * np.array(report["wilson95"]), 2).tolist() == [47.36, 65.05]
    # Twenty instructions drawn again 10,000 times; the one rater cannot be.
    assert np.round(100 * np.array(report["ci95"]), 2).tolist() == [44.44, 68.10]


def test_the_command_gives_gaps_rows_words_and_circles(report: dict[str, Any]) -> None:
    gaps = {row["gap"][0]: (row["consistent"], row["n"]) for row in report["by_gap"]}
    assert gaps == {0: (21, 39), 1: (25, 47), 2: (12, 22), 3: (8, 9)}
    assert report["rows"] == {"read": 217, "used": 214, "duplicate": 2, "unmatched": 1, "invalid": 0}
    assert (report["items"], report["baselines"]["rating_vs_rating"]) == (20, None)
    rates = report["tie_rate"]
    assert (round(100 * rates["ratings"], 2), round(100 * rates["rankings"], 2)) == (33.33, 32.48)
    words = report["length"]
    for name, n, preferred, other, longer in (
        ("ratings", 78, 39.87, 32.10, 56.41),
        ("rankings", 80, 43.45, 35.80, 62.50),
    ):
        one = words[name]
        assert (one["n"], round(one["words"]["preferred"], 2)) == (n, preferred)
        assert round(one["words"]["other"], 2) == other
        assert round(100 * one["preferred_longer"], 2) == longer
    assert round(words["correlation_of_score_and_words"], 6) == 0.212049
    assert (report["transitivity"]["triads"], report["transitivity"]["cycles"]) == (28, 1)


def test_the_command_gives_both_win_rates_to_the_last_digit(report: dict[str, Any]) -> None:
    ranked, rated = report["win_rates"]["rankings"], report["win_rates"]["ratings"]
    assert (ranked["percent"], ranked["percent_half_width"]) == (32.608695652173914, 12.639781769310868)
    assert (ranked["losses"], ranked["ties"], ranked["wins"]) == (28, 6, 12)
    assert (rated["percent"], rated["percent_half_width"]) == (52.94117647058824, 9.669137814039953)
    assert (rated["wins"], rated["ties"], rated["losses"]) == (14, 26, 11)
    assert rated["mean_ratings"] == pytest.approx({"reference": 6.3333, "system": 6.4314}, abs=5e-5)
    # The two protocols judged different items: beside each other they need the same ones.
    same = report["win_rates"]["same_items"]
    assert same["rankings"]["n"] == same["ratings"]["n"] == 39


def test_the_functions_give_the_same(report: dict[str, Any]) -> None:
    rated, ranked = peering.read_rated(RATINGS), peering.read_ranked(RANKINGS)
    found, used, others = compare_protocols(rated.rows, ranked.rows, pairing="within", seed=SEED)
    assert (found.matched_pairs, found.consistent) == (117, 66)
    assert list(map(list, found.table)) == report["table"]
    assert (int(used.sum()), int(others.sum())) == (97, 117)
    assert {**found.as_json()}["ci95"] == report["ci95"]
    score = rated.rows.score
    assert np.unique(score, return_counts=True)[1].tolist() == [3, 16, 25, 48, 5]
    assert score.mean() == pytest.approx(5.371134, abs=5e-7)
    circles = transitivity(ranked.rows).own
    assert (circles.complete, circles.cycles) == (28, 1)
    assert peering.evaluation_by_ranking(BY_RANKING).rate().percent == 32.608695652173914
    assert peering.evaluation_by_rating(*BY_RATING).rate().percent == 52.94117647058824


def test_the_sample_as_interchange_files_says_the_same(report: dict[str, Any], tmp_path: Path) -> None:
    """Texts become ids of their own; the rows, their order and their duplicates stay."""
    names: dict[str, str] = {}

    def name(*texts: str) -> str:
        return names.setdefault("\0".join(texts), f"n{len(names):04}")

    def rewritten(source: Path, title: str) -> Path:
        target = tmp_path / title
        with source.open(newline="") as lines, target.open("w", newline="") as out:
            rows, write = csv.reader(lines), csv.writer(out).writerow
            pairs = title == "pairs.csv"
            write(["item", "rater", *(["a", "b", "outcome"] if pairs else ["stimulus", "score"])])
            for row in rows:
                last = peering.WORDS[row[4]] if pairs else row[3]
                cells = [name(*row[:2], text) for text in (row[2:4] if pairs else row[2:3])]
                write([name(*row[:2]), "gpt", *cells, last])
        return target

    out = tmp_path / "out.json"
    files = ["--ratings", rewritten(RATINGS, "ratings.csv"), "--pairwise", rewritten(RANKINGS, "pairs.csv")]
    done = compare(*files, "--pairing", "within", "--seed", SEED, "-o", out)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(out.read_text())
    # The draws go through the items in the order of their ids, so other ids move the interval a little.
    assert found["ci95"] == pytest.approx(report["ci95"], abs=0.02)
    for key in ("matched_pairs", "consistent", "consistency", "table", "both_decisive", "kappa", "rows"):
        assert found[key] == report[key], key
