"""Practice, gold and attention items between the others: what a person is told, and what failing them does."""

from typing import Any

import pytest

from annotation.protocols.experiments.exclusions import exclude
from annotation.protocols.experiments.plan import Exclusions
from annotation.protocols.experiments.rows import collect
from annotation.protocols.models import Judgement, Presentation
from multivocal.studies.models import Study
from tests.comparison.kit import Judge, comparison_study, item

pytestmark = pytest.mark.django_db

WHY = "The first one answers what was asked."
RULE = {"any": {"best": ["r1"], "why": WHY}}


def checked_study(**more: Any) -> Study:
    """Return a study of six pairs with one item of every other split."""
    checks = [
        item(20, split="gold", gold=RULE),
        item(21, split="attention", gold=RULE),
        item(22, split="practice", gold=RULE),
    ]
    return comparison_study(items=[item(n) for n in range(6)] + checks, per_person=6, **more)


def side(right: bool) -> str:
    """Return the side of the open screen that its rule accepts, or the other one."""
    screen = Presentation.objects.filter(done_at=None).order_by("position").first()
    assert screen is not None
    first = screen.item.stimuli.get(external_id="r1").pk
    return "a" if (screen.slots[0]["stimulus"] == str(first)) == right else "b"


def walk_to(judge: Judge, role: str) -> Presentation:
    """Answer screens until one of ``role`` is open."""
    while judge.hidden().get("stage") == "compare":
        screen = Presentation.objects.filter(done_at=None).order_by("position").first()
        assert screen is not None
        if screen.role == role:
            return screen
        judge.submit() if judge.step().startswith("read-") else judge.judge(choice="a")
    raise AssertionError(f"no screen of the role {role}")


def test_practice_comes_first_and_is_answered_with_what_was_expected() -> None:
    checked_study(practice=1)
    noor = Judge("noor").arrive_at_screens()
    assert Presentation.objects.get(position=1).role == "practice"
    noor.judge(choice=side(right=False))
    page = noor.page.content.decode()
    assert noor.step().startswith("read-") and "We expected another answer." in page and WHY in page
    assert "disabled" in page
    noor.judge(choice="tie")  # the form is only to be read
    assert Judgement.objects.count() == 1
    noor.here()
    noor.submit()
    assert noor.step().startswith("screen-")
    back = noor.client.get("/s/pairs/here/?page=before").content
    assert b"Correct your last answer" not in back  # the right answer was told


def test_silent_gold_and_attention_look_like_every_other_screen() -> None:
    checked_study(gold={"count": 1}, attention=1)
    noor = Judge("noor").arrive_at_screens()
    roles = list(Presentation.objects.order_by("position").values_list("role", flat=True))
    assert sorted(roles) == ["attention", "gold", *["main"] * 6]
    assert roles[0] == roles[-1] == "main"
    while noor.hidden().get("stage") == "compare":
        page = noor.page.content.decode()
        assert not any(word in page for word in ("expected", WHY, "gold", "attention"))
        noor.judge(choice=side(right=False))
    assert noor.hidden()["stage"] == "debrief"  # nobody is sent away for it


def test_feedback_on_gold_is_said_once_and_the_answer_stays() -> None:
    checked_study(gold={"count": 1, "feedback": "feedback"})
    noor = Judge("noor").arrive_at_screens()
    gold = walk_to(noor, "gold")
    noor.judge(choice=side(right=True))
    assert "That is what we expected." in noor.page.content.decode()
    noor.submit()
    gold.refresh_from_db()
    assert gold.done_at is not None and gold.judgements.count() == 1


def test_training_asks_again_three_times_at_most_and_keeps_every_answer() -> None:
    checked_study(gold={"count": 1, "feedback": "training"})
    noor = Judge("noor").arrive_at_screens()
    gold = walk_to(noor, "gold")
    wrong = side(right=False)
    for tries in (1, 2, 3):
        assert noor.step() == f"screen-{gold.pk}"
        noor.judge(choice=wrong)
        assert gold.judgements.count() == tries
        assert ("Please answer once more." in noor.page.content.decode()) == (tries < 3)
    assert noor.step() == f"read-{gold.pk}"
    noor.submit()
    assert gold.judgements.filter(superseded_at=None).count() == 1
    assert noor.step() != f"read-{gold.pk}"


def test_training_goes_on_after_the_right_answer() -> None:
    checked_study(gold={"count": 1, "feedback": "training"})
    noor = Judge("noor").arrive_at_screens()
    gold = walk_to(noor, "gold")
    noor.judge(choice=side(right=False))
    noor.judge(choice=side(right=True))
    assert noor.step() == f"read-{gold.pk}" and "That is what we expected." in noor.page.content.decode()


def test_who_fails_is_left_out_only_by_the_declared_rule() -> None:
    study = checked_study(gold={"count": 1}, attention=1)
    good, bad = Judge("noor"), Judge("sven")
    for judge, right in ((good, True), (bad, False)):
        judge.arrive_at_screens()
        while judge.hidden().get("stage") == "compare":
            judge.judge(choice=side(right=right))
    rows = collect(study).rows
    verdicts = {(row.rater, row.role): row.passed for row in rows if row.role != "main"}
    assert verdicts == {
        (judge.enrolment.pseudonym, role): right
        for judge, right in ((good, True), (bad, False)) for role in ("gold", "attention")
    }  # fmt: skip
    assert exclude(rows, Exclusions()).people == {}
    assert exclude(rows, Exclusions(failed_attention=0)).people == {
        bad.enrolment.pseudonym: ("failed_attention",)
    }
    assert exclude(rows, Exclusions(failed_gold=1)).people == {}
    both = exclude(rows, Exclusions(failed_gold=0, failed_attention=0)).as_json()
    assert both["people"] == 1
    assert both["by_rule"] == {"too_fast": 0, "failed_gold": 1, "failed_attention": 1}


def test_an_unsure_answer_is_right_only_where_the_rule_says_so() -> None:
    gold = [item(20, split="gold", gold={"any": {"best": ["r1"], "no_answer": ["unsure"]}})]
    study = comparison_study(
        items=[item(n) for n in range(4)] + gold,
        protocols={"pair": {"kind": "pairwise3", "allow": ["unsure", "skip"]}},
        per_person=4, per_item=3, gold={"count": 1},
    )  # fmt: skip
    for name, said in (("noor", "unsure"), ("sven", "skip")):
        Judge(name).arrive_at_screens().judge_all(no_answer=said)
    passed = {row.no_answer: row.passed for row in collect(study).rows if row.role == "gold"}
    assert passed == {"unsure": True, "skip": False}
