"""The published frame on files: candidates are drawn, measured by whoever has the metric, and read again or refused."""

import json
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.management import call_command

N = 90


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    """Pairs of which every other is long; the judge is wrong of all that are long."""
    dice = Random(5)
    words = ["plum", "stone", "river", "cloud", "seven", "lamp", "green", "soft"]

    def text(size: int) -> str:
        return " ".join(dice.choice(words) for _ in range(size))

    rows = []
    for n in range(N):
        size = 60 if n % 2 else 4
        rows.append(
            {
                "id": f"p{n}", "instruction": text(6), "response_1": text(size), "response_2": text(size),
                "human_labels": [1, 1, 1], "ai_labels": {"judge": 2 if n % 2 else 1},
            }
        )  # fmt: skip
    return write(tmp_path / "pairs.jsonl", rows)


def routing(*arguments: Any) -> tuple[int, str]:
    """Return the exit code, and what was said."""
    said = StringIO()
    try:
        call_command("routing", *map(str, arguments), stdout=said, stderr=said)
    except SystemExit as end:
        return int(end.code or 0), said.getvalue()
    return 0, said.getvalue()


def measured(path: Path, metric: Any) -> list[dict[str, Any]]:
    return [row | {"metric": metric(row["human"])} for row in map(json.loads, path.read_text().splitlines())]


def right(human: list[str]) -> float:
    """How many labels are right: a person's always, the judge's of every short pair; in all its pairs, squared."""
    long = sum(int(one[1:]) % 2 for one in human)
    return float(((N / 2 + long) / N) ** 2)


def test_who_is_asked_is_learnt_from_candidates_that_were_measured(pairs: Path, tmp_path: Path) -> None:
    drawn, out = tmp_path / "candidates.jsonl", tmp_path / "out.json"
    code, said = routing("candidates", "--pairs", pairs, "--count", 60, "-o", drawn)
    assert code == 0 and "60 candidates of 90 pairs" in said
    known = write(tmp_path / "measured.jsonl", measured(drawn, right))
    for strategy, least in (("top_k", 0.95), ("simulated", 0.7)):
        code, said = routing(
            "predict", "--pairs", pairs, "--candidates", known, "--budgets", "0.2,0.4", "--folds", 5,
            "--strategy", strategy, "-o", out,
        )  # fmt: skip
        assert code == 0 and "smaller than that of counting alone" in said
        result = json.loads(out.read_text())
        assert [one["asked"] for one in result["routings"]] == [18, 36]
        for one in result["routings"]:
            long = sum(int(name[1:]) % 2 for name in one["human"])
            assert len(set(one["human"])) == one["asked"] and long >= least * one["asked"]


def test_where_it_only_matters_how_many_are_asked_nobody_is_chosen(pairs: Path, tmp_path: Path) -> None:
    drawn, out = tmp_path / "candidates.jsonl", tmp_path / "out.json"
    routing("candidates", "--pairs", pairs, "--count", 60, "--seed", 3, "-o", drawn)
    dice = Random(1)
    noisy = write(tmp_path / "n.jsonl", measured(drawn, lambda human: len(human) / N + dice.gauss(0, 0.02)))
    exact = write(tmp_path / "e.jsonl", measured(drawn, lambda human: len(human) / N))
    for known, why in ((noisy, "may not route"), (exact, "makes no difference")):
        code, said = routing(
            "predict", "--pairs", pairs, "--candidates", known, "--budgets", "0.2", "--folds", 5, "-o", out
        )
        assert code == 1 and why in said
        assert json.loads(out.read_text())["routings"] == []


def test_what_is_wrong_in_candidates_is_named_by_line(pairs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    good = {"human": ["p1"], "metric": 0.5}
    bad = [
        good,
        good | {"metric": None},
        good | {"metric": True},
        good | {"human": ["p1", "nobody"]},
        good | {"human": ["p1", "p1"]},
        good | {"asked": 3},
        {"metric": 1},
        ["p1"],  # type: ignore[list-item]
    ]
    code, said = routing(
        "predict", "--pairs", pairs, "--candidates", write(tmp_path / "bad.jsonl", bad),  # type: ignore[arg-type]
        "--budgets", "0.2", "-o", out,
    )  # fmt: skip
    assert code == 2 and not out.exists()
    for line, reason in [(2, "metric must be"), (3, "metric must be"), (4, "'nobody'"), (5, "stands twice"),
                         (6, "asked is 3"), (7, "human must be"), (8, "not an object")]:  # fmt: skip
        assert any(f"line {line}: " in told and reason in told for told in said.splitlines()), (line, said)
    assert "line 1:" not in said
    few = write(tmp_path / "few.jsonl", [good] * 10)
    code, said = routing("predict", "--pairs", pairs, "--candidates", few, "--budgets", "0.2", "-o", out)
    assert code == 2 and "too few" in said and not out.exists()
