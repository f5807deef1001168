"""What is known of people before a pair goes anywhere: from others' answers in time, never from the pair's own."""

import math
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from annotation.routing.labels import Given, Label
from annotation.routing.pool import REGISTRY, experts_of, pool_feature, pool_of
from annotation.routing.routes import current_routes
from annotation.routing.screens import Pair
from multivocal.studies.models import Enrolment
from tests.llm.conftest import MakeModel
from tests.routing.runs_kit import begun, go, policy, rated, routed_study

START = datetime(2026, 1, 1, tzinfo=UTC)
ANA, BEN, CLEO, STRANGER = (uuid4() for _ in range(4))
MATHS = {"subject: Mathematics": 1.0, "safety: safe": 1.0}


def pair(n: int, **tags: float) -> Pair:
    return Pair(uuid4(), "", f"item-{n}", n, "", uuid4(), uuid4(), tags=tags or MATHS)


def said(who: UUID, label: Label | None, minute: int, *, verified: bool = False) -> Given:
    return Given(who, label, uuid4(), START + timedelta(minutes=minute), verified)


def test_features_come_from_other_pairs_of_the_kind_and_from_before() -> None:
    first, second, third, other = pair(1), pair(2), pair(3), pair(4, **{"subject: Law": 1.0})
    given = {
        first.place: [said(ANA, "a", 1), said(BEN, "a", 2)],
        second.place: [said(ANA, "a", 3), said(CLEO, "b", 4)],
    }
    found = pool_of([first, second, third, other], given, {ANA: True, BEN: False})
    nothing = {"people": 0.0, "agreement": math.nan, "experts": math.nan}
    assert found[first.place] == pytest.approx(nothing, nan_ok=True)
    assert found[other.place] == pytest.approx(nothing, nan_ok=True)
    assert found[second.place] == pytest.approx({"people": math.log(3), "agreement": 1.0, "experts": 0.5})
    assert found[third.place] == pytest.approx({"people": math.log(4), "agreement": 0.5, "experts": 0.5})


@pytest.mark.parametrize("label", ["a", "b", "tie", None])
def test_a_pairs_own_labels_leave_no_trace_in_its_features(label: Label | None) -> None:
    first, second, third = pair(1), pair(2), pair(3)
    before = [said(ANA, "a", 1), said(BEN, "b", 2)]
    own = [said(STRANGER, label, 3), said(CLEO, "a", 4), said(ANA, label, 5)]
    # Somebody labels a third pair between the pair's own two labels: that is too late, too.
    given = {first.place: before, second.place: own, third.place: [said(STRANGER, label, 4)]}
    found = pool_of([first, second, third], given, {})
    assert found[second.place] == pytest.approx(
        {"people": math.log(3), "agreement": 0.0, "experts": math.nan}, nan_ok=True
    )


def test_who_could_not_tell_or_saw_a_models_label_says_nothing_of_agreement() -> None:
    first, second = pair(1), pair(2)
    given = {first.place: [said(ANA, None, 1), said(BEN, "a", 2, verified=True), said(CLEO, "b", 3)]}
    found = pool_of([first, second], given, {})[second.place]
    assert found["people"] == math.log(4) and math.isnan(found["agreement"])


def test_a_name_is_taken_once() -> None:
    with pytest.raises(ValueError, match="already"):
        pool_feature("people")(REGISTRY["people"])


def test_a_learned_router_has_them_and_goes_on_where_they_are_unknown(make_model: MakeModel) -> None:
    study = routed_study(items=64, per_person=40)
    model = make_model("shaky", parameters={"max_tokens": 64, "taste": {"noise": 0.2}})
    run = begun(study, policy(model, router="logistic", seed={"items": 40}))
    odd = ("1)", "4)")
    assert rated("Ana", wrong=odd) == rated("Ben", wrong=odd) == 40
    assert experts_of(run) == {}
    Enrolment.objects.filter(participant__identities__external_id="Ana").update(traits={"expert": "true"})
    assert list(experts_of(run).values()) == [True]
    go(run, "labelling")
    rows = [route.features for route in current_routes(run).values()]
    assert all({"pool: people", "pool: agreement", "pool: experts"} <= row.keys() for row in rows)
    assert any(row["pool: agreement"] is None for row in rows)
    late = [route.features for route in current_routes(run).values() if route.reason != "seed"]
    assert {row["pool: people"] for row in late if row["pool: people"]} == {math.log1p(2)}
    assert {row["pool: agreement"] for row in late if row["pool: people"]} == {1.0}
