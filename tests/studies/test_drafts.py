"""What is typed is kept before it is sent, and everything that is not a draft is refused."""

import json
from typing import Any

import pytest

from multivocal.studies.drafts import draft_of
from multivocal.studies.models import Draft, Enrolment
from tests.studies.studies import Person, make_study

pytestmark = pytest.mark.django_db


def save(person: Person, body: Any, content_type: str = "application/json") -> Any:
    """Autosave as the page's script does."""
    data = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return person.client.post(
        "/s/tea/draft/",
        data,
        content_type=content_type,
        headers={"X-CSRFToken": person.client.cookies["csrftoken"].value},
    )


@pytest.fixture
def tamar() -> Person:
    """Tamar, who reads the consent page."""
    make_study()
    person = Person(pid="tamar-1")
    person.start()
    return person


def test_a_draft_is_kept_replaced_and_gone_once_sent(tamar: Person) -> None:
    body = {"stage": "consent", "step": "", "values": {"purpose-sharing": "on", "why": ["a", "b"]}}
    saved = save(tamar, body)
    assert saved.status_code == 200
    assert saved.json()["saved_at"]
    save(tamar, {**body, "values": {"why": "later"}})
    enrolment = Enrolment.objects.get()
    assert draft_of(enrolment, "consent") == {"why": "later"}
    assert Draft.objects.count() == 1
    tamar.agree()
    assert not Draft.objects.exists()
    late = save(tamar, body)
    assert (late.status_code, late.json()["code"]) == (409, "moved")
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("[]", 400),
        ("\xff", 400),
        ("[" * 20_000, 400),
        ({"stage": "consent"}, 400),
        ({"stage": "consent", "values": {}, "more": 1}, 400),
        ({"stage": "consent", "values": {"a": 5}}, 400),
        ({"stage": "consent", "values": {"": "x"}}, 400),
        ({"stage": "consent", "step": "a\x00", "values": {}}, 400),
        ({"stage": "debrief", "values": {}}, 409),
        ({"stage": "consent", "values": {"a": "x" * 70_000}}, 413),
    ],
)
def test_bad_drafts_are_refused(tamar: Person, body: Any, status: int) -> None:
    response = save(tamar, body)
    assert response.status_code == status
    assert {"code", "message", "fields"} <= set(response.json())
    assert not Draft.objects.exists()


def test_control_characters_are_left_out(tamar: Person) -> None:
    assert save(tamar, {"stage": "consent", "values": {"a": "x\x00y\x1b"}}).status_code == 200
    assert Draft.objects.get().values == {"a": "xy"}


def test_other_content_types_are_refused(tamar: Person) -> None:
    body = json.dumps({"stage": "consent", "values": {}})
    assert save(tamar, body, "text/plain").status_code == 415


def test_a_stranger_saves_nothing() -> None:
    make_study()
    stranger = Person()
    stranger.arrive()
    assert save(stranger, {"stage": "consent", "values": {}}).status_code == 401
    forged = stranger.client.post("/s/tea/draft/", "{}", content_type="application/json")
    assert forged.status_code == 403
    assert not Draft.objects.exists()
