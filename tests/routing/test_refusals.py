"""What cannot work is refused by name before anything is spent; what goes wrong later leaves a safe state."""

from typing import Any

import pytest
from pydantic import ValidationError

from annotation.protocols.annotators.running import run_asking
from annotation.protocols.models import Judgement
from annotation.routing.labels import judge_labels
from annotation.routing.models import FinalLabel, Policy, Run
from annotation.routing.policies import freeze_policy
from annotation.routing.routes import current_routes
from annotation.routing.running import advance, make_run, pause_run, resume_run, start_run, stop_run
from annotation.routing.shapes import PolicyConfig
from annotation.routing.spending import spent
from multivocal.errors import Conflict, Invalid
from multivocal.llm.models import Call, LanguageModel
from multivocal.studies.models import AuditEvent, Study
from tests.annotators.kit import steady
from tests.llm.conftest import MakeModel
from tests.routing.runs_kit import begun, go, let_judges_work, policy, rated, routed_study


@pytest.fixture
def model(make_model: MakeModel) -> LanguageModel:
    """A judge without moods."""
    return steady(make_model)


def refused(study: Study, config: PolicyConfig) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        make_run(policy=freeze_policy(study=study, config=config))
    assert not Run.objects.exists()
    return caught.value.fields


def test_a_policy_that_does_not_fit_is_refused_with_every_place(model: LanguageModel) -> None:
    study = routed_study()
    assert "no comparison stage “elsewhere”" in refused(study, policy(model, stage="elsewhere"))["stage"]
    assert "it has pair" in refused(study, policy(model, protocol="other"))["protocol"]
    assert "the stage 12" in refused(study, policy(model, seed={"items": 40}))["seed.items"]
    unknown = policy(model, judges=[{"name": "j", "model": "nobody"}])
    assert "there is no model “nobody”; there are steady" in refused(study, unknown)["judges.0.model"]
    LanguageModel.objects.update(price_in=0, price_out=0)
    assert "the prices of “steady” are missing" in refused(study, policy(model))["judges.0.model"]
    free = policy(model, judges=[{"name": "j", "model": "steady", "free": True}])
    assert freeze_policy(study=study, config=free).version == 1
    ratings = routed_study("ratings", protocols={"r": {"kind": "likert"}})
    assert "“r” (likert) does not say which of two" in refused(ratings, free)["protocol"]


def test_a_budget_below_what_is_needed_first_is_refused_with_the_sum(model: LanguageModel) -> None:
    study = routed_study()
    seed = {"items": 6, "labels_per_item": 2}
    small = policy(model, seed=seed, budget={"usd": "1", "per_human_usd": "0.10"})
    assert "12 labels of the seed, 0 by rules, 1 audits" in refused(study, small)["budget.usd"]
    few = policy(model, seed=seed, budget={"usd": "9", "per_human_usd": "0.10", "human_labels": 12})
    assert "fewer than the 13 that are needed" in refused(study, few)["budget.human_labels"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"audit": 0}, "greater than or equal to 0.02"),
        ({"budget": {"usd": "5"}}, "prices are missing"),
        ({"router": "logistic"}, "at least 20 items"),
        ({"personal": True}, "the goal is estimate or ranking"),
        ({"unknown": 1}, "Extra inputs"),
        ({"ladder": [{"rung": "entropy"}]}, "entropy needs a threshold"),
        ({"must_human": [{"where": "tag", "equals": "x"}]}, "name the tag"),
    ],
)
def test_a_policy_is_a_closed_shape(more: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        policy(LanguageModel(name="m"), **more)


def test_policies_are_frozen_versions_and_one_run_lives_at_a_stage(model: LanguageModel) -> None:
    study = routed_study()
    first = freeze_policy(study=study, config=policy(model))
    assert freeze_policy(study=study, config=policy(model)) == first
    second = freeze_policy(study=study, config=policy(model, audit=0.5))
    assert (first.version, second.version, Policy.objects.count()) == (1, 2, 2)
    run = begun(study, policy(model))
    other = make_run(policy=second)
    with pytest.raises(Conflict):
        start_run(run=other)
    pause_run(run=run)
    assert advance(run) == "paused"
    with pytest.raises(Conflict):
        start_run(run=other)
    stop_run(run=run)
    start_run(run=other)
    verbs = list(AuditEvent.objects.filter(verb__startswith="routing").values_list("verb", flat=True))
    assert verbs.count("routing started") == 2 and "routing paused" in verbs and "routing stopped" in verbs


def test_a_judge_that_answers_prose_is_no_label_and_people_are_asked(make_model: MakeModel) -> None:
    study = routed_study()
    run = begun(study, policy(steady(make_model, "chatty", prose=1), double=0))
    go(run, "labelling")
    assert {one.state for said in judge_labels(run).values() for every in said.values() for one in every} == {
        "unparsed"
    }
    routes = current_routes(run)
    assert {(one.to, one.reason, one.ai_label) for one in routes.values()} == {("human", "failed", None)}
    assert rated("Ana") + rated("Ben") == 12
    go(run, "done")
    assert set(FinalLabel.objects.filter(superseded_at=None).values_list("provenance", flat=True)) == {
        "human"
    }


def test_a_dead_endpoint_gives_way_to_the_second_judge_and_blocks_nobody(make_model: MakeModel) -> None:
    study = routed_study(per_person=3)
    dead = make_model("dead", faults="400")
    run = begun(
        study, policy(dead, steady(make_model), double=0, patience={"cooldown_s": 600, "give_up_s": 0})
    )
    # While judges are silent people get random items, paid and kept.
    assert rated("Ana") == 3
    go(run, "labelling")
    routes = current_routes(run)
    assert len(routes) == 12 and {one.ai_judge for one in routes.values()} == {"j-steady"}
    assert sorted(one.reason for one in routes.values()).count("early") == 3
    assert run.judges.get(judge="j-dead").failures == 1


def test_money_that_ends_holds_items_and_never_gives_a_label_by_default(make_model: MakeModel) -> None:
    study = routed_study()
    budget = {"usd": "20", "per_human_usd": "0.10", "human_labels": 5}
    dead = make_model("dead", faults="400")
    patience = {"cooldown_s": 600, "give_up_s": 0, "rounds": 0}
    run = begun(study, policy(dead, router="all_ai", budget=budget, double=0, patience=patience))
    go(run, "labelling")
    routes = current_routes(run).values()
    assert sorted(one.to for one in routes) == ["hold"] * 7 + ["human"] * 5
    assert all(one.probability > 0 for one in routes)
    assert rated("Ana") + rated("Ben") == 5
    advance(run)
    assert FinalLabel.objects.filter(superseded_at=None).count() == 5
    # The endpoint comes back: what was held gets its label.
    dead.base_url = dead.base_url.replace("/faults/400", "")
    dead.save()
    run.judges.update(rests_until=run.started_at)
    go(run, "done")
    assert FinalLabel.objects.filter(superseded_at=None).count() == 12
    assert {one.reason for one in current_routes(run).values() if one.to == "ai"} == {"late"}


def test_judges_stop_before_the_budget_to_the_cent_and_people_keep_theirs(model: LanguageModel) -> None:
    study = routed_study()
    rules = [{"where": "stratum", "equals": "health"}]
    run = begun(study, policy(model, must_human=rules, double=0))
    aside = Run.objects.get().set_aside_usd
    assert aside == 2 * run.price_usd
    # As if the price of a call had risen: the cap is near at once.
    LanguageModel.objects.update(price_out=10_000)
    Policy.objects.update(config=run.policy.config | {"budget": run.policy.config["budget"] | {"usd": "9.5"}})
    let_judges_work(run)
    run.refresh_from_db()
    assert run.judges.get().annotator.asking.reason == "budget"
    now = spent(run)
    assert now.ai > 0 and now.ai + aside <= 9.5
    assert Call.objects.filter(error="budget").exists()
    assert Judgement.objects.filter(annotator__isnull=False).count() < 20
    assert rated("Ana") >= 2


def test_a_seed_with_one_class_pauses_with_a_sentence_and_goes_on_when_told(model: LanguageModel) -> None:
    study = routed_study(items=34, per_person=30)
    judges = [{"name": "j", "model": "steady", "both_orders": False}]
    run = begun(study, policy(model, router="logistic", seed={"items": 30}, judges=judges))
    assert rated("Ana") == rated("Ben") == 30
    go(run, "paused")
    assert (run.reason, "right on all" in run.sentence) == ("one_class", True)
    assert not FinalLabel.objects.exists()
    resume_run(run=run)
    go(run, "labelling")
    assert len(current_routes(run)) == 34


def test_an_endpoint_that_is_another_one_now_is_asked_nothing_more(model: LanguageModel) -> None:
    study = routed_study()
    run = begun(study, policy(model, judges=[{"name": "j", "model": "steady", "at_once": 1}]))
    run_asking(annotator=run.judges.get().annotator, seconds=0)
    advance(run)
    first = run.judges.get().version
    assert first
    LanguageModel.objects.update(model_id="sim-blunt")
    run_asking(annotator=run.judges.get().annotator, seconds=0)
    assert advance(run) == "paused"
    run.refresh_from_db()
    assert run.reason == "changed" and first in run.sentence
    number = Call.objects.count()
    let_judges_work(run)
    assert Call.objects.count() == number
    assert rated("Ana") >= 0  # people are let through
    resume_run(run=run)
    go(run, "labelling")
    assert run.judges.get().version != first
