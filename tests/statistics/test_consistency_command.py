"""``protocols compare`` on files of one's own: pairings, refusals with exit 2, findings with exit 1."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.statistics.command import compare

RATINGS = "item,rater,stimulus,score\n" + "".join(
    f"i{n},{r},{s},{v}\n"
    for n in range(8)
    for r, row in (("ann", (5, 3, 3)), ("bo", (4, 4, 2)), ("cy", (2, 5, 1)))
    for s, v in zip("xyz", row, strict=True)
)
RANKINGS = "item,rater,stimulus,rank\n" + "".join(
    f"i{n},{r},{s},{k}\n"
    for n in range(8)
    for r, row in (("ann", (1, 2, 3)), ("bo", (1, 1, 3)), ("dee", (2, 1, 3)))
    for s, k in zip("xyz", row, strict=True)
)


def files(folder: Path, ratings: str = RATINGS, rankings: str = RANKINGS) -> list[str]:
    (folder / "r.csv").write_text(ratings)
    (folder / "k.csv").write_text(rankings)
    return ["--ratings", str(folder / "r.csv"), "--rankings", str(folder / "k.csv")]


def called(folder: Path, *arguments: str, **texts: str) -> dict[str, Any]:
    """Run in this process and return what was written."""
    draws = [] if "--resamples" in arguments else ["--resamples", "200"]
    given = [*files(folder, **texts), *arguments, *draws]
    call_command("protocols", "compare", *given, "-o", str(folder / "out.json"))
    found: dict[str, Any] = json.loads((folder / "out.json").read_text())
    return found


@pytest.mark.parametrize(
    ("pairing", "matched", "consistent"),
    # within: ann x>y y=z x>z against x>y y>z x>z; bo x=y y>z x>z against the same.
    [("within", 48, 40), ("individual", 216, 144), ("aggregated", 24, 16)],
)
def test_three_pairings(tmp_path: Path, pairing: str, matched: int, consistent: int) -> None:
    found = called(tmp_path, "--pairing", pairing)
    assert (found["matched_pairs"], found["consistent"]) == (matched, consistent)
    assert set(found) >= {
        "pairing", "matched_pairs", "consistent", "consistency", "ci95", "table", "both_decisive", "kappa",
        "reversed", "rating_tie_only", "ranking_tie_only", "baselines", "agreement", "rows",
    }  # fmt: skip
    rows = found["rows"]
    assert rows["read"] == 144 == sum(rows[key] for key in ("used", "duplicate", "unmatched", "invalid"))
    assert found["ci95"][0] <= found["consistency"] <= found["ci95"][1]
    if pairing != "within":
        assert found["baselines"]["rating_vs_rating"] is not None


def test_a_margin_makes_ties(tmp_path: Path) -> None:
    found = called(tmp_path, "--pairing", "individual", "--tie-margin", "2")
    assert found["tie_rate"]["ratings"] == pytest.approx(7 / 9)  # all but cy's 2 against 5 and 5 against 1


def test_bad_rows_of_both_files_are_named_and_nothing_is_written(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    bad = files(tmp_path, RATINGS + "i,ann,x,nan\n", RANKINGS + "i,ann,x,0\n")
    done = compare(*bad, "--pairing", "within", "-o", out)
    assert done.returncode == 2 and not out.exists()
    assert "r.csv: line 74: the score “nan” is not a number" in done.stderr
    assert "k.csv: line 74: the rank 0 is below 1" in done.stderr
    assert "Traceback" not in done.stderr


def refused(
    capsys: pytest.CaptureFixture[str], folder: Path, *arguments: str, **texts: str
) -> tuple[int, str]:
    with pytest.raises(SystemExit) as end:
        called(folder, *arguments, **texts)
    assert isinstance(end.value.code, int)
    return end.value.code, capsys.readouterr().err


def test_ranks_upside_down_are_refused_until_it_is_said_how_they_are_meant(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def rows(head: str, values: tuple[int, ...]) -> str:
        turned = [values, values[::-1]] * 4
        lines = (f"i{n},ann,{s},{v}\n" for n in range(8) for s, v in zip("xyz", turned[n], strict=True))
        return head + "\n" + "".join(lines)

    texts = {
        "ratings": rows("item,rater,stimulus,score", (5, 3, 1)),
        "rankings": rows("item,rater,stimulus,rank", (3, 2, 1)),
    }
    code, said = refused(capsys, tmp_path, "--pairing", "within", **texts)
    assert code == 2 and not (tmp_path / "out.json").exists()
    assert "only 0 of 24 decisive pairs agree with the ratings; say --ranks worst-first" in said
    assert called(tmp_path, "--pairing", "within", "--ranks", "worst-first", **texts)["consistency"] == 1
    assert called(tmp_path, "--pairing", "within", "--ranks", "best-first", **texts)["consistency"] == 0


def test_nothing_in_common_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = refused(
        capsys, tmp_path, "--pairing", "within", rankings=RANKINGS.replace("ann", "eve").replace("bo", "flo")
    )
    assert code == 2 and "No pair of responses was both rated and ranked" in said


def test_all_ties_are_a_finding_and_exit_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flat = "item,rater,stimulus,score\n" + "".join(f"i{n},ann,{s},3\n" for n in range(8) for s in "xyz")
    code, said = refused(capsys, tmp_path, "--pairing", "within", ratings=flat)
    assert code == 1 and "Finding: The ratings tie on every pair" in said
    assert json.loads((tmp_path / "out.json").read_text())["consistency"] == 0


def test_left_out_rows_are_counted_and_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = refused(
        capsys, tmp_path, "--pairing", "within", "--skip-invalid", ratings=RATINGS + "i,ann,x,nan\n"
    )
    assert code == 1 and "1 bad rows were left out" in said
    assert json.loads((tmp_path / "out.json").read_text())["rows"]["invalid"] == 1


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "Say --pairing"),
        (["--pairing", "within", "--tie-margin", "-1"], "margin"),
        (["--pairing", "within", "--tie-margin", "nan"], "margin"),
        (["--pairing", "within", "--seed", "-1"], "seed"),
        (["--pairing", "within", "--resamples", "3"], "bootstrap draws"),
        (["--pairing", "within", "--scale", "7", "1"], "scale"),
        (["--pairing", "within", "--scale", "1", "3"], "off the scale"),
        (["--pairing", "within", "--dimension", "tone"], "no column “dimension”"),
        (["--pairing", "within", "--evaluation-rankings", "k.csv"], "--layout peering"),
    ],
)
def test_arguments_that_mean_nothing_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], reason: str
) -> None:
    code, said = refused(capsys, tmp_path, *arguments)
    assert code == 2 and reason in said and not (tmp_path / "out.json").exists()


def test_a_missing_file_and_one_that_is_an_input_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = files(tmp_path)
    for arguments, reason in (
        (["--ratings", "nowhere.csv", *given[2:], "-o", str(tmp_path / "out.json")], "cannot be read"),
        ([*given, "-o", given[1]], "OUT is one of the input files"),
        ([*given, "-o", str(tmp_path / "no/out.json")], "No such file"),
    ):
        with pytest.raises(SystemExit) as end:
            call_command("protocols", "compare", *arguments, "--pairing", "within")
        assert end.value.code == 2
        assert reason in capsys.readouterr().err
    assert Path(given[1]).read_text() == RATINGS
