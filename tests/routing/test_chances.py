"""Chances of a person's label, as stated and as used: whatever becomes of a pair later, its weight stays honest."""

from typing import Any

import pytest

from annotation.routing import labelling
from annotation.routing.auditing import audit_now
from annotation.routing.labels import human_labels
from annotation.routing.live.estimates import estimates
from annotation.routing.live.facts import gather
from annotation.routing.live.parts import parts
from annotation.routing.live.quality import quality
from annotation.routing.models import Route
from annotation.routing.policies import freeze_policy
from annotation.routing.routes import current_routes
from annotation.routing.running import resume_run
from annotation.routing.screens import ground_of
from multivocal.errors import Invalid
from tests.annotators.kit import steady
from tests.llm.conftest import MakeModel
from tests.routing.runs_kit import begun, go, policy, rated, routed_study

pytestmark = pytest.mark.django_db

NO_CANARIES = {"items": 0}


def test_who_is_asked_later_is_drawn_by_lot_and_every_chance_says_so(make_model: MakeModel) -> None:
    """A judge that follows the place has no label; money that comes free buys some of what was held for want of it."""
    study = routed_study(items=30, per_person=30)
    config = policy(
        steady(make_model, "lazy", first=5, tie=0), router="random", double=0.5, canaries=NO_CANARIES,
        budget={"usd": "2", "per_human_usd": "0.1"},
    )  # fmt: skip
    run = begun(study, config)
    go(run, "labelling")
    ground = ground_of(run)
    before = current_routes(run)
    held = {place for place, one in before.items() if one.to == "hold"}
    labelling.settle_labels(run=run, ground=ground)
    after = current_routes(run)
    asked = {place for place in held if after[place].to == "human"}
    assert 0 < len(asked) < len(held) < 30
    share = len(asked) / len(held)
    for place, one in before.items():
        assert after[place].probability == pytest.approx(one.probability + (1 - one.probability) * share)
    # Nobody can foresee which: not the first of them.
    assert sum(one.probability for one in after.values()) == pytest.approx(30 - len(held) + len(asked))
    again = {place: one.pk for place, one in after.items()}
    labelling.settle_labels(run=run, ground=ground)
    assert {place: one.pk for place, one in current_routes(run).items()} == again


def test_an_audit_on_the_spot_is_not_undone_by_a_look_from_before_it(make_model: MakeModel) -> None:
    """Somebody audits more between a step's look at the routes and its lock: the chances that then hold stay."""
    study = routed_study(items=24, per_person=24)
    run = begun(study, policy(steady(make_model), audit=0.25, double=0.9, canaries=NO_CANARIES))
    go(run, "labelling")
    rated("Ana"), rated("Ben", wrong=tuple("0123456789"))
    ground = ground_of(run)
    routes, given = current_routes(run), human_labels(run, ground)
    assert any(len({one.label for one in labels}) == 2 for labels in given.values())
    audit_now(run=run, number=5)
    now = {place: one.probability for place, one in current_routes(run).items()}
    assert labelling._escalate(run, ground, routes, given) > 0
    assert {place: one.probability for place, one in current_routes(run).items()} == now


def test_a_pair_by_lot_stays_one_when_a_third_person_is_asked(make_model: MakeModel) -> None:
    study = routed_study(items=24, per_person=24)
    run = begun(
        study, policy(steady(make_model), router="random", audit=0.9, double=0.9, canaries=NO_CANARIES)
    )
    go(run, "labelling")
    rated("Ana"), rated("Ben", wrong=tuple("0123456789"))
    before = {fact.pair.place for fact in gather(run).audited}
    assert before
    go(run, "labelling", most=2)
    assert Route.objects.filter(run=run, superseded_at=None, reason="third").exists()
    assert {fact.pair.place for fact in gather(run).audited} == before
    rated("Cleo")
    thrice = [fact for fact in gather(run).every if len(fact.labels) == 3]
    # The third is asked because two differ: their mean stays what estimates use, or it would lean to the majority.
    assert thrice and all(fact.value == 0.5 for fact in thrice)


def test_audits_of_unlike_chances_weigh_by_them(make_model: MakeModel) -> None:
    """Of 32 pairs on which they agree 12 were audited, of 28 on which they differ 21: the share is 32 of 60."""
    study = routed_study(items=60, per_person=60)
    run = begun(study, policy(steady(make_model), audit=1.0, double=0, canaries=NO_CANARIES))
    go(run, "labelling")
    rated("Ana", wrong=("1", "2"))
    facts = gather(run)
    for agrees, all_of_them, audited in ((True, 32, 12), (False, 28, 21)):
        some = [fact for fact in facts.every if fact.agrees is agrees]
        assert len(some) == all_of_them
        for place, fact in enumerate(some):
            fact.probability, fact.drawn = audited / all_of_them, place < audited
    found = quality(facts)["ai"]
    assert found["n"] == 33 and found["value"] == pytest.approx(32 / 60)
    assert found["fixed"]["value"] == pytest.approx(32 / 60, abs=0.02)
    assert 0 <= found["low"] < found["value"] < found["high"] <= 1
    (health,) = parts(facts)
    seen = [fact for fact in facts.every if fact.seen and fact.pair.stratum == "health"]
    right, all_of_them = (
        sum(1 / fact.probability for fact in some) for some in ([f for f in seen if f.agrees], seen)
    )
    assert health["n"] == len(seen) and health["agree"] == pytest.approx(right / all_of_them)
    # Of one chance all, they are counted.
    for fact in facts.every:
        fact.probability = 33 / 60
    assert quality(facts)["ai"]["value"] == pytest.approx(12 / 33)


def test_control_variates_leave_out_what_could_not_be_drawn(make_model: MakeModel) -> None:
    """A rule keeps 10 of 60 pairs, on 5 of which people prefer the poor answer; they stand beside it as they are."""
    study = routed_study(items=60, per_person=60)
    rules = [{"where": "stratum", "equals": "health"}]
    seed = {"items": 50, "labels_per_item": 1}
    config = policy(steady(make_model), seed=seed, must_human=rules, double=0, canaries=NO_CANARIES)
    run = begun(study, config)
    kept = tuple(f"({n})" for n in range(60) if n % 6 == 5)
    rated("Ana", wrong=kept[:5])
    go(run, "labelling")
    found = estimates(gather(run))
    good = next(one for one in found["systems"] if one["system"] == "good")
    told = good["control_variate"]
    assert told["n"] == 60 and told["value"] == pytest.approx(55 / 60) == told["plain"]


LEARNT = {"seed": {"items": 30, "labels_per_item": 2}, "router": "ladder"}
DOUBT = {"rung": "low_confidence", "threshold": 0.99}


def test_a_ladder_learns_how_sure_a_model_is(make_model: MakeModel) -> None:
    study = routed_study(items=40, per_person=30)
    model = steady(make_model)
    config = policy(model, **LEARNT, ladder=[DOUBT], audit=0.1, double=0, canaries=NO_CANARIES)
    run = begun(study, config)
    rated("Ana"), rated("Ben")
    # A judge that is right all the time pauses the run once: there is nothing to learn of where it errs.
    go(run, "paused")
    assert run.reason == "one_class"
    resume_run(run=run)
    go(run, "labelling")
    routes = [one for one in current_routes(run).values() if one.reason == "low_confidence"]
    assert len(routes) == 10 and all(one.p_ai is not None and one.p_ai < 0.99 for one in routes)


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"goal": "metric"}, "goal"),
        ({"ladder": [{"rung": "gap", "threshold": 1}]}, "ladder"),
        ({"ladder": [DOUBT]}, "seed"),
        ({**LEARNT, "ladder": [DOUBT], "seed": {"items": 30, "labels_per_item": 1}}, "seed"),
    ],
)  # fmt: skip
def test_what_a_run_could_not_do_is_refused(make_model: MakeModel, more: dict[str, Any], place: str) -> None:
    study = routed_study(items=40)
    with pytest.raises(Invalid) as refusal:
        freeze_policy(study=study, config=policy(steady(make_model), **more))
    assert list(refusal.value.fields) == [place]
