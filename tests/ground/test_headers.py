"""The admin's looser policy stays in the admin."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/admin", "/adminx/", "/", "/s/none/", "/api/v1/", "/live/none/talk/"])
def test_only_the_admin_may_evaluate(visitor: Client, path: str) -> None:
    answer = visitor.get(path)
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_the_admin_may_evaluate_but_load_nothing_from_elsewhere(visitor: Client) -> None:
    policy = visitor.get("/admin/login/").headers["Content-Security-Policy"]
    assert "'unsafe-eval'" in policy
    assert "http" not in policy and "*" not in policy
