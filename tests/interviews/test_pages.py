"""The pages over plain HTTP, as without JavaScript: the whole way, a second send, other people's doors, and leaving."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User

from elicitation.interviews import tasks
from elicitation.interviews.models import CardVersion, Interview, Message, ValuesCard
from elicitation.moral_graph.cards import accepted
from multivocal.llm.models import Account, Call, LanguageModel
from multivocal.studies.models import Study
from tests.interviews.conftest import STAGE, STORY
from tests.people import nobody, signed_in
from tests.studies.studies import CONSENT, DEBRIEF, Person, make_study

pytestmark = pytest.mark.django_db(transaction=True)
PURPOSES = [*CONSENT["purposes"], {"key": "transcripts", "text": {"en": "My talk too", "ar": "وحديثي"}}]


@pytest.fixture
def study(model: LanguageModel, settings: Any) -> Study:
    """An open study: consent, interview, debrief; background work is done at once."""
    settings.CELERY_TASK_ALWAYS_EAGER = False
    made = make_study(stages=[{**CONSENT, "purposes": PURPOSES}, {**STAGE, "turns": 3}, DEBRIEF])
    Account.objects.create(id=made.pk, limit_usd=5)
    return made


@pytest.fixture(autouse=True)
def work_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the worker be this thread: the task itself runs as it is, only the queue is left out."""
    monkeypatch.setattr(tasks.serve_waiting_interview, "delay", tasks.serve_waiting_interview)


def noor(*, shares: bool = True) -> Person:
    """Return Noor, at the interview's first page."""
    person = Person(pid=f"noor-{uuid4().hex[:6]}")
    person.start()
    ticked = {"purpose-taking-part": "on"} | ({"purpose-transcripts": "on"} if shares else {})
    person.submit(decision="agree", **ticked)
    return person


def text_of(person: Person) -> str:
    """Return the open page as text."""
    return re.sub(r"\s+", " ", person.page.content.decode())


def to_the_card(person: Person) -> None:
    """Talk until the card is there."""
    person.submit(do="begin")
    for _ in range(3):
        person.submit(do="say", text=STORY)
    assert "Your card" in text_of(person)


def test_the_whole_way_without_javascript(study: Study) -> None:
    person = noor()
    assert "Begin the talk" in text_of(person) and "tired" in text_of(person)
    assert person.submit(do="finish").status_code == 422
    to_the_card(person)
    assert person.submit(do="change", text="Put in that her breathing told me a lot").status_code == 200
    assert "breathing" in text_of(person)
    short = {
        "title": "Staying",
        "description": "I stay.",
        "policy-0": "SIGNS of worry",
        "policy-1": "WORDS, late",
    }
    wrong = person.submit(do="write", **short)
    assert (
        wrong.status_code == 422
        and "at least 3 lines" in text_of(person)
        and 'value="SIGNS of worry"' in text_of(person)
    )
    person.submit(do="write", **short, **{"policy-2": "HANDS that hold"})
    assert person.submit(do="accept", version="1").status_code == 422
    person.submit(do="accept", version="3")
    assert "You gave one value" in text_of(person)
    person.submit(do="finish")
    assert "That was all" in text_of(person)
    (card,) = accepted(study)
    assert card.accepted_version is not None and card.accepted_version.title == "Staying"
    assert (card.language, card.contexts) == ("en", ["being-asked"])


def test_several_values_and_then_enough(study: Study) -> None:
    person = noor()
    for n in range(3):
        to_the_card(person)
        person.submit(do="accept", version="1")
        assert f"You gave {'one value' if n == 0 else f'{n + 1} values'}" in text_of(person)
    assert "Talk about another value" not in text_of(person)
    person.submit(do="begin")
    assert Interview.objects.count() == 3 == accepted(study).count()


def test_going_on_without_a_card_is_possible_and_counts_nothing(study: Study) -> None:
    person = noor()
    to_the_card(person)
    person.submit(do="stop")
    assert "nothing of it counts" in text_of(person)
    person.submit(do="finish")
    assert "That was all" in text_of(person) and not accepted(study).exists()


def test_the_same_page_sent_twice_is_said_once(study: Study) -> None:
    person = noor()
    person.submit(do="begin")
    fields = {**person.hidden(), "do": "say", "text": STORY}
    for _ in range(2):
        person.post("here/", fields)
    assert Message.objects.filter(role="person").count() == 1
    assert Call.objects.count() == 1


def test_it_goes_on_in_another_browser_where_it_was(study: Study) -> None:
    person = noor()
    person.submit(do="begin")
    person.submit(do="say", text=STORY)
    again = Person(pid=person.pid)
    again.start()
    again.here()
    assert STORY in text_of(again) and "1 of 3 answers used" in text_of(again)


@pytest.mark.parametrize(
    "words", [{"do": "nonsense"}, {"do": "say"}, {"do": "accept", "version": "x" * 9}, {}]
)
def test_odd_forms_are_refused_kindly(study: Study, words: dict[str, str]) -> None:
    person = noor()
    person.submit(do="begin")
    assert person.submit(**words).status_code in (200, 400, 404, 422)
    assert Message.objects.count() == 1


def test_strangers_see_nothing_of_it(study: Study, stranger: User) -> None:
    person = noor()
    to_the_card(person)
    card = ValuesCard.objects.get()
    for client in (signed_in(stranger), nobody()):
        assert client.get("/s/tea/here/").status_code == 401
        answer = client.get("/live/tea/interview/")
        assert answer.status_code in (401, 404) and STORY not in answer.content.decode()
    for client in (signed_in(stranger), nobody()):
        for name in ("interviews", "cards", "card_versions"):
            assert client.get(f"/api/v1/studies/tea/datasets/{name}.jsonl").status_code in (401, 403, 404)
    other = noor()
    assert STORY not in text_of(other) and str(card.pk) not in text_of(other)


def test_no_models_name_reaches_the_browser(study: Study) -> None:
    LanguageModel.objects.update(label="Secret Model Nine", family="secretive")
    person = noor()
    to_the_card(person)
    page = person.page.content.decode()
    assert not [
        word for word in ("sim-plain", "Secret", "secretive", "temperature", "sha256") if word in page
    ]


def test_taking_everything_back_deletes_talk_and_card(study: Study) -> None:
    person, other = noor(), noor()
    for one in (person, other):
        to_the_card(one)
        one.submit(do="accept", version="1")
    person.client.get("/s/tea/withdraw/")
    person.post("withdraw/", {"erase": "1", "confirm": "1", "key": str(uuid4())}, follow=True)
    assert accepted(study).count() == 1
    assert Interview.objects.count() == ValuesCard.objects.count() == 1
    assert Message.objects.filter(interview__enrolment__status="withdrawn").count() == 0
    assert CardVersion.objects.count() == 1
