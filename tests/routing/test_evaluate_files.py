"""Files as others write them: fewer people, silent judges, scores, orders, one class; used, or refused by name."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotation.routing.domain.evaluate import evaluate
from annotation.routing.domain.pairs import Pairs, read_pairs
from multivocal.domain.files import BadFile
from tests.routing.test_evaluate import a_row, packed, planted, run

QUICK = {"budgets": [0.2], "folds": 3, "beside": ()}


def many(n: int, **changes: Any) -> Pairs:
    return read_pairs(packed(*(a_row(k, **changes) for k in range(n))))


def test_pairs_of_fewer_people_are_counted_and_not_used() -> None:
    rows = [a_row(n, human_labels=[1, 1, 1] if n % 2 else [1, None]) for n in range(80)]
    result = evaluate(read_pairs(packed(*rows)), **QUICK)
    assert (result["rows"]["used"], result["rows"]["few_people"]) == (40, 40)
    assert any("fewer than three people" in finding for finding in result["findings"])
    with pytest.raises(BadFile, match="no pair has labels of three people"):
        evaluate(many(50, human_labels=[1, 2]), **QUICK)


def test_five_people_make_gold_of_the_other_four() -> None:
    result = evaluate(many(80, human_labels=[1, 1, 1, 2, 2]), **QUICK)
    # Asking a 1: the others are 1 1 2 2, no majority. Asking a 2: 1 1 1 2 is.
    assert (result["n"], result["rows"]["without_majority"]) == (32, 48)


def test_a_judge_that_is_missing_gives_way_to_the_next() -> None:
    rows = [a_row(n, ai_labels={"first": 1} if n % 2 else {"second": 1}) for n in range(60)]
    result = evaluate(read_pairs(packed(*rows)), **QUICK)
    assert result["ai"]["accuracy"] == 1
    assert result["accuracy"]["first"] == 0.5
    assert result["rows"]["missing"] == {"first": 30, "second": 30}
    silent = [a_row(n, ai_labels=None if n < 5 else {"first": 1, "second": None}) for n in range(60)]
    found = evaluate(read_pairs(packed(*silent)), **QUICK)
    assert found["ai"]["labels_of"] == {"first": 55, "none": 5}
    assert any("5 pairs have no label of any judge" in finding for finding in found["findings"])


def test_one_class_is_a_finding_and_no_lift() -> None:
    result = evaluate(many(60), **QUICK)
    assert any("On every item the AI is right" in finding for finding in result["findings"])
    assert result["frontier"][0]["lift"] == 0
    wrong = evaluate(many(60, ai_labels={"judge": 2}), budgets=[0.2, 1.0], folds=3, beside=())
    assert wrong["frontier"][0]["policy"]["accuracy"] == pytest.approx(0.2)
    assert wrong["frontier"][1]["policy"]["accuracy"] == 1


def test_scores_certainty_samples_and_orders_are_read() -> None:
    random = np.random.default_rng(0)
    rows = []
    for n in range(60):
        sure = bool(random.random() < 0.6)
        said = 1 if sure or random.random() < 0.5 else 2
        rows.append(
            a_row(
                n,
                ai_labels={
                    "plain": said,
                    "rich": {
                        "samples": [said, "2", "prose"],
                        "swapped": [{"label": said, "scores": [7, 3]}],
                        "certainty": 50,
                    },
                },
                ai_labels_swapped={"plain": said if sure else 3 - said},
                ai_scores={"plain": [8, 8 - 2 * sure]},
                ai_certainty={"plain": 0.9 if sure else float("nan")},
                more=1,
            )
        )
    result = evaluate(read_pairs(packed(*rows)), **QUICK)
    plain = next(one for one in result["judges"] if one["judge"] == "plain")
    assert 0.2 < plain["conflict_rate"]["value"] < 0.6
    assert plain["certainty"]["n"] < 60
    names = {one["name"]: one for one in result["features"]}
    assert names["plain: gap"]["unknown"] == 0
    assert names["rich: failed"]["correlation"] is None
    assert result["rows"]["ignored_keys"] == {"more": 60}
    json.dumps(result, allow_nan=False)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ai_labels": {"judge": {"labl": 1}}}, "judge: an answer has no label"),
        ({"ai_labels": {"judge": {"label": 1, "order": "sideways"}}}, "judge: order is 0"),
        ({"ai_scores": {"judge": [1, 2, 3]}}, "judge: scores are two numbers"),
        ({"ai_scores": {"judge": [1, "x"]}}, "judge: a score is a number"),
        ({"ai_scores": {"judge": [10**400, 1]}}, "judge: a score is a number"),
        ({"ai_certainty": {"judge": -1}}, "judge: certainty is from 0"),
        ({"ai_labels": {"human": 1}}, "ai_labels: a judge cannot be called human"),
        ({"ai_labels": {"\ud800": 1}}, "a name is no text"),
        ({"\udfff": 1}, "a name is no text"),
        ({"ai_certainty": 3}, "ai_certainty must name"),
        ({"human_labels": ["1", 1, 1]}, "human_labels must be numbers"),
        ({"id": None}, "id is no text"),
    ],
)
def test_answers_of_no_known_form_are_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(BadFile) as refused:
        read_pairs(packed(a_row(0), a_row(1, **change)))
    assert f"line 2: {said}" in str(refused.value)


def test_a_number_without_end_is_named_by_its_line() -> None:
    long = packed(a_row(1))[:-1] + b', "more": ' + b"9" * 5000 + b"}"
    with pytest.raises(BadFile, match="line 2: not JSON"):
        read_pairs(packed(a_row(0)) + b"\n" + long)


def test_a_seed_too_large_is_refused_before_anything_is_counted(tmp_path: Path) -> None:
    file = tmp_path / "pairs.jsonl"
    file.write_bytes(packed(*(a_row(n) for n in range(40))))
    done = run("--pairs", str(file), "--budgets", "0.2", "--seed", str(2**40), "-o", "-")
    assert done.returncode == 2 and "--seed: a whole number from 0, below" in done.stderr


def test_bad_lines_are_left_out_only_when_asked() -> None:
    data = packed(*(a_row(n) for n in range(40)), {"id": "x"}) + b"\n{oops"
    with pytest.raises(BadFile):
        read_pairs(data)
    pairs = read_pairs(data, skip_invalid=True)
    assert (pairs.read, pairs.invalid, len(pairs.pairs)) == (42, 2, 40)
    assert any("2 lines are invalid" in finding for finding in evaluate(pairs, **QUICK)["findings"])
    with pytest.raises(BadFile):
        read_pairs(b"{oops", skip_invalid=True)


def test_duplicates_count_once_and_numbers_may_be_ids() -> None:
    pairs = read_pairs(packed(*(a_row(n // 2, id=n // 2) for n in range(80))))
    assert (pairs.read, pairs.duplicate, len(pairs.pairs)) == (80, 40, 40)


def test_the_same_file_and_seed_give_the_same_numbers_and_row_order_of_prompts_is_no_fold() -> None:
    first = evaluate(planted(90, 5), **QUICK)
    assert evaluate(planted(90, 5), **QUICK) == first
    assert evaluate(planted(90, 5), seed=1, **QUICK)["calibration"] != first["calibration"]


def test_a_finding_ends_with_one_and_is_written(tmp_path: Path) -> None:
    file, out = tmp_path / "pairs.jsonl", tmp_path / "out.json"
    file.write_bytes(packed(*(a_row(n, human_labels=[1, 1, 1] if n else [1]) for n in range(40))))
    done = run("--pairs", str(file), "--budgets", "0.2", "--folds", "3", "-o", str(out))
    assert done.returncode == 1
    assert "Finding: 1 pairs have labels of fewer" in done.stderr
    assert json.loads(out.read_text())["rows"]["few_people"] == 1
