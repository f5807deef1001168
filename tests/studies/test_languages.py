"""People read in the language they chose, else in their browser's, and pages say which way they run."""

import pytest

from multivocal.participants.models import Consent
from multivocal.studies.languages import choose_language, direction_of, name_of
from multivocal.studies.models import Enrolment
from tests.studies.studies import Person, make_study

pytestmark = pytest.mark.django_db


def test_the_browser_is_asked_first_and_the_person_decides() -> None:
    make_study()
    person = Person()
    page = person.client.get("/s/tea/", headers={"Accept-Language": "ar-EG,ar;q=0.9,en;q=0.5"})
    assert page.headers["Content-Language"] == "ar"
    assert 'dir="rtl"' in page.content.decode()
    assert "شاي" in page.content.decode()
    person.post("language/", {"language": "en", "next": "/s/tea/"})
    page = person.client.get("/s/tea/", headers={"Accept-Language": "ar"})
    assert page.headers["Content-Language"] == "en"
    person.post("start/")
    assert Enrolment.objects.get().language == "en"


def test_changing_under_way_is_kept_and_the_consent_is_the_one_that_was_read() -> None:
    make_study()
    person = Person()
    person.start()
    back = person.post("language/", {"language": "ar", "next": "/s/tea/here/"})
    assert back.headers["Location"] == "/s/tea/here/"
    page = person.here()
    assert "نحن نسأل" in page.content.decode()
    assert 'lang="ar" dir="rtl"' in page.content.decode()
    person.agree()
    assert Consent.objects.get().text.language == "ar"


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/s/milk/", "/s/tea/\\evil", ""])
def test_the_way_back_stays_inside_the_study(back: str) -> None:
    make_study()
    person = Person()
    person.arrive()
    response = person.post("language/", {"language": "ar", "next": back})
    assert response.headers["Location"] == "/s/tea/"


def test_a_language_the_study_does_not_have_is_refused() -> None:
    make_study()
    person = Person()
    person.arrive()
    assert person.post("language/", {"language": "tlh"}).status_code == 400


def test_choosing() -> None:
    assert choose_language(("en", "pt-BR"), "", "pt,de;q=0.5") == "pt-BR"
    assert choose_language(("en", "ar"), "ar", "en") == "ar"
    assert choose_language(("de", "en"), "", "") == "de"
    assert choose_language(("de", "en"), "xx", "*;q=oops") == "de"
    assert (direction_of("ar-EG"), direction_of("fr")) == ("rtl", "ltr")
    assert (name_of("ar"), name_of("tlh")) == ("العربيّة", "tlh")
