"""Agreement on the examples of textbooks and papers, to their printed digits."""

from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from annotation.statistics.agreement.cohen import cohen_kappa, kappa_of_table
from annotation.statistics.agreement.fleiss import fleiss_kappa
from annotation.statistics.agreement.gwet import gwet_ac
from annotation.statistics.agreement.icc import Form, icc
from annotation.statistics.agreement.krippendorff import Level, krippendorff_alpha
from annotation.statistics.agreement.percent import percent_agreement
from tests.statistics.published import (
    CODERS,
    FLEISS,
    GWET,
    SHROUT,
    TULU_ACCEPTABLE,
    TULU_SAME,
    TULU_SIDES,
    from_counts,
    vectors,
)

TULU = Path(__file__).resolve().parents[3] / "shared/data/tulu_human_eval/eval_annotations_tulu_1.xlsx"


@pytest.mark.parametrize(
    ("level", "alpha"), [("nominal", 0.691358), ("ordinal", 0.806721), ("interval", 0.810845)]
)
def test_krippendorffs_own_example(level: Level, alpha: float) -> None:
    found = krippendorff_alpha(*vectors(CODERS), level=level)
    assert found.estimate == pytest.approx(alpha, abs=5e-7)
    assert (found.n, found.units, found.raters, found.single) == (26, 12, 3, 1)
    assert found.missing == int(np.isnan(CODERS).sum())


def test_gwets_four_raters() -> None:
    ac1 = gwet_ac(*vectors(GWET))
    assert ac1.estimate == pytest.approx(0.77544, abs=5e-6)
    assert ac1.se == pytest.approx(0.14295, abs=5e-6)
    assert ac1.observed == pytest.approx(0.81818, abs=5e-6)
    assert ac1.chance == pytest.approx(0.19032, abs=5e-6)
    assert krippendorff_alpha(*vectors(GWET), level="nominal").estimate == pytest.approx(0.743421, abs=5e-7)


@pytest.mark.parametrize(
    ("form", "value", "low", "high"),
    [
        ("1,1", 0.17, -0.13, 0.72),
        ("2,1", 0.29, 0.02, 0.76),
        ("3,1", 0.71, 0.34, 0.95),
        ("1,k", 0.44, -0.88, 0.91),
        ("2,k", 0.62, 0.07, 0.93),
        ("3,k", 0.91, 0.68, 0.99),
    ],
)
def test_shrout_and_fleiss(form: Form, value: float, low: float, high: float) -> None:
    found = icc(*vectors(SHROUT), form=form)
    assert found.low is not None and found.high is not None
    assert (round(found.estimate, 2), round(found.low, 2), round(found.high, 2)) == (value, low, high)


def test_fleiss_fourteen_raters() -> None:
    assert fleiss_kappa(*from_counts(FLEISS)).estimate == pytest.approx(0.210, abs=5e-4)


def test_cohen_on_the_table_of_grant_proposals() -> None:
    found = kappa_of_table([[20, 5], [10, 15]])
    assert found.estimate == pytest.approx(0.4)
    assert (found.observed, found.chance) == (pytest.approx(0.7), pytest.approx(0.5))
    first = np.repeat([0, 0, 1, 1], [20, 5, 10, 15])
    second = np.repeat([0, 1, 0, 1], [20, 5, 10, 15])
    assert cohen_kappa(first, second).estimate == pytest.approx(0.4)


def test_tulus_agreement_relaxed_agreement_and_acceptability() -> None:
    sides = np.array([{"-": -1, "0": 0, "+": 1}[sign] for sign in TULU_SIDES])
    instance = np.repeat(np.arange(127), 2)
    assert percent_agreement(instance, sides).estimate == pytest.approx(0.5669, abs=5e-5)
    # Linear weights on −1, 0, 1: a tie beside a side counts as half.
    relaxed = percent_agreement(instance, sides, weighting="linear")
    assert relaxed.estimate == pytest.approx(0.7047, abs=5e-5)
    votes = np.array(list(TULU_ACCEPTABLE))
    assert percent_agreement(np.repeat(np.arange(254), 2), votes).estimate == pytest.approx(0.8465, abs=5e-5)


def test_six_of_tulus_pairs_are_one_person_twice_and_leaving_them_out_is_another_number() -> None:
    sides = np.array([{"-": -1, "0": 0, "+": 1}[sign] for sign in TULU_SIDES])
    instance = np.repeat(np.arange(127), 2)
    others = np.repeat(np.array(list(TULU_SAME)) == ".", 2)
    assert percent_agreement(instance[others], sides[others]).units == 121
    assert percent_agreement(instance[others], sides[others]).estimate == pytest.approx(0.5785, abs=5e-5)


@pytest.mark.skipif(
    not TULU.exists(), reason=f"{TULU.name} is not here; the copies of its numbers are tested"
)
def test_the_copies_are_those_of_the_published_sheet() -> None:
    import openpyxl

    book = openpyxl.load_workbook(TULU, read_only=True)
    sheet = book.active
    assert sheet is not None
    lines = sheet.iter_rows(values_only=True)
    header = [str(title) for title in next(lines)]
    rows = [dict(zip(header, line, strict=True)) for line in lines if line[0] is not None]
    book.close()
    assert len(rows) == 1150
    annotated = defaultdict(list)
    for row in sorted(rows, key=lambda row: row["timestamp"]):
        annotated[frozenset((row["model_a"], row["model_b"])), row["instance_id"]].append(row)
    sides = votes = same = ""
    for first, second, *_ in (each for each in annotated.values() if len(each) > 1):
        models = sorted((first["model_a"], first["model_b"]))
        for row in (first, second):
            side = {"tie": "0", "a": models[0], "b": models[1]}[row["preference"].split("-")[0]]
            if side != "0":
                side = "+" if row[f"model_{row['preference'][0]}"] == models[0] else "-"
            sides += side
        for model in models:
            for row in (first, second):
                votes += row[f"completion_{'a' if row['model_a'] == model else 'b'}_is_acceptable"][0]
        same += "s" if first["evaluator"] == second["evaluator"] else "."
    assert (sides, votes, same) == (TULU_SIDES, TULU_ACCEPTABLE, TULU_SAME)
