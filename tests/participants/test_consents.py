"""A wording is one row, a decision is one row, and one changed letter is another wording."""

import pytest

from multivocal.participants.models import Consent, ConsentText
from multivocal.studies.kinds.consent import wording_hash
from tests.studies.studies import CONSENT, DEBRIEF, Person, make_study

pytestmark = pytest.mark.django_db


def test_people_who_read_the_same_share_a_row() -> None:
    make_study()
    for name in ("ana", "ben"):
        Person(pid=name).walk()
    assert ConsentText.objects.count() == 1
    assert Consent.objects.count() == 2
    text = ConsentText.objects.get()
    assert text.body == CONSENT["body"]["en"]
    assert text.purposes == {"taking-part": "I take part", "sharing": "My data may be shared"}
    assert text.sha256 == wording_hash("v1", "en", text.body, text.purposes)


def test_another_wording_is_another_row() -> None:
    one = wording_hash("v1", "en", "We ask.", {"a": "I agree"})
    assert (
        len(
            {
                one,
                wording_hash("v1", "en", "We ask!", {"a": "I agree"}),
                wording_hash("v1", "ar", "We ask.", {"a": "I agree"}),
            }
        )
        == 3
    )


def test_two_consents_in_one_study_are_two_decisions() -> None:
    second = {**CONSENT, "id": "consent-again", "version": "v2", "purposes": []}
    make_study(stages=[CONSENT, second, DEBRIEF])
    person = Person()
    person.start()
    person.agree()
    person.agree()
    assert list(Consent.objects.order_by("id").values_list("text__version", flat=True)) == ["v1", "v2"]
