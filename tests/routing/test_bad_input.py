"""What people write wrongly is named with an example; what models say wrongly is no label, and the run stays safe."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from annotation.protocols.annotators.running import run_asking
from annotation.protocols.models import Judgement
from annotation.routing.labels import judge_labels
from annotation.routing.models import FinalLabel, Policy, Run
from annotation.routing.policies import freeze_policy, routable
from annotation.routing.routes import current_routes
from annotation.routing.running import advance
from annotation.routing.wanted import read_yaml_policy
from multivocal.errors import Invalid
from multivocal.llm.models import Call
from tests.annotators.kit import steady
from tests.llm.conftest import MakeModel
from tests.routing.runs_kit import Rater, begun, go, policy, rated, routed_study

BASE = "name: first\nstage: compare\nrouter: ladder\nseed: {items: 0}\n"
BUDGET = "budget: {usd: 5, per_human_usd: 0.1}\n"


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("judges: [sharp]\n", "judges.0", "a judge has a name and a model: {name: sharp, model: sharp}"),
        ("judges: sharp\n", "judges", "this is a list, with {name: sharp, model: sharp} for each judge"),
        ("judges: [{name: a, model: b}]\ntagger: sharp\n", "tagger", "this is a block: {model: …}"),
        (
            "judges: [{name: a, model: b}]\ncanaries: 5\n",
            "canaries",
            "this is a block: {items: 12, every_h: 24}",
        ),
    ],
)
def test_a_name_where_a_block_is_wanted_is_told_with_an_example(text: str, place: str, said: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_yaml_policy((BASE + BUDGET + text).encode())
    assert refusal.value.fields == {place: said}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (BUDGET + "audit: true\n", "audit"),
        (BUDGET + "random_seed: true\n", "random_seed"),
        (BUDGET + "ladder: [{rung: entropy, threshold: false}]\n", "ladder.0.threshold"),
        ("budget: {usd: 5, per_human_usd: 0.1, human_labels: true}\n", "budget.human_labels"),
    ],
)
def test_true_is_no_number(text: str, place: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_yaml_policy((BASE + "judges: [{name: a, model: b, free: true}]\n" + text).encode())
    assert refusal.value.fields == {place: "this is a number"}


def test_another_wording_is_another_and_not_empty() -> None:
    judges = "judges: [{name: a, model: b, paraphrases: ['', Which is better?, Which is better?]}]\n"
    with pytest.raises(Invalid) as refusal:
        read_yaml_policy((BASE + BUDGET + judges).encode())
    assert refusal.value.fields == {
        "judges.0.paraphrases.0": "this is empty",
        "judges.0.paraphrases.2": "this is the same as another",
    }


def test_a_rule_of_a_stratum_that_no_item_has_is_refused(make_model: MakeModel) -> None:
    study = routed_study(items=6)
    rules = [{"where": "stratum", "equals": "health"}, {"where": "stratum", "equals": "Health"}]
    with pytest.raises(Invalid) as refusal:
        begun(study, policy(steady(make_model), must_human=rules))
    said = "no item is in the stratum “Health”; there are health"
    assert refusal.value.fields == {"must_human.1": said}
    assert not Run.objects.exists()


@pytest.mark.django_db
def test_the_command_says_it_and_starts_nothing(tmp_path: Path) -> None:
    routed_study()
    file = tmp_path / "policy.yaml"
    file.write_text(BASE + BUDGET + "judges: [sharp]\n")
    with pytest.raises(CommandError, match=r"judges\.0: a judge has a name and a model") as refusal:
        call_command("routing", "start", "routed", str(file))
    assert refusal.value.returncode == 2
    assert not Run.objects.exists() and not Policy.objects.exists()


REFUSED: dict[str, dict[str, Any]] = {
    "likert": {"kind": "likert"},
    "best_worst": {"kind": "best_worst"},
    "mushra": {"kind": "mushra"},
    "spans": {"kind": "spans"},
    "checklist": {"kind": "checklist"},
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_way_of_asking_that_names_no_winner_is_refused_with_those_that_do(
    make_model: MakeModel, kind: str
) -> None:
    study = routed_study(protocols={"it": REFUSED[kind]})
    with pytest.raises(Invalid) as refusal:
        freeze_policy(study=study, config=policy(steady(make_model)))
    said = refusal.value.fields["protocol"]
    assert f"“it” ({kind}) does not say which of two responses is better" in said
    assert said.endswith(f"{', '.join(routable())} can") and "pairwise3" in said and kind not in routable()
    assert not Policy.objects.exists()


def test_items_in_whole_blocks_are_refused(make_model: MakeModel) -> None:
    study = routed_study(block_size=4)
    with pytest.raises(Invalid) as refusal:
        freeze_policy(study=study, config=policy(steady(make_model)))
    assert "in whole blocks, of which single ones cannot be routed" in refusal.value.fields["stage"]


def test_a_label_outside_the_vocabulary_is_no_label(make_model: MakeModel) -> None:
    study = routed_study(items=4)
    run = begun(study, policy(steady(make_model), double=0))
    annotator = run.judges.get().annotator
    run_asking(annotator=annotator)
    # As if the model had answered otherwise: the ledger's words are read again by a worker that finds them.
    for call in Call.objects.all():
        Call.objects.filter(pk=call.pk).update(text=json.dumps({"choice": "neither"}))
    Judgement.objects.filter(annotator=annotator).delete()
    annotator.asking.state = "running"
    annotator.asking.save()
    go(run, "labelling")
    said = [one for by in judge_labels(run).values() for every in by.values() for one in every]
    assert {(one.state, one.label) for one in said} == {("unparsed", None)}
    told = Judgement.objects.filter(annotator=annotator).values_list("paradata__unparsed", flat=True)
    assert all(text.startswith("choice") for text in told)
    assert {route.to for route in current_routes(run).values()} == {"human"}
    rated("Ana")
    go(run, "done")
    assert set(FinalLabel.objects.values_list("provenance", flat=True)) == {"human"}


def test_a_seed_without_gold_pauses_with_a_sentence_and_no_label(make_model: MakeModel) -> None:
    study = routed_study(items=30, per_person=24, per_item=5)
    judges = [{"name": "j", "model": "steady", "both_orders": False}]
    budget = {"usd": "20", "per_human_usd": "0.10", "human_labels": 49}
    steady(make_model)
    run = begun(
        study,
        policy(
            steady(make_model, "unused"), router="logistic", seed={"items": 24}, judges=judges, budget=budget
        ),
    )
    # One who knows, one who cannot tell, and money for one more, who disagrees.
    assert rated("Ana") == 24
    ben = Rater("Ben").arrive_at_screens()
    assert ben.rate_quickly() == 24
    Judgement.objects.filter(enrolment=ben.enrolment).update(no_answer="skip", payload={})
    go(run, "seeding", most=3)
    assert rated("Cleo", wrong=tuple(f"({n})" for n in range(30))) == 1
    go(run, "paused")
    assert run.reason == "not_estimable" and "There is no gold: of 24 seed items" in run.sentence
    assert not FinalLabel.objects.exists()
    assert advance(run) == "paused"


def test_lines_that_stand_twice_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "pairs.jsonl"
    rows = [
        {
            "id": n, "instruction": f"Say {n}", "response_1": "yes " * (n % 7), "response_2": "no",
            "human_labels": [1, 1, 1], "ai_labels": {"j": 1 + (n % 3 == 0)},
        }
        for n in range(40)
    ]  # fmt: skip
    file.write_text("".join(json.dumps(one) + "\n" for one in [*rows, rows[0], rows[1]]))
    with contextlib.suppress(SystemExit):  # few pairs are a finding
        call_command(
            "routing", "evaluate", "--pairs", str(file), "--budgets", "0.2", "-o", str(tmp_path / "o.json")
        )
    assert (
        "42 lines read, 2 of them twice with the same content; 40 pairs with gold" in capsys.readouterr().out
    )
