"""Refusals and failures keep their shape over HTTP."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_an_unknown_page_is_said_kindly_to_a_person_and_in_json_to_a_program(visitor: Client) -> None:
    page = visitor.get("/no/such/page", headers={"accept": "text/html"})
    assert page.status_code == 404
    assert page.headers["Content-Type"].startswith("text/html")
    answer = visitor.get("/api/v1/no/such")
    assert answer.status_code == 404
    assert set(answer.json()) == {"code", "message", "fields"}
    assert answer.json()["code"] == "not_found"


def test_a_form_without_its_token_is_refused_with_a_way_on() -> None:
    careful = Client(enforce_csrf_checks=True)
    answer = careful.post(
        "/admin/login/", {"username": "x", "password": "y"}, headers={"accept": "text/html"}
    )
    assert answer.status_code == 403
    assert "Go back" in answer.content.decode()


def test_every_answer_carries_the_strict_headers(visitor: Client) -> None:
    answer = visitor.get("/healthz")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "no-store" in answer.headers["Cache-Control"]
