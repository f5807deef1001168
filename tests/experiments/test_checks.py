"""The report counts a check as the page judged it: with the item's own questions, and what follows from them."""

import pytest

from annotation.protocols.experiments.exclusions import exclude
from annotation.protocols.experiments.plan import Exclusions
from annotation.protocols.experiments.rows import collect
from annotation.protocols.models import Judgement, Presentation
from tests.comparison.kit import Judge, comparison_study, item

pytestmark = pytest.mark.django_db
UNITS = [
    {"id": "true", "text": "Is it true?"},
    {"id": "sourced", "text": "Does it name a source?", "parent": "true"},
]


@pytest.mark.parametrize("right", [True, False])
def test_the_page_and_the_report_say_the_same_of_a_checklist_with_its_items_own_questions(
    right: bool,
) -> None:
    gold = item(20, split="gold", units=UNITS, gold={"any": {"best": ["r1"]}})
    study = comparison_study(
        items=[*(item(n, units=UNITS) for n in range(2)), gold], per_person=2,
        protocols={"list": {"kind": "checklist"}}, gold={"count": 1, "feedback": "feedback"},
    )  # fmt: skip
    noor = Judge("noor").arrive_at_screens()
    told = ""
    while noor.hidden().get("stage") == "compare":
        if noor.step().startswith("read-"):
            told = noor.page.content.decode()
            noor.submit()
            continue
        screen = Presentation.objects.filter(done_at=None).order_by("position")[0]
        first = str(screen.item.stimuli.get(external_id="r1").pk)
        good = next(slot["slot"] for slot in screen.slots if (slot["stimulus"] == first) == right)
        poor = "B" if good == "A" else "A"
        # Below a no nothing is asked: the page leaves it out.
        yes = {f"answers.{good}.{unit['id']}": "yes" for unit in UNITS}
        noor.judge(**yes, **{f"answers.{poor}.true": "no"})
    assert ("That is what we expected." in told, "We expected another answer." in told) == (right, not right)
    rows = collect(study).rows
    assert [row.passed for row in rows if row.role == "gold"] == [right]
    assert bool(exclude(rows, Exclusions(failed_gold=0)).people) != right


def test_an_answer_that_leaves_out_what_follows_is_read_as_when_it_came() -> None:
    gold = item(20, split="gold", units=UNITS, gold={"any": {"score": {"r1": [0.0, 0.0]}}})
    study = comparison_study(
        items=[item(0, units=UNITS), gold], per_person=1,
        protocols={"list": {"kind": "checklist"}}, gold={"count": 1},
    )  # fmt: skip
    noor = Judge("noor").arrive_at_screens()
    noor.judge_all(**{"answers.A.true": "no", "answers.B.true": "no"})
    short = {"answers": {"A": {"true": "no"}, "B": {"true": "no"}}}
    Judgement.objects.filter(presentation__role="gold").update(payload=short)
    assert [row.passed for row in collect(study).rows if row.role == "gold"] == [True]
