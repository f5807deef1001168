"""Canaries: judges are asked again about a few pairs, paid from the budget, and nothing they say becomes a label."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from annotation.protocols.annotators.asking import PURPOSE
from annotation.protocols.annotators.running import run_asking
from annotation.protocols.models import Judgement, Presentation
from annotation.routing.asking_again import run_check
from annotation.routing.canaries import begin_check
from annotation.routing.labels import judge_labels
from annotation.routing.live import report
from annotation.routing.models import CanaryAnswer, Check, FinalLabel, Policy, Run
from annotation.routing.policies import config_of
from annotation.routing.routes import current_routes
from annotation.routing.running import advance, make_run, resume_run, stop_run
from annotation.routing.spending import CANARY, spent
from annotation.routing.tasks import ask_again
from annotation.routing.wanted import read_form
from multivocal.errors import Conflict, Invalid
from multivocal.llm.models import Call, LanguageModel
from multivocal.studies.models import AuditEvent, Membership
from tests.annotators.kit import steady
from tests.llm.conftest import MakeModel
from tests.people import make_designer, signed_in
from tests.routing.runs_kit import begun, go, policy, rated, routed_study


def labelled(make_model: MakeModel, *, canaries: int = 8, **more: Any) -> Run:
    """Return a run whose two judges have labelled everything."""
    study = routed_study(items=24)
    models = (steady(make_model), steady(make_model, "other"))
    config = policy(*models, router="all_ai", double=0, canaries={"items": canaries, "every_h": 24}, **more)
    return go(begun(study, config), "labelling")


def asked(verb: str = "check", *more: str) -> str:
    out = StringIO()
    call_command("routing", verb, "routed", *more, stdout=out)
    return out.getvalue()


def worse(name: str = "steady") -> None:
    """As if the endpoint had another model now: one that likes what is short."""
    LanguageModel.objects.filter(name=name).update(
        model_id="sim-plain", parameters={"max_tokens": 256, "taste": {"noise": 0, "longer": -1}}
    )


def test_a_check_asks_the_same_pairs_again_and_nothing_becomes_a_label(make_model: MakeModel) -> None:
    run = labelled(make_model)
    make_run(policy=run.policy)  # declared since, and not at work
    before = judge_labels(run)
    counts = (Presentation.objects.count(), Judgement.objects.count(), FinalLabel.objects.count())
    paid = spent(run).ai
    said = asked()
    assert "“j-steady” says what it said before of 8 of 8 canary pairs, 100% [68%, 100%]" in said
    assert "“j-other” says what it said before of 8 of 8" in said
    assert judge_labels(run) == before
    assert (Presentation.objects.count(), Judgement.objects.count(), FinalLabel.objects.count()) == counts
    calls = Call.objects.filter(purpose=CANARY, account=run.study_id)
    assert calls.count() == 8 * 2 * 2
    # The budget counts them, to the last place.
    assert spent(run).ai == paid + sum(one.cost for one in calls) > paid
    assert report(run)["money"]["ai_usd"] == pytest.approx(float(spent(run).ai))
    first = set(CanaryAnswer.objects.values_list("presentation", flat=True))
    asked()
    second = set(CanaryAnswer.objects.filter(check_of__number=2).values_list("presentation", flat=True))
    assert first == second and Check.objects.count() == 2
    assert not any(one.raised for one in Check.objects.all())


def test_a_judge_that_says_otherwise_now_is_an_alarm_and_more_is_audited(make_model: MakeModel) -> None:
    run = labelled(make_model, audit=0.25)
    worse()
    audited = sum(route.audit for route in current_routes(run).values())
    with pytest.raises(CommandError) as finding:
        asked()
    assert finding.value.returncode == 1 and "“j-steady” says what it said before of 0 of 8" in str(
        finding.value
    )
    assert "j-other" not in str(finding.value)
    run.refresh_from_db()
    (told,) = run.router["alarms"]
    assert (told["judge"], told["same"], told["n"], told["versions"]) == ("j-steady", 0, 8, ["sim-plain"])
    assert AuditEvent.objects.get(verb="routing alarm").detail["reason"] == "canaries changed"
    advance(run)
    advance(run)
    more = sum(route.audit for route in current_routes(run).values()) - audited
    assert more == pytest.approx((24 - audited) * 0.25, abs=1)
    canaries = report(run)["drift"]["canaries"]
    assert [one["raised"] for one in canaries[-1]["judges"]] == [True, False]


def test_an_alarm_may_pause_the_run_and_is_told_once(make_model: MakeModel) -> None:
    run = labelled(make_model, on_alarm="pause")
    worse()
    run_check(check=begin_check(run=run))
    assert advance(run) == "paused"
    run.refresh_from_db()
    assert run.reason == "alarm" and "0 of 8 canary pairs" in run.sentence
    resume_run(run=run)
    rated("Ana")
    go(run, "done")


def test_a_clean_check_hides_no_alarm_before_it(make_model: MakeModel) -> None:
    run = labelled(make_model, on_alarm="pause")
    as_it_was = LanguageModel.objects.get(name="steady")
    worse()
    run_check(check=begin_check(run=run))
    as_it_was.save()
    assert run_check(check=begin_check(run=run)) > 0
    assert [one.raised for one in Check.objects.order_by("number")] == [True, False]
    assert advance(run) == "paused"
    run.refresh_from_db()
    assert run.reason == "alarm" and "canary pairs" in run.sentence


def test_checks_come_at_an_interval_and_a_worker_does_them(make_model: MakeModel) -> None:
    run = labelled(make_model)
    advance(run)
    assert not Check.objects.exists()
    Run.objects.filter(pk=run.pk).update(started_at=timezone.now() - timedelta(hours=25))
    advance(run)
    check = Check.objects.get()
    assert (check.why, check.done_at) == ("interval", None)
    advance(run)
    ask_again(check.pk)
    ask_again(check.pk)
    check.refresh_from_db()
    assert check.done_at and [one["same"] for one in check.told] == [8, 8]
    advance(run)
    assert Check.objects.count() == 1
    Check.objects.update(begun_at=timezone.now() - timedelta(hours=25))
    advance(run)
    assert Check.objects.count() == 2


def test_another_version_pauses_names_the_check_and_resuming_makes_it(make_model: MakeModel) -> None:
    study = routed_study(items=12)
    model = steady(make_model)
    run = begun(
        study, policy(model, judges=[{"name": "j", "model": "steady", "at_once": 8}], canaries={"items": 3})
    )
    run_asking(annotator=run.judges.get().annotator, seconds=0)
    advance(run)
    LanguageModel.objects.update(model_id="sim-blunt")
    run_asking(annotator=run.judges.get().annotator, seconds=0)
    assert advance(run) == "paused"
    run.refresh_from_db()
    assert run.reason == "changed" and "routing check routed" in run.sentence
    answers = Judgement.objects.count()
    resume_run(run=run)
    check = Check.objects.get()
    assert check.why == "version"
    run_check(check=check)
    assert CanaryAnswer.objects.filter(check_of=check).exclude(state="waiting").count() == 6
    assert set(Call.objects.filter(purpose=CANARY).values_list("version", flat=True)) == {"sim-blunt"}
    assert Judgement.objects.count() == answers
    go(run, "labelling")


def test_who_checked_while_it_was_paused_need_not_wait_for_another(make_model: MakeModel) -> None:
    run = labelled(make_model)
    Run.objects.filter(pk=run.pk).update(state="paused", reason="changed")
    asked()
    resume_run(run=run)
    assert [one.why for one in Check.objects.all()] == ["asked"]


def test_what_was_paid_for_and_not_stored_is_read_from_the_ledger(make_model: MakeModel) -> None:
    run = labelled(make_model)
    check = begin_check(run=run)
    run_check(check=check)
    number = Call.objects.filter(purpose=CANARY).count()
    CanaryAnswer.objects.update(state="waiting", label=None, call=None)
    Check.objects.update(done_at=None, told=[])
    run_check(check=check)
    assert Call.objects.filter(purpose=CANARY).count() == number
    check.refresh_from_db()
    assert [one["same"] for one in check.told] == [8, 8]


def test_a_dead_judge_and_an_empty_purse_end_a_check_without_an_alarm(make_model: MakeModel) -> None:
    run = labelled(make_model)
    model = LanguageModel.objects.get(name="steady")
    LanguageModel.objects.filter(pk=model.pk).update(base_url=model.base_url.replace("/v1", "/faults/400/v1"))
    told = asked()
    assert "“j-steady” could not be checked. 8 pairs have no answer" in told
    assert "“j-other” says what it said before of 8 of 8" in told
    Policy.objects.update(
        config=run.policy.config | {"budget": {"usd": str(spent(run).ai), "per_human_usd": "0.1"}}
    )
    Run.objects.update(set_aside_usd=0)
    before = spent(run).ai
    with pytest.raises(CommandError, match="no judge could be checked"):
        asked()
    assert spent(run).ai == before
    assert not Check.objects.filter(raised=True).exists()


def test_a_judge_that_answers_prose_now_is_an_alarm(make_model: MakeModel) -> None:
    labelled(make_model)
    LanguageModel.objects.filter(name="steady").update(parameters={"max_tokens": 256, "taste": {"prose": 1}})
    with pytest.raises(CommandError, match=r"0 of 8 canary pairs.* of 8 its answer cannot be read"):
        asked()


def test_canaries_with_gold_come_first_and_say_how_right_a_judge_is(make_model: MakeModel) -> None:
    study = routed_study(items=24, per_person=6)
    seed = {"items": 6, "labels_per_item": 2}
    run = begun(study, policy(steady(make_model), seed=seed, canaries={"items": 6}))
    assert rated("Ana") == rated("Ben") == 6
    go(run, "labelling")
    told = begin_check(run=run)
    run_check(check=told)
    told.refresh_from_db()
    assert told.told[0]["gold"] == {"n": 6, "before": 1.0, "after": 1.0}


def test_refusals_say_why(make_model: MakeModel) -> None:
    study = routed_study()
    run = begun(study, policy(steady(make_model), canaries={"items": 0}))
    with pytest.raises(CommandError, match="asks no canaries") as off:
        asked()
    assert off.value.returncode == 2
    stop_run(run=run)
    with pytest.raises(CommandError, match="at work or paused"):
        asked()
    other = begun(study, policy(LanguageModel.objects.get()))
    with pytest.raises(Conflict, match="No judge has answered yet"):
        begin_check(run=other)
    # One that was frozen before there were canaries asks none.
    del other.policy.config["canaries"]
    assert config_of(other.policy).canaries.items == 0
    assert not Call.objects.exclude(purpose=PURPOSE).exists()


def test_the_page_has_a_button_and_tells_what_came_of_it(make_model: MakeModel) -> None:
    run = labelled(make_model)
    browser = signed_in(make_designer())
    Membership.objects.create(study=run.study, user=User.objects.latest("pk"), role="owner")
    page = reverse("admin:study_extra", args=["routed", "routing"])
    assert "Check the judges now" in browser.get(page).content.decode()
    assert browser.post(page, {"do": "check", "run": str(run.pk)}).status_code == 302
    check = Check.objects.get()
    assert "The judges are being asked." in browser.get(page).content.decode()
    worse()
    ask_again(check.pk)
    told = browser.get(page).content.decode()
    assert "Alarm" in told and "0 of 8 canary pairs" in told


def test_the_form_says_who_describes_prompts_and_what_an_alarm_does() -> None:
    form = {
        "name": "first", "ask": "compare/pair", "router": "ladder", "model_1": "sharp", "usd": "5",
        "per_human_usd": "0.1", "seed_items": "0", "tagger": "tags", "tagger_free": "on", "on_alarm": "pause",
        "canaries": "5", "every_h": "0.5",
    }  # fmt: skip
    config = read_form(form, [])
    assert config.tagger is not None and (config.tagger.model, config.tagger.free) == ("tags", True)
    assert (config.on_alarm, config.canaries.items, config.canaries.every_h) == ("pause", 5, 0.5)
    with pytest.raises(Invalid) as refusal:
        read_form(form | {"on_alarm": "shout", "canaries": "many"}, [])
    told = set(refusal.value.fields)
    assert "on_alarm" in told and any(place.endswith("(canaries.items)") for place in told)
