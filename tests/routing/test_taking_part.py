"""People's side: what they see of models, what happens to labels that are taken back, and who may not look."""

import pytest

from annotation.protocols.models import Judgement, Presentation
from annotation.routing.labels import human_labels
from annotation.routing.models import FinalLabel, Hint, Run
from annotation.routing.routes import current_routes
from annotation.routing.running import advance
from annotation.routing.spending import spent
from multivocal.llm.models import LanguageModel
from multivocal.studies.withdrawal import withdraw_enrolment
from tests.annotators.kit import steady
from tests.llm.conftest import MakeModel
from tests.routing.runs_kit import Rater, begun, go, policy, rated, routed_study


@pytest.fixture
def model(make_model: MakeModel) -> LanguageModel:
    """A judge that chooses whatever stands first, but for what it finds much better."""
    return steady(make_model, first=0.3)


def test_nobody_is_shown_a_models_label_unless_they_verify(model: LanguageModel) -> None:
    plain = routed_study()
    budget = {"usd": "20", "per_human_usd": "0.10", "human_labels": 8}
    run = begun(plain, policy(model, router="random", budget=budget, double=0))
    go(run, "labelling")
    ana = Rater("Ana").arrive_at_screens()
    assert b"A program finds" not in ana.here().content and not Hint.objects.exists()

    shown = routed_study("shown")
    ladder = [{"rung": "failed"}, {"rung": "entropy", "threshold": 0.0}]
    run = begun(shown, policy(steady(make_other(model)), ladder=ladder, verify=True, double=0))
    go(run, "labelling")
    ben = Rater("Ben", "shown").arrive_at_screens()
    page = ben.here().content.decode()
    assert "A program finds answer" in page and model.name not in page
    screen = Presentation.objects.get(enrolment=ben.enrolment, position=1)
    route = current_routes(run)[(screen.item_id, screen.unit)]
    good = route.ai_label == "a"
    first = screen.slots[0]["stimulus"] == str(screen.item.stimuli.order_by("number")[0].pk)
    assert f"A program finds answer {'A' if good == first else 'B'} better" in page
    ben.rate_quickly()
    rated("Cleo", "shown")
    go(run, "done")
    kinds = set(
        FinalLabel.objects.filter(route__run=run, superseded_at=None).values_list("provenance", flat=True)
    )
    assert kinds == {"verified"}


def make_other(model: LanguageModel) -> "MakeModel":
    """Return a maker of rows beside one that is there, at the same address."""

    def make(name: str, **fields: object) -> LanguageModel:
        return LanguageModel.objects.create(
            name=f"{name}-2", model_id=model.model_id, base_url=model.base_url, price_in=1, price_out=3,
            simulated=True, **fields,
        )  # fmt: skip

    return make


def test_a_label_that_is_taken_back_is_made_again_and_its_money_stays_spent(model: LanguageModel) -> None:
    study = routed_study(items=6)
    run = begun(study, policy(model, router="all_human", double=0))
    go(run, "labelling")
    ana = Rater("Ana").arrive_at_screens()
    assert ana.rate_quickly() == 6
    advance(run)
    assert FinalLabel.objects.filter(superseded_at=None).count() == 6
    Run.objects.update(state="labelling", ended_at=None)
    paid = spent(run).human
    withdraw_enrolment(enrolment=ana.enrolment, erase=True)
    assert not Judgement.objects.filter(enrolment__isnull=False).exists()
    run.refresh_from_db()
    assert not FinalLabel.objects.filter(superseded_at=None).exists()
    assert not any(FinalLabel.objects.values_list("judgements", flat=True))
    assert run.erased == 6 and spent(run).human == paid
    assert rated("Ben") == 6
    go(run, "done")
    assert FinalLabel.objects.filter(superseded_at=None).count() == 6


def test_people_who_disagree_are_followed_by_a_third(model: LanguageModel) -> None:
    study = routed_study(items=3)
    run = begun(study, policy(model, router="all_human", double=0.99))
    go(run, "labelling")
    rated("Ana")
    rated("Ben", wrong=("(1)",))
    advance(run)
    third = [one for one in current_routes(run).values() if one.reason == "third"]
    assert [one.human_wanted for one in third] == [3] and third[0].probability == 1
    assert rated("Cleo") == 1
    go(run, "done")
    kinds = FinalLabel.objects.filter(superseded_at=None).values_list("provenance", flat=True)
    assert sorted(kinds)[0] == "adjudicated" and len(kinds) == 3


def test_a_preview_is_not_routed_and_counts_nowhere(model: LanguageModel) -> None:
    study = routed_study(items=4)
    run = begun(study, policy(model, router="all_human", double=0))
    go(run, "labelling")
    sven = Rater("Sven").arrive_at_screens()
    sven.rate_quickly()
    assert len(human_labels(run)) == 4
    from multivocal.studies.models import Enrolment

    Enrolment.objects.update(preview=True)
    assert human_labels(run) == {} and spent(run).human == 0


def test_personal_preferences_are_never_settled_by_a_model(model: LanguageModel) -> None:
    study = routed_study()
    budget = {"usd": "20", "per_human_usd": "0.10", "human_labels": 6}
    run = begun(
        study, policy(model, router="random", goal="estimate", personal=True, budget=budget, double=0)
    )
    go(run, "labelling")
    rated("Ana")
    go(run, "done")
    labels = FinalLabel.objects.filter(superseded_at=None)
    assert labels.count() == 6 and set(labels.values_list("provenance", flat=True)) == {"human"}
    assert {one.reason for one in current_routes(run).values() if one.to == "ai"} == {"control_variate"}
