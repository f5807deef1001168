"""Production refuses to start on a laptop's defaults, and every refusal says how to put it right."""

import os
import subprocess
import sys

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from multivocal.checks import check_registries, production_problems, refuse_production_defaults


def in_production(settings: Settings) -> None:
    settings.PRODUCTION = True
    settings.DEBUG = False
    settings.SECRET_KEY = "x" * 60
    settings.ALLOWED_HOSTS = ["studies.example.org"]
    settings.DATABASE_URL = "postgresql://database.example/multivocal"
    settings.CELERY_BROKER_URL = "redis://redis.example/0"
    settings.PUBLIC_URL = "https://studies.example.org"


def test_a_laptop_may_start_on_defaults() -> None:
    assert production_problems() == []


def test_production_starts_when_everything_is_given(settings: Settings) -> None:
    in_production(settings)
    refuse_production_defaults()


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        ("SECRET_KEY", "short", "E001"),
        ("ALLOWED_HOSTS", [], "E002"),
        ("ALLOWED_HOSTS", ["*"], "E002"),
        ("DATABASE_URL", "", "E003"),
        ("CELERY_BROKER_URL", "filesystem://localhost/", "E004"),
        ("DEBUG", True, "E005"),
        ("PUBLIC_URL", "http://studies.example.org", "E006"),
        ("PUBLIC_URL", "", "E006"),
    ],
)
def test_production_names_what_is_missing(settings: Settings, name: str, value: object, number: str) -> None:
    in_production(settings)
    setattr(settings, name, value)
    problems = production_problems()
    assert [problem.id for problem in problems] == [f"multivocal.{number}"]
    assert name in str(problems[0].hint) + str(problems[0].msg)
    with pytest.raises(ImproperlyConfigured, match=number):
        refuse_production_defaults()


def test_the_server_itself_refuses_and_not_only_the_check() -> None:
    environment = {**os.environ, "MULTIVOCAL_ENV": "production"}
    environment.pop("SECRET_KEY", None)
    command = [sys.executable, "-c", "import multivocal.asgi"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode != 0
    assert "multivocal.E001" in result.stderr


def test_a_registry_line_that_leads_nowhere_is_named(settings: Settings) -> None:
    settings.STAGE_KINDS = {"dance": "multivocal.studies.kinds.dance.DanceKind"}
    found = check_registries(None)
    assert any("dance" in str(problem.msg) for problem in found)


def test_every_registry_line_of_the_project_leads_somewhere() -> None:
    assert check_registries(None) == []


def test_the_checks_are_found_by_the_command() -> None:
    assert not [problem for problem in run_checks(tags=["multivocal"]) if problem.level >= 40]
