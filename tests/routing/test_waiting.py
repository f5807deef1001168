"""People who come while models are still at work: they get what is certain, else they wait, and nobody is stranded."""

from annotation.protocols.models import Plan, Presentation
from annotation.routing.models import Run
from annotation.routing.running import pause_run
from multivocal.llm.models import LanguageModel
from multivocal.studies.models import Study
from tests.annotators.kit import steady
from tests.llm.conftest import MakeModel
from tests.routing.runs_kit import Rater, begun, go, policy, rated, routed_study


def seeded(make_model: MakeModel, **more: object) -> tuple[Study, Run]:
    """Return a study whose seed of two pairs has its people, and whose budget pays for nothing else yet."""
    study = routed_study(**more)
    seed = {"items": 2, "labels_per_item": 1}
    budget = {"usd": "20", "per_human_usd": "0.10", "human_labels": 4}
    run = begun(study, policy(steady(make_model), router="random", seed=seed, budget=budget, double=0))
    assert rated("Ana") == 2
    return study, run


def page_of(person: Rater) -> str:
    return str(person.here().content.decode())


def test_who_finds_nothing_yet_waits_and_gets_what_is_routed_then(make_model: MakeModel) -> None:
    _study, run = seeded(make_model, surplus="more")
    ben = Rater("Ben")
    ben.arrive_at_screens(begin=False)
    page = page_of(ben)
    assert "nothing to compare for you just yet" in page and "mv-wait" in page
    assert "Go on without this part" not in page
    # A press, a forged way out and another look draw nothing, and nobody is sent on.
    ben.submit()
    ben.submit(go_on="yes")
    assert ben.hidden()["stage"] == "compare"
    assert not Plan.objects.filter(enrolment=ben.enrolment).exists()
    assert ben.enrolment.status == "active"
    go(run, "labelling")
    assert "mv-wait" not in page_of(ben)
    ben.submit()
    assert Presentation.objects.filter(enrolment=ben.enrolment).count() == 2
    assert ben.rate_quickly() == 2
    go(run, "done")


def test_a_study_that_lets_people_have_fewer_lets_them_go_on(make_model: MakeModel) -> None:
    seeded(make_model)
    ben = Rater("Ben")
    ben.arrive_at_screens(begin=False)
    assert "Go on without this part" in page_of(ben)
    ben.submit()
    assert ben.hidden()["stage"] == "compare"
    ben.submit(go_on="yes")
    assert ben.hidden().get("stage") != "compare"


def test_a_pause_keeps_nobody_where_the_study_allows_fewer(make_model: MakeModel) -> None:
    _study, run = seeded(make_model)
    pause_run(run=run)
    ben = Rater("Ben")
    ben.arrive_at_screens(begin=False)
    page = page_of(ben)
    assert "mv-wait" not in page and "nothing left for you in this part" in page
    ben.submit()
    assert ben.hidden().get("stage") != "compare"


def test_what_is_certain_to_want_a_person_comes_first(make_model: MakeModel) -> None:
    study = routed_study(items=24, per_person=4)
    run = begun(study, policy(steady(make_model), seed={"items": 6, "labels_per_item": 2}))
    first = Rater("Ana").arrive_at_screens()
    seeds = set(run.routes.filter(reason="seed").values_list("item", flat=True))
    given = set(Presentation.objects.filter(enrolment=first.enrolment).values_list("item", flat=True))
    assert len(given) == 4 and given <= seeds
    assert not run.routes.filter(reason="early").exists()
    # What the seed cannot give is drawn at random, early, while there is money.
    for name in ("Ben", "Cleo"):
        Rater(name).arrive_at_screens()
    fourth = Rater("Dov").arrive_at_screens()
    assert Presentation.objects.filter(enrolment=fourth.enrolment).count() == 4
    assert run.routes.filter(reason="early").count() == 4
    assert LanguageModel.objects.count() == 1
