"""How far one is told to be among the stories: by the pages there are, never back and never nearly done for long."""

from fractions import Fraction
from typing import Any

import pytest

from elicitation.moral_graph.planting import plant
from elicitation.moral_graph.progress import how_far
from elicitation.moral_graph.walk import step_of
from multivocal.studies.models import Enrolment, Study
from multivocal.studies.stages import Visit
from multivocal.studies.visits import visit_for
from tests.llm.conftest import rows
from tests.moral_graph.test_standing import crowd, own_study, shown, with_card
from tests.moral_graph.values import STEPS
from tests.studies.studies import Person

__all__ = ["rows"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("rows")]


def visit_of(study: Study) -> Visit:
    """Return where the first person of the study is."""
    visit = visit_for(Enrolment.objects.filter(study=study).order_by("started_at")[0])
    assert visit is not None
    return visit


def told(study: Study) -> tuple[int, int]:
    """Return (pages behind, all pages) of that person."""
    visit = visit_of(study)
    return how_far(visit, step_of(visit))


def walk(study: Study, person: Person) -> list[tuple[str, tuple[int, int], Any]]:
    """Go on to the end of the stage; return each page's name, how far it was, and the bar."""
    pages = []
    while (step := person.hidden().get("step", "")) and person.hidden()["stage"] == "wiser":
        name = step.partition("-")[0]
        pages.append((name, told(study), person.page.context["progress"]["percent"]))
        more = shown(person) if name == "standing" else {}
        person.submit(
            **more, **({"answer": "wiser" if name == "story" else "yes"} if name != "start" else {})
        )
    return pages


@pytest.mark.parametrize("when", ["before", "after"])
def test_every_page_is_one_step_of_as_many_as_there_are(when: str) -> None:
    study = own_study(propose=True, select={"when": when, "show": 2})
    person = with_card("ana")
    visit = visit_of(study)
    plant(study=study, definition=visit.definition, config=visit.stage)  # type: ignore[arg-type]
    crowd(study)
    with_card("ben")
    with_card("cleo")
    person.here()
    pages = walk(study, person)
    names = [name for name, _far, _bar in pages]
    picks = ["select"] if when == "before" else []
    stories = ["story", "story", "propose"]
    assert names == ["start", *picks, *stories, *([] if picks else ["select"]), "standing"]
    assert [far for _name, far, _bar in pages] == [(n, 6) for n in range(6)]
    bars = [bar for _name, _far, bar in pages]
    # The stage is the second of three: its pages share the bar's middle third.
    assert bars == [round(100 * (1 + Fraction(n, 6)) / 3) for n in range(6)]


def test_as_many_stories_as_there_were_are_counted() -> None:
    study = own_study(stories=5, steps=STEPS[:1], standing=False, propose=False)
    person = with_card("ana")
    assert told(study) == (0, 6)
    person.submit()
    assert told(study) == (1, 2)
