"""Every address of the server, and what it gives to somebody who has no business with the study."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests import people
from tests.studies.studies import make_study

pytestmark = pytest.mark.django_db

TITLE = "Dana's unpublished question"
TEA = {"slug": "tea"}
RELEASE = {**TEA, "release": str(UUID(int=7))}

# Anybody may see these: they say nothing of anybody.
OPEN = {
    "healthz": {},
    "readyz": {},
    "home": {},
    "staff": {},
    "study_schema": {},
    "studies:welcome": TEA,
    "studies:start": TEA,
    "studies:language": TEA,
}
# A stranger gets an answer here, in which Dana's study does not appear.
EMPTY = {"api-studies": {}, "api-start": {}, "api-schema": {}, "api-docs": {}}
# A stranger gets nothing here.
CLOSED = {
    "studies:here": TEA,
    "studies:draft": TEA,
    "studies:pause": TEA,
    "studies:resume": {**TEA, "token": "guessed"},
    "studies:withdraw": TEA,
    "studies:done": TEA,
    "studies:after": TEA,
    "live": {**TEA, "stage": "talk"},
    "api-datasets": TEA,
    "api-dataset-rows": {**TEA, "name": "participants", "extension": "csv"},
    "api-codebook": {**TEA, "extension": "json"},
    "api-releases": TEA,
    "api-release": RELEASE,
    "api-release-file": {**RELEASE, "name": "participants.csv"},
    "api-reports": TEA,
    "api-report": {**TEA, "name": "progress"},
    "api-graphs": TEA,
    "api-graph": {**TEA, "graph": "latest"},
    "api-graph-value": {**TEA, "graph": "latest", "number": 1},
    "api-graph-step": {**TEA, "graph": "latest", "key": "1-2-being-asked"},
    "admin:study_overview": TEA,
    "admin:study_act": {**TEA, "verb": "close"},
    "admin:study_delete": TEA,
    "admin:study_edit": TEA,
    "admin:study_save": TEA,
    "admin:study_to_yaml": TEA,
    "admin:study_from_yaml": TEA,
    "admin:study_download": {**TEA, "number": 1},
    "admin:study_preview": TEA,
    "admin:study_monitor": TEA,
    "admin:study_monitor_json": TEA,
    "admin:study_people": TEA,
    "admin:study_calls": TEA,
    "admin:study_payments": TEA,
    "admin:study_payments_csv": TEA,
    "admin:study_history": TEA,
    "admin:study_restore": {**TEA, "edit_id": 1},
    "admin:study_record": TEA,
    "admin:study_members": TEA,
    "admin:study_extra": {**TEA, "name": "power"},
    "admin:study_reports": TEA,
    "admin:study_report": {**TEA, "name": "comparison"},
    "admin:study_figure": {**TEA, "name": "comparison", "key": "consistency", "extension": "svg"},
}
# Django's own and the pages of the admin's index; the test of lists below asks them.
ADMIN_ITSELF = "admin:"
OURS_IN_ADMIN = "admin:study_"


def routes(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"
        else:
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from routes(pattern, inner)


@pytest.fixture
def study(designer: User) -> Any:
    """Dana's study; Sven has no role in it."""
    return make_study("tea", title=TITLE)


def test_every_address_has_its_line_in_the_table() -> None:
    found = {
        name
        for name in routes(get_resolver())
        if not name.startswith(ADMIN_ITSELF) or name.startswith(OURS_IN_ADMIN)
    }
    # Making a new study concerns nobody else's; who may is asked in the admin's own tests.
    assert found - {"admin:study_new"} == OPEN.keys() | EMPTY.keys() | CLOSED.keys()


@pytest.mark.parametrize("who", ["stranger", "nobody"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("name", CLOSED)
def test_a_stranger_gets_nothing(name: str, method: str, who: str, study: Any, stranger: User) -> None:
    browser = people.signed_in(stranger) if who == "stranger" else people.nobody()
    answer = browser.generic(method, reverse(name, kwargs=CLOSED[name]), b"{}", "application/json")
    assert answer.status_code in {302, 303, 400, 401, 403, 404, 405, 410, 415, 422}, answer.content[:300]
    if answer.status_code in {302, 303}:
        place = answer.headers["Location"]
        assert place.startswith(("/s/tea/", "/admin/login/")) or place == "/s/tea/", place
    study.refresh_from_db()
    assert study.state == "open"
    assert TITLE not in answer.content.decode(errors="replace") or name.startswith("studies:")


@pytest.mark.parametrize("name", EMPTY)
def test_a_stranger_sees_no_trace_of_the_study(name: str, study: Any, stranger: User) -> None:
    for browser in (people.signed_in(stranger), people.nobody()):
        answer = browser.get(reverse(name))
        assert answer.status_code in {200, 401, 403}
        assert TITLE not in answer.content.decode()
        assert "tea" not in answer.content.decode()


@pytest.mark.parametrize("name", OPEN)
def test_what_is_open_does_not_fail(name: str, study: Any, visitor: Client) -> None:
    assert visitor.get(reverse(name, kwargs=OPEN[name])).status_code < 500


def test_lists_of_the_admin_are_closed_or_empty_to_a_stranger(study: Any, stranger: User) -> None:
    browser = people.signed_in(stranger)
    lists = [
        name for name in routes(get_resolver()) if name.startswith("admin:") and name.endswith("_changelist")
    ]
    assert lists
    for name in [*lists, "admin:index"]:
        answer = browser.get(reverse(name))
        assert answer.status_code in {200, 302, 403}, name
        assert TITLE not in answer.content.decode(), name
