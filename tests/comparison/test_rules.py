"""A rule that nobody can follow stops a study before it opens, named by item, protocol and range."""

import json
from typing import Any

import pytest

from annotation.protocols.comparison.expected import unmet_rules
from annotation.protocols.comparison.shapes import ComparisonConfig
from annotation.protocols.comparison.subjects import inline_subjects
from annotation.protocols.items.storing import import_items
from multivocal.errors import Refused
from multivocal.studies.lifecycle import open_study
from multivocal.studies.models import Study
from tests.comparison.kit import item, stage
from tests.studies.studies import CONSENT, DEBRIEF, make_study

FIVE = {"kind": "likert", "points": 5}


def found(rule: dict[str, Any], protocol: dict[str, Any], name: str = "any", responses: int = 2) -> list[str]:
    """Return what is said of one gold item with the rule."""
    made = ComparisonConfig.model_validate(
        stage(
            items=[item(0), item(20, responses, split="gold", gold={name: rule})],
            protocols={"way": protocol}, gold={"count": 1}, per_person=1,
        )
    )  # fmt: skip
    assert isinstance(made.items, tuple)
    return list(unmet_rules(made, inline_subjects(made), {row.id: row.gold for row in made.items}, {"gold"}))


UNMET = [
    ({"score": {"r1": [6, 7]}}, FIVE, "from 6 to 7, and the scale goes from 1 to 5"),
    ({"score": {"r1": [3.2, 3.8]}}, FIVE, "in whole points"),
    ({"score": {"r1": [120, 130]}}, {"kind": "vas"}, "from 1 to 100"),
    ({"score": {"r1": [1, 2]}}, {"kind": "pairwise3"}, "gives none"),
    ({"score": {"r1": [1, 2]}}, {"kind": "dimensions"}, "gives none"),
    ({"score": {"r1": [1.5, 2]}}, {"kind": "checklist"}, "from 0 to 1"),
    ({"best": ["r1"]}, FIVE, "best is r1, and a screen of it shows r2 only"),
    ({"answer": {"choice": ["tie"]}}, {"kind": "pairwise2"}, "never tie"),
    ({"answer": {"rating": [6]}}, FIVE, "never 6"),
    ({"answer": {"strength": [3]}}, {"kind": "justified", "points": 5}, "never 3"),
    ({"answer": {"rating": [4]}}, {"kind": "pairwise3"}, "have no “rating”"),
    ({"no_answer": ["skip"]}, FIVE, "does not offer it"),
]
MET = [
    ({"score": {"r1": [5, 7]}}, FIVE),
    ({"score": {"r1": [4.5, 5.2]}}, FIVE),
    ({"score": {"r1": [-9, 0]}}, {"kind": "spans"}),
    ({"best": ["r1", "r2"]}, FIVE),
    ({"best": ["r2"]}, {"kind": "pairwise7"}),
    ({"answer": {"choice": ["tie", "x"]}}, {"kind": "pairwise3"}),
    ({"answer": {"strength": [2]}}, {"kind": "justified", "points": 5}),
    ({"answer": {"ranks": [{"A": 1, "B": 2}]}}, {"kind": "ranking"}),
    ({"no_answer": ["skip"]}, {"kind": "likert", "allow": ["skip"]}),
]


@pytest.mark.parametrize(("rule", "protocol", "why"), UNMET)
def test_what_nobody_can_answer_is_said(rule: dict[str, Any], protocol: dict[str, Any], why: str) -> None:
    (said,) = {one.split(": ", 2)[0]: one for one in found(rule, protocol)}.values()
    assert why in said and "item-20" in said and "“way”" in said


@pytest.mark.parametrize(("rule", "protocol"), MET)
def test_what_somebody_can_answer_is_fine(rule: dict[str, Any], protocol: dict[str, Any]) -> None:
    assert found(rule, protocol) == []


def test_a_screen_without_the_best_response_is_said() -> None:
    assert found({"best": ["r1"]}, {"kind": "pairwise3"}, responses=3)
    assert found({"best": ["r1"]}, {"kind": "choice"}, responses=3) == []


def test_a_rule_for_no_way_of_asking_is_said() -> None:
    (said,) = found({"best": ["r1"]}, {"kind": "pairwise3"}, name="paar")
    assert "“paar” is for no way of asking" in said
    assert found({"best": ["r1"]}, {"kind": "pairwise3"}, name="vas") == []


def draft(low: int, high: int) -> tuple[Study, list[str]]:
    """Return a draft whose gold item wants ``low`` to ``high`` of five points, and what its import noted."""
    make_study(
        slug="pairs", state="draft", frozen=False, arms=[{"key": "all"}],
        stages=[
            CONSENT,
            stage(items="checked", protocols={"way": FIVE}, per_person=2, gold={"count": 1}),
            DEBRIEF,
        ],
    )  # fmt: skip
    study = Study.objects.get(slug="pairs")
    gold = item(20, split="gold", gold={"likert": {"score": {"r1": [low, high]}}})
    raw = "\n".join(json.dumps(row) for row in [*(item(n) for n in range(3)), gold]).encode()
    done = import_items(study=study, name="checked", raw=raw, source="rows.jsonl")
    return study, [str(note) for note in done.notes]


@pytest.mark.django_db
def test_a_study_with_such_a_rule_does_not_open_and_its_import_says_so() -> None:
    study, notes = draft(6, 7)
    assert any("item-20" in note and "from 1 to 5" in note for note in notes)
    with pytest.raises(Refused) as refused:
        open_study(study=study)
    assert any("item-20" in said and "“way”" in said for said in refused.value.fields.values())


@pytest.mark.django_db
def test_rules_that_can_be_met_stop_nothing() -> None:
    study, notes = draft(4, 5)
    assert notes == []
    with pytest.raises(Refused) as refused:  # for what every test study lacks, not for its items
        open_study(study=study)
    assert not any("item-20" in said for said in refused.value.fields.values())
