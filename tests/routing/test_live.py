"""The live view: what it says is what the rows say, and where there is too little it says so and no number."""

import json
from typing import Any

import pytest
from django.db.models import F

from annotation.routing import running
from annotation.routing.auditing import audit_now
from annotation.routing.datasets import LABELS, ROUTES
from annotation.routing.figures import figures
from annotation.routing.forecast import forecast
from annotation.routing.live import report
from annotation.routing.live.facts import gather
from annotation.routing.live.quality import anytime
from annotation.routing.models import Route, Run
from annotation.routing.policies import freeze_policy
from annotation.routing.report import REPORT
from annotation.routing.routes import current_routes
from annotation.routing.shapes import PolicyConfig
from annotation.routing.spending import spent
from annotation.statistics.means.anytime import SOONEST
from multivocal.errors import Conflict, Invalid
from multivocal.studies.models import Study
from tests.annotators.kit import steady
from tests.llm.conftest import MakeModel
from tests.routing.runs_kit import begun, go, policy, rated, routed_study

pytestmark = pytest.mark.django_db


def steps(study: Study, config: PolicyConfig, *names: str) -> Run:
    """Return a run that went to its end, with these people."""
    run = begun(study, config)
    go(run, "labelling")
    for name in names:
        rated(name)
    return go(run, "done")


def test_a_run_is_told_as_its_rows_are(make_model: MakeModel) -> None:
    study = routed_study(items=24)
    rules = [{"where": "stratum", "equals": "health"}]
    config = policy(steady(make_model), must_human=rules, audit=0.5, double=0.1)
    run = steps(study, config, "Ana", "Ben", "Cleo")
    found = report(run)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    routes = current_routes(run)
    counts = found["counts"]
    assert counts["items"] == 24 == sum(counts["to"].values()) == counts["final"]
    assert counts["reasons"]["must_human"] == 4
    assert sum(row["labels"] for row in counts["provenance"]) == 24
    assert counts["human_given"] == sum(one.human_wanted for one in routes.values())
    money = spent(run)
    assert found["money"]["ai_usd"] == pytest.approx(float(money.ai))
    assert found["money"]["human_usd"] == pytest.approx(float(money.human))
    assert found["money"]["burn"][-1][1:] == pytest.approx([float(money.ai), float(money.human)])
    assert found["queue"]["waiting"] == 0
    audits = [one for one in routes.values() if one.audit]
    ai = found["quality"]["ai"]
    assert ai.get("n", 0) == len(audits)
    (judge,) = found["judges"]
    assert judge["screens"] == judge["judged"] == 40 and judge["conflict"]["n"] == 20
    assert {one["system"] for one in found["estimates"]["systems"]} == {"good", "poor"}
    # The number is the refusal's, not a guess: 24 items are too few for a drift alarm.
    assert "refused" in found["drift"] and found["drift"]["n"] == len(audits)
    drawn = {one.key: one for one in figures(found)}
    assert {"routes", "burn", "quality", "wins", "worth", "judges", "sway", "drift", "parts"} <= set(drawn)
    assert all(one.svg.startswith("<svg") for one in drawn.values() if one.svg)
    assert "too few" in " ".join(drawn["quality"].refused) or "refused" not in ai


def test_the_methods_are_written_from_the_log(make_model: MakeModel) -> None:
    study = routed_study()
    run = begun(study, policy(steady(make_model), audit=0.25, double=0, random_seed=77))
    running.pause_run(run=run)
    running.resume_run(run=run)
    go(run, "labelling")
    rated("Ana")
    running.stop_run(run=run)
    told = report(run)["methods"]
    for part in (
        "random seed 77",
        run.policy.sha256[:12],
        "25% went to a person by lot",
        "steady",
        "prompt sha256",
    ):
        assert part in told["paragraph"], part
    assert "fixed before the first label;" in told["paragraph"] and "before the run" not in told["paragraph"]
    assert [one["event"] for one in told["log"]] == [
        "routing started", "routing paused", "routing resumed", "routing stopped",
    ]  # fmt: skip
    assert "The run was paused once." in told["departures"]
    assert "The run was stopped before it was done." in told["departures"]
    assert "Ana" not in json.dumps(told)


def test_labels_from_before_the_run_are_told_and_cost_it_nothing(make_model: MakeModel) -> None:
    study = routed_study(items=12)
    rated("Early")
    run = begun(study, policy(steady(make_model), seed={"items": 12, "labels_per_item": 1}))
    found = report(run)
    n = found["counts"]["human_given"]
    assert n > 0 and found["money"]["human_usd"] == 0
    assert (found["counts"]["human_before"], found["counts"]["human_since"]) == (n, 0)
    shown = {figure.key: figure for figure in figures(found)}
    assert f"0 given since the start, {n} were there before" in shown["labels"].lead
    # No model has been heard, so no kind has a number: an empty card would look broken.
    assert "neither strata nor tags" in "".join(shown["parts"].refused)
    told = found["methods"]["paragraph"]
    assert f"which was fixed after {n} of people's labels;" in told
    assert f"{n} of people's labels are from before the run and cost it nothing." in told


def test_estimates_with_known_probabilities_are_of_what_people_say(make_model: MakeModel) -> None:
    """A judge that always takes the first place is no better than a coin; people know which answer is good."""
    study = routed_study(items=64, per_person=40)
    model = steady(make_model, "lazy", first=5, tie=0)
    run = steps(study, policy(model, router="random", audit=0.6, double=0), "Ana", "Ben")
    found = report(run)["estimates"]
    good = next(one for one in found["systems"] if one["system"] == "good")
    assert good["aipw"]["low"] <= 1.0 + 1e-9 and good["aipw"]["high"] + 1e-9 >= 1.0
    assert good["aipw"]["value"] == pytest.approx(1.0, abs=0.05)


def test_a_few_labels_give_no_interval(make_model: MakeModel) -> None:
    study = routed_study(items=12)
    run = steps(study, policy(steady(make_model), router="random", audit=0.5, double=0), "Ana", "Ben")
    good = next(one for one in report(run)["estimates"]["systems"] if one["system"] == "good")
    assert f"; {SOONEST} are needed" in good["aipw"]["refused"] and "refused" in good["control_variate"]


def test_a_share_says_nothing_too_soon_and_never_leaves_the_unit() -> None:
    assert anytime([True] * 9) == {
        "refused": f"9 labels are too few; an interval that may be looked at any time needs {SOONEST}.", "n": 9,
    }  # fmt: skip
    one = anytime([True] * 80)
    assert one["value"] == 1 == one["high"] and 0.5 < one["low"] < 1
    assert [point[0] for point in one["path"]][::39] == [SOONEST, 80]


def test_auditing_on_the_spot_draws_by_lot_and_tells_every_chance(make_model: MakeModel) -> None:
    study = routed_study(items=16)
    run = begun(
        study, policy(steady(make_model), audit=0.1, double=0, budget={"usd": "9", "per_human_usd": "0.1"})
    )
    with pytest.raises(Conflict):
        audit_now(run=run, number=2)
    go(run, "labelling")
    before = current_routes(run)
    kept = [one for one in before.values() if one.to == "ai"]
    with pytest.raises(Invalid):
        audit_now(run=run, number=0)
    assert audit_now(run=run, number=3) == 3
    after = current_routes(run)
    new = [place for place, one in after.items() if one.audit and not before[place].audit]
    assert len(new) == 3 and all(after[place].human_wanted == 1 for place in new)
    share = 3 / len(kept)
    for place, one in before.items():
        if one.to == "ai" or one.audit:
            assert after[place].probability == pytest.approx(one.probability + (1 - one.probability) * share)
    assert study.audit.filter(verb="routing audited").count() == 1
    rated("Ana")
    go(run, "done")
    audited = Route.objects.filter(run=run, superseded_at=None, audit=True)
    assert report(run)["quality"]["ai"].get("n") == audited.count()


def test_there_is_no_money_for_more_audits_than_the_budget_has(make_model: MakeModel) -> None:
    study = routed_study(items=12)
    config = policy(
        steady(make_model),
        audit=0.1,
        double=0,
        budget={"usd": "5", "per_human_usd": "0.1", "human_labels": 3},
    )
    run = begun(study, config)
    go(run, "labelling")
    with pytest.raises(Conflict, match="no money"):
        audit_now(run=run, number=9)


def test_a_forecast_has_ranges_and_says_what_it_does_not_know(make_model: MakeModel) -> None:
    study = routed_study(items=40, per_person=40)
    model = steady(make_model)
    config = policy(model, seed={"items": 32}, router="random", double=0)
    draft = running.make_run(policy=freeze_policy(study=study, config=config))
    found = forecast(draft)
    assert found["items"] == 40 and found["calls"] == 80
    # A check: twelve pairs in both orders, at what such calls cost.
    assert (found["check"]["items"], found["check"]["calls"]) == (12, 24)
    assert found["check"]["usd"] == pytest.approx(found["ai_usd"]["expected"] * 24 / 80)
    labels, total = found["labels"], found["total_usd"]
    assert labels["low"] <= labels["expected"] <= labels["high"] and labels["seed"] == 64
    assert total["low"] <= total["expected"] <= total["high"] <= 20
    assert "refused" in found["accuracy"] and "refused" in found["hours"]["people"]
    running.start_run(run=draft)
    rated("Ana"), rated("Ben")
    go(draft, "labelling")
    again = forecast(running.make_run(policy=freeze_policy(study=study, config=config)))
    assert again["ai_usd"]["basis"] == "earlier calls"
    assert again["ai_usd"]["expected"] == pytest.approx(float(spent(draft).ai), rel=0.2)
    assert again["accuracy"]["value"] == pytest.approx(1.0) and again["accuracy"]["ai"]["n"] >= 32


def test_the_report_is_of_the_run_asked_for(make_model: MakeModel) -> None:
    study = routed_study()
    assert REPORT.build(study, {}) == {"run": None} and not REPORT.fits(study)
    model = steady(make_model)
    first = begun(study, policy(model))
    running.stop_run(run=first)
    second = begun(study, policy(model, audit=0.5))
    assert REPORT.fits(study)
    assert REPORT.build(study, {})["run"]["id"] == str(second.pk)
    assert REPORT.build(study, {"run": str(first.pk)})["run"]["id"] == str(first.pk)
    assert [value for value, _label in REPORT.filters(study, {})[0].options] == [
        "",
        str(second.pk),
        str(first.pk),
    ]


def test_people_who_withdrew_are_in_no_number(make_model: MakeModel) -> None:
    study = routed_study(items=12)
    run = begun(study, policy(steady(make_model), router="all_human", audit=0.5, double=0))
    go(run, "labelling")
    rated("Ana")
    before = sum(bool(fact.labels) for fact in gather(run).every)
    study.enrolments.update(withdrawn_at=F("started_at"))
    assert before == 10 and not any(fact.labels for fact in gather(run).every)


def test_the_datasets_say_what_they_are() -> None:
    def named(described: Any) -> set[str]:
        return {column.name for column in described.columns}

    assert {"probability", "reason", "features", "superseded_at"} <= named(ROUTES)
    assert {"provenance", "by_model", "reason", "policy_version", "probability", "cost_usd"} <= named(LABELS)
    assert not named(LABELS) & {"annotator", "enrolment", "pseudonym"}
