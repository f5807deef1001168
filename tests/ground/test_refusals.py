"""Refusals and failures keep their shape over HTTP."""

from typing import Any

import pytest
from django.template import engines
from django.test import Client

db = pytest.mark.django_db


def test_a_failure_has_the_look_of_the_study_and_leads_back_without_the_database(settings: Any) -> None:
    # No mark for the database: any query would fail this test.
    settings.ROOT_URLCONF = "tests.ground.broken"
    browser = Client(raise_request_exception=False, headers={"accept": "text/html", "accept-language": "ar"})
    browser.cookies["mv_session_tea"] = "somebody"
    page = browser.get("/s/tea/here/")
    text = page.content.decode()
    assert page.status_code == 500
    assert 'dir="rtl"' in text and "لم ينجح هذا" in text
    assert 'href="/s/tea/here/"' in text and 'class="head"' in text
    assert "ZeroDivision" not in text and "inside" not in text
    answer = browser.get("/api/v1/x")
    assert (answer.status_code, answer.json()["code"]) == (500, "failed")


def test_where_the_template_is_what_failed_a_bare_page_says_it(settings: Any, tmp_path: Any) -> None:
    settings.ROOT_URLCONF = "tests.ground.broken"
    (tmp_path / "participant").mkdir()
    (tmp_path / "participant" / "error.html").write_text("{% nothing %}")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    assert "django" in engines
    page = Client(raise_request_exception=False).get("/s/tea/here/")
    assert page.status_code == 500
    assert "Something went wrong on our side" in page.content.decode()


@db
def test_an_unknown_page_is_said_kindly_to_a_person_and_in_json_to_a_program(visitor: Client) -> None:
    page = visitor.get("/no/such/page", headers={"accept": "text/html"})
    assert page.status_code == 404
    assert page.headers["Content-Type"].startswith("text/html")
    answer = visitor.get("/api/v1/no/such")
    assert answer.status_code == 404
    assert set(answer.json()) == {"code", "message", "fields"}
    assert answer.json()["code"] == "not_found"


@db
def test_a_form_without_its_token_is_refused_with_a_way_on() -> None:
    careful = Client(enforce_csrf_checks=True)
    answer = careful.post(
        "/admin/login/", {"username": "x", "password": "y"}, headers={"accept": "text/html"}
    )
    assert answer.status_code == 403
    assert "Go back" in answer.content.decode()


@db
def test_every_answer_carries_the_strict_headers(visitor: Client) -> None:
    answer = visitor.get("/healthz")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "no-store" in answer.headers["Cache-Control"]
