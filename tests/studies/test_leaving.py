"""Pausing, coming back, withdrawing: people may leave whenever they like, and take everything with them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from multivocal.participants.models import Consent, ResumeLink
from multivocal.studies.models import Draft, Enrolment
from tests.studies.studies import CONSENT, DEBRIEF, SCREEN, Person, make_study

pytestmark = pytest.mark.django_db


def link_of(person: Person) -> str:
    """Let somebody make a resume link and return its path below the study."""
    page = person.post("pause/")
    assert page.context["link"].startswith("http://testserver/s/tea/resume/")
    assert "<svg" in page.content.decode()
    return str(page.context["link"]).removeprefix("http://testserver/s/tea/")


def test_a_resume_link_opens_the_study_on_another_device_once() -> None:
    make_study()
    laptop, phone, thief = Person(pid="tamar-1"), Person(), Person()
    laptop.start()
    laptop.agree()
    path = link_of(laptop)
    asked = phone.client.get(f"/s/tea/{path}")
    assert asked.status_code == 200
    assert "mv_session_tea" not in phone.client.cookies
    phone.keep(phone.post(path, follow=True))
    assert phone.hidden()["stage"] == "debrief"
    assert laptop.here().status_code == 401
    thief.arrive()
    assert thief.client.get(f"/s/tea/{path}").status_code == 410
    assert thief.post(path).status_code == 410
    assert thief.here().status_code == 401


def test_old_expired_unknown_and_foreign_links_say_so() -> None:
    make_study()
    make_study("milk")
    laptop, phone = Person(pid="tamar-1"), Person()
    laptop.start()
    phone.arrive()
    first, second = link_of(laptop), link_of(laptop)
    assert phone.client.get(f"/s/tea/{first}").status_code == 410
    assert phone.client.get(f"/s/milk/{second}").status_code == 404
    assert phone.client.get("/s/tea/resume/nothing/").status_code == 404
    ResumeLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert phone.post(second).status_code == 410
    assert ResumeLink.objects.exclude(used_at=None).count() == 0


def test_reading_the_pause_page_makes_no_link() -> None:
    make_study()
    person = Person()
    person.start()
    assert person.client.get("/s/tea/pause/").status_code == 200
    assert not ResumeLink.objects.exists()


def test_withdrawing_under_way_takes_effect_at_once() -> None:
    make_study(stages=[SCREEN, CONSENT, DEBRIEF])
    person = Person()
    person.start()
    person.submit(gender="woman")
    person.agree()
    assert person.client.get("/s/tea/withdraw/").status_code == 200
    page = person.keep(person.post("withdraw/", follow=True))
    assert page.templates[0].name == "participant/withdrawn.html"
    enrolment = Enrolment.objects.get()
    assert enrolment.status == "withdrawn"
    assert enrolment.traits == {"gender": "woman"}
    assert Consent.objects.get().withdrawn_at is not None
    # Nothing goes on from here, and a second press changes nothing.
    assert person.here().templates[0].name == "participant/withdrawn.html"
    when = enrolment.withdrawn_at
    person.post("withdraw/", {"erase": "on"})
    enrolment.refresh_from_db()
    assert (enrolment.withdrawn_at, enrolment.traits) == (when, {})


def test_withdrawing_with_erasure_deletes_what_was_typed() -> None:
    make_study(stages=[SCREEN, DEBRIEF])
    person = Person()
    person.start()
    person.submit(gender="woman")
    Draft.objects.create(enrolment=Enrolment.objects.get(), stage="debrief", values={"x": "secret"})
    person.post("withdraw/", {"erase": "on"})
    assert Enrolment.objects.get().traits == {}
    assert not Draft.objects.exists()


def test_the_time_for_withdrawing_ends() -> None:
    make_study(withdrawal={"days": 3})
    person = Person()
    person.walk()
    Enrolment.objects.update(finished_at=timezone.now() - timedelta(days=2))
    assert person.client.get("/s/tea/withdraw/").status_code == 200
    Enrolment.objects.update(finished_at=timezone.now() - timedelta(days=4))
    assert person.client.get("/s/tea/withdraw/").status_code == 410
    assert person.post("withdraw/").status_code == 410
    assert Enrolment.objects.get().status == "complete"


def test_an_expired_session_shows_the_way_back_in() -> None:
    from multivocal.participants.models import ParticipantSession

    make_study()
    person = Person(pid="tamar-1")
    person.start()
    person.agree()
    ParticipantSession.objects.update(expires_at=timezone.now())
    page = person.here()
    assert page.status_code == 401
    assert b"/s/tea/" in page.content
    assert person.start().context["stage"] == "debrief"
