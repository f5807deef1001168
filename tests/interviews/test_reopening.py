"""A card that was accepted may be taken up again until its person goes on; what they have lived through is asked."""

import pytest
from django.test import Client

from elicitation.interviews.models import Interview, ValuesCard
from multivocal.llm.models import Account, LanguageModel
from multivocal.studies.models import Enrolment, Study
from tests.interviews.conftest import STAGE
from tests.interviews.test_datasets import rows_of
from tests.interviews.test_pages import noor, study, to_the_card, work_at_once
from tests.studies.studies import CONSENT, DEBRIEF, make_study

__all__ = ["study", "work_at_once"]
pytestmark = pytest.mark.django_db(transaction=True)
LINES = {
    "policy-0": "HANDS that hold on",
    "policy-1": "WORDS that come late",
    "policy-2": "ROOMS that get quiet",
}


def test_an_accepted_card_is_changed_and_the_first_words_stay_on_record(
    study: Study, model: LanguageModel
) -> None:
    person = noor()
    to_the_card(person)
    person.submit(do="accept", version="1")
    talk = Interview.objects.get()
    first = ValuesCard.objects.get()
    assert "Change this card" in person.page.content.decode() and first.changed_at is None
    old = {**person.hidden(), "do": "reopen", "interview": str(talk.pk)}
    person.post("here/", old)
    person.post("here/", old)
    person.here()
    assert "Keep the card as it was" in person.page.content.decode()
    assert ValuesCard.objects.get().accepted_version is not None, "it counts as it is meanwhile"
    person.submit(do="write", title="Staying", description="I stay beside her.", **LINES)
    person.submit(do="accept", version="2")
    card = ValuesCard.objects.get()
    assert card.accepted_version is not None and card.accepted_version.number == 2
    assert card.accepted_at == first.accepted_at and card.changed_at is not None
    [row] = rows_of(study, "cards")
    assert (row["title"], row["versions"]) == ("Staying", 2) and row["changed_at"]
    assert [(v["number"], v["accepted"]) for v in rows_of(study, "card_versions")] == [(1, False), (2, True)]
    person.submit(do="finish")
    assert Enrolment.objects.get().interviews.get().state == "accepted"


def test_whoever_only_looks_again_keeps_the_card_as_it_was(study: Study, model: LanguageModel) -> None:
    person = noor()
    to_the_card(person)
    person.submit(do="accept", version="1")
    person.submit(do="reopen", interview=str(Interview.objects.get().pk))
    person.submit(do="write", title="Something else", description="I stay.", **LINES)
    person.submit(do="stop")
    card = ValuesCard.objects.get()
    assert card.accepted_version is not None and card.accepted_version.number == 1 and card.changed_at is None
    assert Interview.objects.get().state == "accepted"
    person.submit(do="reopen", interview=str(Interview.objects.get().pk))
    person.submit(do="accept", version="2")
    card.refresh_from_db()
    assert card.accepted_version is not None and card.accepted_version.number == 2


def test_nobody_takes_up_anothers_card(study: Study, model: LanguageModel) -> None:
    person = noor()
    to_the_card(person)
    person.submit(do="accept", version="1")
    talk = Interview.objects.get()
    sven = noor()
    assert sven.submit(do="reopen", interview=str(talk.pk)).status_code in (403, 404)
    Client().post("/s/tea/here/", {"do": "reopen", "interview": str(talk.pk)})
    talk.refresh_from_db()
    assert talk.state == "accepted"


def test_what_somebody_has_lived_through_is_asked_where_the_study_wants_it(model: LanguageModel) -> None:
    study = make_study(stages=[CONSENT, {**STAGE, "turns": 2, "experience": True}, DEBRIEF])
    Account.objects.create(id=study.pk, limit_usd=5)
    for told in ("much", "", "a bit"):
        person = noor()
        assert "lived through" in person.page.content.decode()
        if told == "a bit":
            assert person.submit(do="begin", experience=told).status_code == 400
            continue
        person.submit(do="begin", **({"experience": told} if told else {}))
        person.submit(do="stop")
        person.submit(do="finish")
    assert [row["experience"] for row in rows_of(study, "interviews")] == ["much", None]
    traits = [row.traits.get("experience") for row in Enrolment.objects.order_by("started_at")]
    assert traits == ["much", None, None]
