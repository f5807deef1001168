"""What the live view tells is true: of people who came early, of labels wanted, and of estimates from a few labels."""

import pytest

from annotation.routing.live import report
from annotation.routing.models import Route
from annotation.routing.screens import ground_of
from annotation.routing.spending import room
from tests.annotators.kit import steady
from tests.llm.conftest import MakeModel
from tests.routing.runs_kit import begun, go, policy, rated, routed_study

pytestmark = pytest.mark.django_db


def test_who_came_early_is_told_apart_from_the_seed(make_model: MakeModel) -> None:
    study = routed_study(items=24, per_person=8)
    run = begun(study, policy(steady(make_model), seed={"items": 6, "labels_per_item": 2}))
    # Six pairs of the seed each, and two more at random for each while no judge has answered.
    assert rated("Ana") == rated("Ben") == 8
    go(run, "labelling")
    told = report(run)["methods"]
    assert "labelled by models and by 2 people each, 4 more by models and one person." in told["paragraph"]
    assert "First 6 pairs drawn at random" in told["paragraph"]
    departures = " ".join(told["departures"])
    assert "4 more pairs were drawn at random" in departures
    assert "fewer labels" not in departures


def test_a_pair_on_hold_wants_no_more_than_it_was_given(make_model: MakeModel) -> None:
    study = routed_study(items=6)
    run = begun(study, policy(steady(make_model), seed={"items": 6, "labels_per_item": 2}))
    rated("Ana")
    rated("Ben")
    go(run, "done")
    place = Route.objects.filter(run=run, superseded_at=None).order_by("item_id").first()
    assert place is not None
    Route.objects.filter(pk=place.pk).update(to="hold", human_wanted=0, reason="no_majority")
    found = report(run)
    counts, departures = found["counts"], " ".join(found["methods"]["departures"])
    assert (counts["human_wanted"], counts["human_given"]) == (12, 12)
    assert "1 pair has no final label, because people disagree" in departures and "budget" not in departures


def test_a_few_labels_by_lot_make_no_win_rate(make_model: MakeModel) -> None:
    study = routed_study(items=60, per_person=34)
    run = begun(study, policy(steady(make_model), seed={"items": 34, "labels_per_item": 1}, audit=0.25))
    rated("Ana", wrong=("1", "2"))
    go(run, "labelling")
    rated("Ben")
    go(run, "done")
    one = report(run)["estimates"]["systems"][0]
    assert "were not certain to get a person" in one["aipw"]["refused"], one["aipw"]
    assert "refused" not in one["control_variate"]


def test_those_who_come_early_leave_half_of_the_spare_money_to_what_is_routed(make_model: MakeModel) -> None:
    study = routed_study(items=60, per_person=20)
    budget = {"usd": "5", "per_human_usd": "0.10"}
    seed = {"items": 6, "labels_per_item": 1}
    run = begun(study, policy(steady(make_model), seed=seed, budget=budget))
    for name in ("Ana", "Ben", "Cleo", "Dan"):
        rated(name)
    early = Route.objects.filter(run=run, superseded_at=None, reason="early").count()
    assert 0 < early <= room(run, ground_of(run))
