"""What routing would have done: planted truths, a second count of every figure, refusals with their lines."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotation.routing.domain.evaluate import evaluate
from annotation.routing.domain.folds import folds_of
from annotation.routing.domain.frontier import frontier, route
from annotation.routing.domain.gold import rotate
from annotation.routing.domain.learning import fit_logistic
from annotation.routing.domain.pairs import Pairs, read_pairs
from annotation.routing.domain.routers import cross_fit
from multivocal.domain.files import BadFile

ROOT = Path(__file__).parents[2]
PANDALM = ROOT.parent / "shared" / "data" / "pandalm" / "pairs_500.jsonl"


def a_row(number: int, **changes: Any) -> dict[str, Any]:
    row = {
        "id": f"row-{number}", "instruction": f"Question {number}", "input": "", "response_1": "One answer.",
        "response_2": "Another, longer answer.", "models": "a_b", "human_labels": [1, 1, 1],
        "ai_labels": {"judge": "1", "second": 1},
    }  # fmt: skip
    return row | changes


def packed(*rows: dict[str, Any]) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode()


def planted(n: int, seed: int) -> Pairs:
    """Return pairs on which a judge guesses where the judges differ and is nearly always right elsewhere."""
    random = np.random.default_rng(seed)
    rows = []
    for number in range(n):
        truth = int(random.integers(1, 3))
        hard = random.random() < 0.3
        judge = truth if random.random() < (0.5 if hard else 0.95) else 3 - truth
        second = 3 - judge if hard else judge
        people = [truth if random.random() < 0.95 else 3 - truth for _ in range(3)]
        rows.append(a_row(number, human_labels=people, ai_labels={"judge": judge, "second": second}))
    return read_pairs(packed(*rows))


def test_one_person_is_never_gold_and_source_at_once() -> None:
    labels = ([2, 1, 1], [2, 1, 2], [1, 2, 0])
    gold = rotate(read_pairs(packed(*(a_row(n, human_labels=said) for n, said in enumerate(labels)))).pairs)
    # pair 0: person 0 is the source, 1 and 1 agree; pair 1: person 1, 2 and 2 agree; pair 2: person 2, 1 and 2 do not
    assert gold.gold == ("a", "b")
    assert gold.human == ("b", "a")
    assert gold.without_majority == 1


def test_a_planted_weakness_is_found() -> None:
    result = evaluate(planted(600, 1), budgets=[0.1, 0.3], folds=5, beside=["ladder"])
    assert all(point["lift_ci95"][0] > 0 for point in result["frontier"])
    judge = next(f for f in result["features"] if f["name"] == "judges: disagree")
    assert judge["correlation"] < -0.3
    assert result["calibration"]["ece"] < 0.1


def test_where_nothing_can_be_known_no_lift_is_claimed() -> None:
    random = np.random.default_rng(2)
    found = []
    for seed in range(20):
        gain = random.normal(size=300)
        human, ai = random.random(300) < 0.95, random.random(300) < 0.7
        (point,) = frontier(gain, human, ai, np.arange(300), [0.2], seed)
        found.append(point.lift_ci95[0] <= 0 <= point.lift_ci95[1])
    assert sum(found) >= 17


def test_the_figures_are_what_counting_gives() -> None:
    gain = np.array([0.5, 0.4, -0.1, 0.3, 0.2])
    human, ai = np.array([1, 1, 0, 1, 1], dtype=bool), np.array([0, 1, 1, 0, 0], dtype=bool)
    asked, _near = route(gain, 0.4, 0)
    assert asked.tolist() == [True, True, False, False, False]
    (point,) = frontier(gain, human, ai, np.arange(5), [0.4], 0)
    assert point.accuracy == pytest.approx(3 / 5)
    assert point.random == pytest.approx(0.4 * 4 / 5 + 0.6 * 2 / 5)
    assert point.lift == pytest.approx(point.accuracy - point.random)


def test_the_money_is_spent_in_every_sample() -> None:
    # People are right where the AI is not, so accuracy is the share that is asked, which is the budget's and no chance.
    gain = np.random.default_rng(7).random(400)
    always = np.ones(400, dtype=bool)
    (point,) = frontier(gain, always, ~always, np.arange(400), [0.2], 0)
    assert (*point.ci95, *point.lift_ci95) == pytest.approx((0.2, 0.2, 0, 0))


@pytest.mark.parametrize("budget", [0.01, 0.1, 0.33, 0.999])
def test_a_budget_is_never_exceeded(budget: float) -> None:
    gain = np.random.default_rng(3).normal(size=97) + 1
    assert route(gain, budget, 0)[0].sum() <= budget * 97


def test_no_pair_is_judged_by_a_model_that_saw_its_prompt() -> None:
    groups = [f"prompt {n // 3}" for n in range(90)]
    fold = folds_of(groups, 5, 0)
    assert all(len({fold[n] for n in range(90) if groups[n] == g}) == 1 for g in groups)
    assert np.bincount(fold).tolist() == [18] * 5
    # A feature that names the fold's outcome exactly cannot leak: here it is noise on the other folds.
    right = fold % 2 == 0
    assert cross_fit(np.random.default_rng(4).normal(size=(90, 3)), right, fold).std() < 0.3


def test_chances_agree_with_a_second_implementation() -> None:
    from sklearn.linear_model import LogisticRegression

    random = np.random.default_rng(5)
    table = random.normal(size=(400, 3)) * [1, 10, 0.1] + [0, 5, 0]
    right = random.random(400) < 1 / (1 + np.exp(-(0.4 + table @ [1.0, -0.05, 4])))
    weights = random.uniform(0.5, 2, 400)
    weights /= weights.mean()
    model = fit_logistic(table, right, weights, 3.0, 0)
    scaled = (table - table.mean(axis=0)) / table.std(axis=0)
    other = LogisticRegression(C=1 / 3, tol=1e-10, max_iter=1000).fit(scaled, right, weights)
    assert model.predict(table) == pytest.approx(other.predict_proba(scaled)[:, 1], abs=1e-5)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (a_row(1, human_labels=[1, 1, 3]), "line 2: human_labels"),
        (a_row(1, human_labels=[1, 1, True]), "line 2: human_labels"),
        (a_row(1, response_1=["a"]), "line 2: response_1 is no text"),
        (a_row(1, ai_labels=[1]), "line 2: ai_labels"),
        ({"id": "x"}, "line 2: no instruction"),
        (a_row(0, response_1="Something else"), "line 2: id 'row-0' stands above with other content"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(row: dict[str, Any], said: str) -> None:
    with pytest.raises(BadFile) as refused:
        read_pairs(packed(a_row(0), row))
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty"),
        (b"[1", "line 1: not JSON"),
        (b"\xff", "line 1: byte 0xff is not UTF-8"),
        (b"[]", "line 1: not an object"),
    ],
)
def test_files_that_are_no_pairs(data: bytes, said: str) -> None:
    with pytest.raises(BadFile, match=said):
        read_pairs(data)


def test_a_label_that_cannot_be_read_is_wrong_and_counted() -> None:
    pairs = read_pairs(
        packed(*(a_row(n, ai_labels={"judge": "both are fine" if n % 2 else "1"}) for n in range(40)))
    )
    result = evaluate(pairs, budgets=[0.2], folds=4)
    assert result["accuracy"]["judge"] == 0.5
    assert result["rows"]["unparsed"] == {"judge": 20}


def test_too_few_pairs_are_refused() -> None:
    with pytest.raises(BadFile, match="needs 30"):
        evaluate(read_pairs(packed(a_row(0), a_row(1))), budgets=[0.1])


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ["HOME"],
        "DATABASE_URL": "postgresql://nobody@/nowhere",
    }
    command = [sys.executable, "manage.py", "routing", "evaluate", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_the_command_names_what_is_wrong_and_writes_nothing(tmp_path: Path) -> None:
    bad, out = tmp_path / "bad.jsonl", tmp_path / "out.json"
    bad.write_bytes(packed(a_row(0), a_row(1, human_labels=None)))
    done = run("--pairs", str(bad), "--budgets", "0.1", "-o", str(out))
    assert done.returncode == 2
    assert "bad.jsonl: line 2: human_labels" in done.stderr
    assert not out.exists()


@pytest.mark.skipif(not PANDALM.exists(), reason="needs the pandalm pairs beside the project")
def test_on_real_pairs_routing_beats_chance() -> None:
    result = evaluate(read_pairs(PANDALM), budgets=[0.1, 0.2], beside=["ladder"])
    assert result["findings"] == []
    assert result["rows"]["used"] + result["rows"]["without_majority"] == 500
    assert all(point["lift_ci95"][0] > 0 for point in result["frontier"])
