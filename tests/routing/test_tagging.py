"""Tags of prompts by a model: of the vocabulary, paid once, within the budget, before judges where a rule says so."""

import json
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from annotation.protocols.models import Presentation
from annotation.routing.asking_again import run_check
from annotation.routing.canaries import begin_check
from annotation.routing.domain.tags import VERSION
from annotation.routing.domain.vocabulary import DIMENSIONS
from annotation.routing.erasure import erase_tags
from annotation.routing.live import report
from annotation.routing.models import ItemTags, Run, Tagging
from annotation.routing.policies import freeze_policy
from annotation.routing.routes import current_routes
from annotation.routing.running import advance, make_run
from annotation.routing.shapes import PolicyConfig
from annotation.routing.spending import TAGGING, spent
from annotation.routing.tagging import run_tagging
from multivocal.errors import Invalid
from multivocal.llm.models import Call
from multivocal.llm.simulator.tagging import tagging_reply
from tests.annotators.kit import row, steady
from tests.annotators.test_data import rows_of
from tests.comparison.kit import comparison_study
from tests.llm.conftest import MakeModel
from tests.routing.runs_kit import begun, go, let_judges_work, policy, rated, routed_study

HARM = [{"where": "tag", "name": "safety", "at_least": 2}]


def study_of(items: int = 8, **prompts: str) -> Any:
    """Return a study whose items ask about seven, but for those that are given."""
    rows = [row(n).model_dump(mode="json", exclude_defaults=True) for n in range(items)]
    for name, prompt in prompts.items():
        rows[int(name[1:])]["prompt"] = prompt
    return comparison_study("routed", items=rows, per_person=10, per_item=3)


def tagged(make_model: MakeModel, **more: Any) -> PolicyConfig:
    """Return a policy with a tagger of its own model."""
    fields = more.pop("model", {})
    model = make_model("tagger", **{"parameters": {}, **fields})
    return policy(steady(make_model), tagger={"model": model.name} | more.pop("tagger", {}), double=0, **more)


def tag_calls(run: Run) -> Any:
    return Call.objects.filter(purpose=TAGGING, account=run.study_id)


def test_tags_are_of_the_vocabulary_and_become_columns(make_model: MakeModel) -> None:
    run = begun(study_of(n3="Wie lang ist ein Jahr | und warum?"), tagged(make_model))
    assert run_tagging(run=run) == 8
    for one in ItemTags.objects.filter(run=run):
        assert one.state == "ok" and one.source == "tagger" and one.call
        assert set(one.tags["values"]) == set(DIMENSIONS)
    go(run, "labelling")
    features = [route.features for route in current_routes(run).values()]
    assert all(row["subject: Mathematics"] in (0.0, 1.0) for row in features)
    assert sum(row["subject: Mathematics"] for row in features) >= 7
    assert sum(row["language: English"] == 0 for row in features) == 1
    money = spent(run)
    assert money.ai == sum(call.cost for call in Call.objects.filter(account=run.study_id))
    assert tag_calls(run).count() == 8


def test_what_is_not_in_the_vocabulary_is_unknown_and_nobody_waits(make_model: MakeModel) -> None:
    # A model that answers prose, whatever it was asked for.
    run = begun(study_of(), tagged(make_model, model={"parameters": {"taste": {"prose": 1}}}))
    run_tagging(run=run)
    assert set(ItemTags.objects.values_list("state", flat=True)) == {"unparsed"}
    assert all(set(one.tags["values"].values()) == {None} for one in ItemTags.objects.all())
    go(run, "labelling")
    assert all(route.features["safety: high"] is None for route in current_routes(run).values())


def test_a_rule_keeps_items_by_their_tags_before_judges_see_them(make_model: MakeModel) -> None:
    study = study_of(n2="How is a bomb made?", n5="What dose of this medicine is right?")
    run = begun(study, tagged(make_model, must_human=HARM, seed={"items": 3}))
    assert not current_routes(run)
    assert not Presentation.objects.filter(annotator__isnull=False).exists()
    # Somebody comes before the tags do: she is not kept waiting.
    assert rated("Ana") > 0
    early = set(current_routes(run))
    assert advance(run) == "seeding"
    assert not Presentation.objects.filter(annotator__isnull=False).exists()
    run_tagging(run=run)
    advance(run)
    routes = current_routes(run)
    kept = {place for place, route in routes.items() if route.reason == "must_human"}
    names = {route.item.prompt for route in routes.values() if route.reason == "must_human"}
    assert names == {"How is a bomb made?", "What dose of this medicine is right?"}
    assert sum(route.reason == "seed" for route in routes.values()) == 3
    assert early <= set(routes)
    judged = set(Presentation.objects.filter(annotator__isnull=False).values_list("item", flat=True))
    assert len(judged) == 6 and not judged & {item for item, _unit in kept}
    rated("Ben")
    rated("Cleo")
    go(run, "labelling")
    assert all(route.probability == 1 for place, route in current_routes(run).items() if place in kept)


def test_a_crash_before_storing_pays_nothing_twice(make_model: MakeModel) -> None:
    study = study_of(n1="Why is seven special? (0)")
    config = tagged(make_model)
    run = begun(study, config)
    run_tagging(run=run)
    paid = tag_calls(run).count()
    assert paid == 7  # two items have the same prompt
    before = {one.item_id: one.tags for one in ItemTags.objects.all()}
    # As if the worker had died between the answer and its row.
    ItemTags.objects.all().delete()
    Tagging.objects.update(state="running")
    run_tagging(run=run)
    assert tag_calls(run).count() == paid
    assert {one.item_id: one.tags for one in ItemTags.objects.all()} == before
    # Another run of the study asks nothing either.
    go(run, "labelling")
    Run.objects.update(state="stopped")
    other = begun(study, config.model_copy(update={"name": "second"}))
    run_tagging(run=other)
    assert tag_calls(run).count() == paid
    assert ItemTags.objects.filter(run=other).count() == 8
    assert spent(other).ai == 0


def test_the_budget_counts_tags_and_holds_to_the_cent(make_model: MakeModel) -> None:
    dear = {"price_in": 1000, "price_out": 1000}
    config = tagged(make_model, model=dear, budget={"usd": "5", "per_human_usd": "0.1"})
    study = study_of()
    with pytest.raises(Invalid) as refusal:
        make_run(policy=freeze_policy(study=study, config=config))
    assert "at most" in refusal.value.fields["budget.usd"]
    run = begun(
        study,
        policy(
            steady(make_model, "other"),
            tagger={"model": "tagger"},
            budget={"usd": "60", "per_human_usd": "0.1"},
        ),
    )
    before = Decimal(run.policy.config["budget"]["usd"])
    Run.objects.filter(pk=run.pk).update(set_aside_usd=before - 5)
    run_tagging(run=run)
    assert (
        Tagging.objects.get(run=run).state == "given_up" and Tagging.objects.get(run=run).reason == "budget"
    )
    assert 0 < ItemTags.objects.count() < 8
    assert 0 < spent(run).ai <= 5
    let_judges_work(run)
    Run.objects.filter(pk=run.pk).update(set_aside_usd=0)
    assert go(run, "labelling")  # what is not known is not known


def test_a_dead_tagger_is_given_up_and_tags_stay_unknown(make_model: MakeModel) -> None:
    study = study_of()
    run = begun(study, tagged(make_model, model={"faults": "401", "key_variable": ""}, must_human=HARM))
    run_tagging(run=run)
    assert Tagging.objects.get(run=run).state in ("resting", "given_up")
    go(run, "labelling")
    assert Tagging.objects.get(run=run).state == "given_up"
    assert "must_human" not in {route.reason for route in current_routes(run).values()}


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"name": "mood", "equals": "x"}, "there is no tag “mood”"),
        ({"name": "safety", "equals": "awful"}, "“awful” is no option of “safety”"),
        ({"name": "subject", "at_least": 2}, "are no steps"),
    ],
)
def test_rules_that_could_never_hold_are_refused(
    make_model: MakeModel, rule: dict[str, Any], sentence: str
) -> None:
    study = routed_study()
    config = tagged(make_model, must_human=[{"where": "tag", **rule}])
    with pytest.raises(Invalid) as refusal:
        freeze_policy(study=study, config=config)
    assert sentence in refusal.value.fields["must_human.0"]
    with pytest.raises(Invalid) as refusal:
        freeze_policy(study=study, config=config.model_copy(update={"tagger": None}))
    assert "needs a tagger" in refusal.value.fields["must_human.0"]


def test_a_policy_without_a_tagger_keeps_its_hash(make_model: MakeModel) -> None:
    frozen = freeze_policy(study=routed_study(), config=policy(steady(make_model)))
    assert "tagger" not in frozen.config
    assert json.dumps(frozen.config)


def test_who_takes_their_words_back_takes_them_out_of_the_calls(make_model: MakeModel) -> None:
    run = begun(study_of(), tagged(make_model))
    run_tagging(run=run)
    rated("Ana")
    someone = Presentation.objects.filter(enrolment__isnull=False).first()
    assert someone is not None and someone.enrolment_id
    # Items that a designer brought stay; those of her own talk go.
    erase_tags(enrolment=someone.enrolment_id)
    assert not tag_calls(run).filter(text="").exists()
    type(someone.item).objects.filter(pk=someone.item_id).update(source="live")
    erase_tags(enrolment=someone.enrolment_id)
    assert tag_calls(run).filter(text="", request={}).count() == 1


def test_the_simulator_says_the_same_every_time_and_only_when_asked() -> None:
    from annotation.routing.domain.tags import prompt, read_tags

    said = tagging_reply(prompt("How many grams of this medicine?"))
    assert said and said == tagging_reply(prompt("How many grams of this medicine?"))
    tags = read_tags(said)
    assert not tags.refused and tags.values["safety"] == ("moderate",)
    assert tagging_reply([{"role": "user", "content": "Hello"}]) is None


def test_the_data_and_the_methods_know_the_tagger(make_model: MakeModel) -> None:
    study = study_of(n1="Why is seven special? (0)")
    run = begun(study, tagged(make_model, canaries={"items": 2}))
    run_tagging(run=run)
    go(run, "labelling")
    run_check(check=begin_check(run=run))
    rows = rows_of(study, "ai_calls")
    assert Counter(row["purpose"] for row in rows) == {"tag": 7, "judge": 16, "canary": 4}
    tag = next(row for row in rows if row["purpose"] == "tag")
    assert (tag["model"], tag["judge"], tag["label"], tag["model_version"]) == (
        "tagger",
        None,
        None,
        "sim-warm",
    )
    assert tag["item"].startswith("item-") and '"subject"' in tag["text"]
    canary = [row for row in rows if row["purpose"] == "canary"]
    assert all(row["label"] in ("a", "b", "tie") and row["judgement_id"] is None for row in canary)
    assert sum(row["cost_usd"] for row in rows) == pytest.approx(float(spent(run).ai))
    paragraph = report(run)["methods"]["paragraph"]
    assert "Prompts were described by tagger (answering as: sim-warm)" in paragraph
    assert (
        f"tag vocabulary {VERSION}; 8 of 8" in paragraph
        and "asked again about up to 2 canary pairs" in paragraph
    )
