"""Rows of models: seeding, checks, and what the database itself refuses."""

import io
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.utils import timezone

from multivocal.llm.datasets import CALLS
from multivocal.llm.models import Call, LanguageModel


@pytest.fixture(autouse=True)
def _no_endpoint(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY", "OPENAI_MODELS", "SIMULATOR_URL"):
        monkeypatch.delenv(name, raising=False)


def seed() -> str:
    out = io.StringIO()
    call_command("llm", "seed", stdout=out, stderr=out)
    return out.getvalue()


def test_seeding_twice_keeps_what_was_changed_and_follows_the_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "18 simulated models added" in seed()
    LanguageModel.objects.filter(name="sim-warm").update(weight=3, active=False)
    monkeypatch.setenv("SIMULATOR_URL", "http://127.0.0.1:9999/v1")
    assert "0 simulated models added, 18 known" in seed()
    warm = LanguageModel.objects.get(name="sim-warm")
    assert (warm.weight, warm.active, warm.base_url) == (3, False, "http://127.0.0.1:9999/v1")
    assert warm.price_out > 0 and warm.simulated


def test_an_endpoint_in_the_environment_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    seed()
    monkeypatch.setenv("OPENAI_BASE_URL", "https://models.example/v1")
    monkeypatch.setenv("OPENAI_MODELS", "acme/Large-2, acme-large-2")
    seed()
    seed()
    rows = LanguageModel.objects.filter(active=True)
    assert [(row.model_id, row.key_variable) for row in rows] == [
        ("acme/Large-2", "OPENAI_API_KEY"),
        ("acme-large-2", "OPENAI_API_KEY"),
    ]
    assert {problem.id for problem in run_checks(tags=["llm"])} == {
        "multivocal.llm.W001",
        "multivocal.llm.W003",
    }


def test_an_endpoint_lists_its_own_models(simulator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", f"{simulator}/v1")
    seed()
    assert (
        LanguageModel.objects.count() == 18
        and not LanguageModel.objects.filter(model_id="sim-embeddings").exists()
    )
    monkeypatch.setenv("OPENAI_BASE_URL", f"{simulator}/nowhere")
    with pytest.raises(SystemExit) as left:
        seed()
    assert left.value.code == 2


def test_checks_name_the_variable_and_the_open_address(monkeypatch: pytest.MonkeyPatch) -> None:
    fields = {"model_id": "m", "key_variable": "ACME_KEY", "price_in": 1, "price_out": 1}
    model = LanguageModel.objects.create(name="acme", base_url="http://models.example/v1", **fields)
    found = {problem.id: problem for problem in run_checks(tags=["llm"])}
    assert set(found) == {"multivocal.llm.W001", "multivocal.llm.W002"}
    assert "ACME_KEY" in found["multivocal.llm.W001"].hint
    deployed = [problem.id for problem in run_checks(tags=["security"], include_deployment_checks=True)]
    assert "multivocal.llm.E001" in deployed
    monkeypatch.setenv("ACME_KEY", "x")
    LanguageModel.objects.filter(pk=model.pk).update(base_url="http://127.0.0.1:8080/v1")
    assert run_checks(tags=["llm"]) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key_variable", "sk-live-123"), ("key_variable", "lower"), ("base_url", "https://me:pw@models.example/v1"),
        ("base_url", "ftp://models.example"), ("base_url", "models.example"), ("base_url", "https://x.example/?key=1"),
        ("parameters", {"stream": True}), ("parameters", ["x"]), ("parameters", {"max_tokens": 0}), ("price_in", -1),
        ("weight", -0.5), ("timeout_s", 0),
    ],
)  # fmt: skip
def test_a_row_that_could_not_work_is_refused(field: str, value: object) -> None:
    good = {"name": "acme", "base_url": "https://models.example/v1", "model_id": "m"}
    LanguageModel(**good).full_clean()
    with pytest.raises(ValidationError) as refused:
        LanguageModel(**{**good, field: value}).full_clean()
    assert field in refused.value.error_dict
    assert "sk-live-123" not in str(refused.value)


def test_the_database_itself_refuses_a_pasted_key() -> None:
    with pytest.raises(IntegrityError):
        LanguageModel.objects.create(
            name="a", base_url="https://x.example", model_id="m", key_variable="sk-1"
        )


def test_the_dataset_gives_its_columns_and_only_its_study() -> None:
    study, now = uuid4(), timezone.now()
    model = LanguageModel.objects.create(name="acme", base_url="https://x.example", model_id="m")
    for account in (study, uuid4()):
        Call.objects.create(
            account=account, purpose="candidate", model=model, started_at=now, finished_at=now, state="done",
            prompt_sha256="0" * 64, text="hello", cost=Decimal("0.5"), total_ms=3,
        )  # fmt: skip
    stranger = {"person": uuid4(), "account": study}  # not an enrolment of any study: left out
    Call.objects.create(purpose="x", model=model, started_at=now, prompt_sha256="0" * 64, **stranger)
    with connection.cursor() as cursor:
        cursor.execute(CALLS.sql, {"study": study, "since": None, "annotator": None, "version": None})
        rows = cursor.fetchall()
        assert cursor.description is not None and len(cursor.description) == len(CALLS.columns)
    assert len(rows) == 1
    row = dict(zip(CALLS.names, rows[0], strict=True))
    assert (row["text"], row["model"], row["annotator"], row["cost_usd"]) == (
        "hello",
        "acme",
        None,
        Decimal("0.5"),
    )
