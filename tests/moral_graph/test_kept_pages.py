"""What was typed on a page of the stories and not sent is there again after a reload, also where it was refused."""

import pytest

from elicitation.interviews.models import ValuesCard
from tests.llm.conftest import rows
from tests.moral_graph.test_standing import LINES, crowd, own_study, vote, with_card
from tests.studies.studies import Person

__all__ = ["rows"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("rows")]


def keep(person: Person, **values: str) -> None:
    """Let the page save what is typed, as it does by itself."""
    hidden = person.hidden()
    draft = {"stage": hidden["stage"], "step": hidden["step"], "values": values}
    token = {"X-CSRFToken": person.client.cookies["csrftoken"].value}
    answer = person.client.post("/s/values/draft/", draft, content_type="application/json", headers=token)
    assert answer.status_code == 200, answer.content


def reload(person: Person, query: str = "") -> str:
    """Return the page as it is read anew."""
    page = person.client.get(f"/s/values/here/{query}")
    assert page.status_code == 200
    return str(page.content.decode())


def test_a_story_keeps_its_answer_and_its_why_over_a_reload_and_the_next_one_begins_empty() -> None:
    own_study()
    person = with_card("Noor")
    person.submit()
    keep(person, answer="both", why="Each in its time")
    text = reload(person)
    assert 'value="both" checked' in text and ">Each in its time</textarea>" in text
    person.submit(answer="both", why="Each in its time")
    assert person.hidden()["step"] == "story-2"
    assert "Each in its time" not in reload(person) and '" checked>' not in reload(person)
    assert ">Each in its time</textarea>" in reload(person, "?page=before"), (
        "what was said is there to correct"
    )


def test_a_step_of_ones_own_a_place_and_a_card_keep_what_was_typed() -> None:
    study = own_study()
    person = with_card("Noor")
    person.submit()
    while person.hidden()["step"].startswith("story-"):
        person.submit(answer="unsure")
    keep(person, story="Half a story", source="", target="", context="")
    assert ">Half a story</textarea>" in reload(person)
    person.submit()
    crowd(study)
    person.here()
    keep(person, answer="no", why="Nobody looked")
    assert 'value="no" checked' in reload(person) and "Nobody looked" in reload(person)
    card = ValuesCard.objects.get()
    query = f"?page=card&card={card.pk}"
    person.keep(person.client.get(f"/s/values/here/{query}"))
    assert f'action="/s/values/here/{query.replace("&", "&amp;")}"' in person.page.content.decode()
    keep(
        person,
        title="Half a title",
        description="I stay.",
        **{f"policy-{n}": line for n, line in enumerate(LINES)},
    )
    assert 'value="Half a title"' in reload(person, query)
    assert "Half a title" not in reload(vote(with_card("Ali")), query), "nobody else reads it"
