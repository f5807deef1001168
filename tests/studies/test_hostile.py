"""What Mallory tries on the pages, and in which language she is told: a sentence, a status, and nothing changed."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client, RequestFactory

from multivocal import pace
from multivocal.studies.models import Draft, Enrolment, Submission
from tests.studies.studies import Person, make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def mallory() -> Person:
    """Mallory, at the consent page."""
    make_study()
    person = Person(pid="mallory")
    person.start()
    return person


def _unchanged() -> bool:
    enrolment = Enrolment.objects.get()
    return not Submission.objects.exists() and (enrolment.stage_index, enrolment.status) == (0, "active")


def test_bodies_of_other_kinds_and_sizes_are_refused(mallory: Person) -> None:
    hidden = mallory.hidden()
    token = mallory.client.cookies["csrftoken"].value
    post = mallory.client.post
    json = post("/s/tea/here/", hidden, content_type="application/json", headers={"X-CSRFToken": token})
    assert json.status_code == 400 and b"<h1>" in json.content
    many = mallory.post("here/", {**hidden, "decision": "agree", **{f"x{n}": "1" for n in range(2100)}})
    assert many.status_code in (400, 413) and b"<h1>" in many.content
    large = mallory.post("here/", {**hidden, "decision": "agree", "why": "x" * 2_100_000})
    assert large.status_code in (400, 413) and b"<h1>" in large.content
    broken = post(
        "/s/tea/here/",
        b"--b\r\nnonsense",
        content_type="multipart/form-data; boundary=b",
        headers={"X-CSRFToken": token},
    )
    assert broken.status_code == 400
    for method in ("put", "patch", "delete"):
        answer = getattr(mallory.client, method)("/s/tea/here/", headers={"X-CSRFToken": token})
        assert answer.status_code == 405
    assert _unchanged()


def test_markup_in_every_field_comes_back_as_text(mallory: Person) -> None:
    evil = '"><script>alert(1)</script>'
    forged = {**mallory.hidden(), "step": evil, "decision": evil, "purpose-sharing": evil, evil: evil}
    page = mallory.post("here/", forged)
    assert b"<script>alert(1)" not in page.content
    refused = mallory.post("here/", {**forged, "key": evil})
    assert refused.status_code == 400 and b"<script>alert(1)" not in refused.content
    for address in (f"/s/{evil}/", f"/s/tea/resume/{evil}/", f"/s/tea/?PROLIFIC_PID={evil}"):
        answer = mallory.client.get(address)
        assert 400 <= answer.status_code < 500 and b"<script>alert(1)" not in answer.content
    answer = mallory.post("language/", {"language": evil, "next": "//evil.example/"})
    assert answer.status_code == 400 and b"<script>alert(1)" not in answer.content
    assert (
        mallory.post("language/", {"language": "ar", "next": "//evil.example/"}).headers["Location"]
        == "/s/tea/"
    )
    assert _unchanged()


def test_forged_drafts_are_kept_nowhere(mallory: Person) -> None:
    token = mallory.client.cookies["csrftoken"].value
    for draft in (
        {"stage": "debrief", "values": {}},
        {"stage": "consent", "values": {"a": {"b": "c"}}},
        {"stage": "consent", "step": "\x00", "values": {}},
        {"stage": "consent", "values": {"a": "x" * 70_000}},
        {"stage": "consent", "values": {}, "enrolment": str(uuid4())},
    ):
        answer = mallory.client.post(
            "/s/tea/draft/", draft, content_type="application/json", headers={"X-CSRFToken": token}
        )
        assert answer.status_code in (400, 409, 413) and answer.json()["message"]
    assert not Draft.objects.exists()


def test_rapid_fire_is_slowed_down_for_that_browser_alone(
    mallory: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "posts", pace.Pace(burst=3, per_second=0))
    statuses = [mallory.post("here/", {**mallory.hidden(), "decision": "?"}).status_code for _ in range(5)]
    assert statuses == [422, 422, 422, 429, 429]
    told = mallory.post("here/", mallory.hidden())
    assert b"too much at once" in told.content and b'href="/s/tea/here/"' in told.content
    assert _unchanged()
    other = Person(pid="ana")
    other.start()
    assert other.agree().status_code == 200


def test_a_class_behind_one_address_gets_in(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(pace.time, "monotonic", lambda: now)
    door = pace.Pace(pace.starts.burst, pace.starts.per_second)
    for n in range(200):  # everybody presses start, and half of them twice
        for _press in range(1 + n % 2):
            door.take("the school, other")
            now += 0.3


def test_a_script_is_stopped_at_the_door_it_hammers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace.time, "monotonic", lambda: 100.0)
    monkeypatch.setattr(pace, "starts", pace.Pace(3, pace.starts.per_second))
    make_study("other")
    school = {"REMOTE_ADDR": "203.0.113.7"}
    statuses = [Client(**school).post("/s/nothing/start/").status_code for _ in range(5)]
    assert statuses == [404] * 3 + [429] * 2
    assert Client(REMOTE_ADDR="203.0.113.8").post("/s/nothing/start/").status_code == 404
    assert Client(**school).post("/s/other/start/").status_code == 303, "another study is another door"


def test_an_address_is_what_the_proxy_wrote(settings: Any) -> None:
    def seen(address: str, forwarded: str = "") -> str:
        return pace.address_of(
            RequestFactory(REMOTE_ADDR=address, headers={"X-Forwarded-For": forwarded}).get("/")
        )

    assert seen("203.0.113.7", "198.51.100.1") == "203.0.113.7"
    assert seen("2001:db8:1:2:3::4") == seen("2001:db8:1:2:9::9") == "2001:db8:1:2::/64"
    assert seen("127.0.0.1") == seen("::1") == seen("::ffff:127.0.0.1") == seen("unix") == ""
    settings.PRODUCTION = True
    assert seen("10.0.0.5", "made-up, 1.2.3.4, 198.51.100.1") == "198.51.100.1"


def test_a_bucket_fills_again_and_old_ones_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(pace.time, "monotonic", lambda: now)
    bucket = pace.Pace(burst=2, per_second=1)
    for _ in range(2):
        bucket.take("mallory")
    with pytest.raises(pace.Busy):
        bucket.take("mallory")
    now += 1
    bucket.take("mallory")
    with pytest.raises(pace.Busy):
        bucket.take("mallory")
    monkeypatch.setattr(pace, "_MOST_KEYS", 1)
    now += 10
    bucket.take("ana")
    assert set(bucket.buckets) == {"ana"}


def test_refusals_are_in_the_language_of_the_study_not_of_the_browser() -> None:
    make_study()
    huda = Person(pid="huda", client=Client(enforce_csrf_checks=True, headers={"accept-language": "en"}))
    huda.arrive()
    huda.post("language/", {"language": "ar", "next": "/s/tea/"})
    huda.post("start/", follow=True)
    huda.here()
    wrong = huda.post("here/", {**huda.hidden(), "decision": "agree"})
    assert wrong.status_code == 422 and "Tick this box" not in wrong.content.decode()
    for answer in (
        huda.post("here/", {"decision": "agree"}),
        huda.client.get("/s/tea/resume/guessed/"),
        huda.client.post("/s/tea/here/", huda.hidden()),
    ):
        page = answer.content.decode()
        assert 'dir="rtl"' in page and "لم ينجح هذا" in page
        assert "Check the" not in page and "Load the page" not in page


def test_an_error_leads_back_to_where_the_person_is(mallory: Person) -> None:
    wrong = mallory.post("here/", {"decision": "agree"})
    assert wrong.status_code == 400 and b'href="/s/tea/here/"' in wrong.content
    stranger = Person(pid="sven")
    stranger.arrive()
    gone = stranger.client.get("/s/tea/here/")
    assert gone.status_code == 401 and b'href="/s/tea/"' in gone.content


def test_markup_in_a_designers_text_is_text() -> None:
    make_study()
    person = Person()
    person.start()
    person.agree()
    assert b"&lt;b&gt;Thanks&lt;/b&gt;" in person.page.content
