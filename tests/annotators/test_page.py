"""The page and the command: a designer puts a model to work, watches it, and strangers learn nothing of it."""

import json
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from annotation.protocols.annotators.models import Asking
from annotation.protocols.annotators.running import run_asking
from annotation.protocols.models import AiAnnotator, Presentation
from multivocal.llm import budgets
from multivocal.llm.models import Call
from multivocal.studies.models import AuditEvent, Membership, Study
from tests import people
from tests.annotators.kit import steady
from tests.comparison.kit import Judge
from tests.llm.conftest import MakeModel

PAGE = "/admin/studies/study/of/judged/more/models/"
FORM = {
    "do": "make", "name": "judge", "model": "steady", "ask": "compare/pair", "items": "pairs", "samples": "1",
    "both_orders": "on", "max_tokens": "200", "structured": "on", "rubric_version": "2",
    "criteria": "Truth: It is true.",
}  # fmt: skip


@pytest.fixture
def browser(study: Study, designer: User, make_model: MakeModel) -> Client:
    """Dana's browser; the study is hers, and there is a model."""
    steady(make_model)
    Membership.objects.create(study=study, user=designer, role=Membership.Role.DESIGNER)
    return people.signed_in(designer)


def said(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_a_designer_makes_starts_pauses_and_goes_on(browser: Client, study: Study) -> None:
    assert "None yet" in said(browser.get(PAGE))
    page = said(browser.post(PAGE, FORM, follow=True))
    assert "judge is made. 20 questions are new, 0 were there." in page
    assert "0 of 20" in page and "at most $" in page and "not started" in page
    assert not Asking.objects.exists() and not Call.objects.exists()
    page = said(browser.post(PAGE, {"do": "start", "name": "judge"}, follow=True))
    assert "being asked" in page
    page = said(browser.post(PAGE, {"do": "pause", "name": "judge"}, follow=True))
    judge = AiAnnotator.objects.get()
    assert "paused" in page and run_asking(annotator=judge).counts.total() == 0
    browser.post(PAGE, {"do": "start", "name": "judge"})
    run_asking(annotator=judge)
    page = said(browser.get(PAGE))
    assert "20 of 20" in page and "done" in page
    assert [one.protocol_key for one in Presentation.objects.filter(annotator=judge)][:1] == ["pair"]
    verbs = list(AuditEvent.objects.filter(study=study).values_list("verb", flat=True))
    assert [verb for verb in verbs if verb.startswith("model")] == [
        "model annotator made", "model asked on", "model paused", "model asked on",
    ]  # fmt: skip


def test_mistakes_are_named_and_the_form_stays_as_it_was(browser: Client) -> None:
    answer = browser.post(PAGE, FORM | {"samples": "99", "role": "A very careful judge"})
    assert answer.status_code == 400
    assert "samples" in said(answer) and "A very careful judge" in said(answer)
    answer = browser.post(PAGE, FORM | {"items": "no-such-set"})
    assert answer.status_code == 404 and "pairs" in said(answer)
    assert not AiAnnotator.objects.exists()
    browser.post(PAGE, FORM)
    answer = browser.post(PAGE, FORM | {"samples": "3"})
    assert answer.status_code == 409 and "take a new name" in said(answer)
    answer = browser.post(PAGE, {"do": "pause", "name": "judge"})
    assert answer.status_code == 409
    assert "is removed" in said(browser.post(PAGE, {"do": "remove", "name": "judge"}, follow=True))
    assert not Presentation.objects.exists()


@pytest.mark.parametrize("field", ["model", "items", "language", "rubric_version", "name"])
def test_a_zero_byte_is_refused_and_changes_nothing(browser: Client, field: str) -> None:
    for do in ("make", "plan"):
        assert browser.post(PAGE, FORM | {"do": do, field: "a\0b"}).status_code == 400
    assert not AiAnnotator.objects.exists()


@pytest.mark.parametrize("do", ["make", "plan", "start", "pause", "again", "remove"])
def test_strangers_get_nothing_and_readers_only_read(
    browser: Client, study: Study, stranger: User, analyst: User, do: str
) -> None:
    browser.post(PAGE, FORM | {"name": "mine"})
    form = FORM | {"do": do, "name": "mine"}
    assert people.signed_in(stranger).get(PAGE).status_code == 404
    assert people.signed_in(stranger).post(PAGE, form).status_code == 404
    assert people.nobody().post(PAGE, form).status_code == 302
    Membership.objects.create(study=study, user=analyst, role=Membership.Role.ANALYST)
    reader = people.signed_in(analyst)
    assert "mine" in said(reader.get(PAGE)) and "Have a model judge" not in said(reader.get(PAGE))
    assert reader.post(PAGE, form).status_code == 403
    assert AiAnnotator.objects.count() == 1 and not Asking.objects.exists()


def run(*words: str) -> tuple[str, int]:
    """Return what the command wrote and its exit code."""
    out = StringIO()
    try:
        call_command("annotators", *words, stdout=out, stderr=StringIO())
    except SystemExit as end:
        return out.getvalue(), int(str(end.code))
    except CommandError as problem:
        return str(problem), problem.returncode
    return out.getvalue(), 0


def test_the_command_makes_runs_and_tells(study: Study, make_model: MakeModel, tmp_path: Path) -> None:
    steady(make_model)
    make_model("broken", faults="400")
    rubric = tmp_path / "rubric.yaml"
    rubric.write_text(
        "version: '7'\nrole: You judge.\ntask: Judge.\nexamples:\n"
        "- {prompt: 'Why?', responses: {A: Because, B: So}, answer: {choice: a}, why: It says why.}\n"
    )
    text, code = run(
        "make", "judged", "one", "--model", "steady", "--ask", "compare/pair", "--rubric", str(rubric)
    )
    # The stage's own ten items, which nobody had met before.
    assert code == 0 and "20 questions are new" in text, text
    text, code = run("run", "judged", "one")
    assert code == 0 and "one: 20 ok; done." in text, text
    assert "Because: It says why." in Call.objects.first().request["messages"][1]["content"]  # type: ignore[union-attr]
    assert (
        run(
            "make",
            "judged",
            "two",
            "--model",
            "broken",
            "--ask",
            "likert",
            "--items",
            "pairs",
            "--limit",
            "4",
        )[1]
        == 0
    )
    text, code = run("run", "judged", "two")
    assert code == 1 and "stopped (failures)" in text, text
    told = json.loads(run("status", "judged", "--json")[0])
    assert told["one"]["ok"] == 20 and told["two"]["reason"] == "failures"
    for words, part in [
        (("make", "judged", "x", "--model", "gone", "--ask", "likert"), "There is no model"),
        (("make", "judged", "x", "--model", "steady", "--ask", "guess"), "There is no way of asking"),
        (("make", "judged", "x", "--model", "steady", "--ask", "likert", "--samples", "0"), "samples"),
        (("make", "nowhere", "x", "--model", "steady", "--ask", "likert"), "There is no study"),
        (
            ("make", "judged", "x", "--model", "steady", "--ask", "likert", "--rubric", "/none"),
            "cannot be read",
        ),
        (("run", "judged", "x"), "There are: one, two"),
    ]:
        text, code = run(*words)
        assert code == 2 and part in text, text


def test_people_meet_nothing_of_a_model_and_lose_no_place_to_it(study: Study, make_model: MakeModel) -> None:
    steady(make_model, "secret-judge")
    run("make", "judged", "secret-annotator", "--model", "secret-judge", "--ask", "compare/pair")
    run("run", "judged", "secret-annotator")
    met = []
    for name in ("Parisa", "Quentin"):
        person = Judge(name, "judged").arrive_at_screens()
        while person.hidden().get("stage") == "compare":
            met.append(person.here().content.decode())
            person.judge()
        met.append(person.here().content.decode())
    # Each of the ten items wants two people, and both get all of them.
    assert Presentation.objects.filter(enrolment__isnull=False).count() == 20
    for page in met:
        assert "secret" not in page and "annotator" not in page.lower() and "sim-warm" not in page


def test_a_study_without_money_is_warned_of_on_the_page_and_by_the_command(
    browser: Client, study: Study, make_model: MakeModel
) -> None:
    make_model("dear")
    warned = StringIO()
    make = ["annotators", "make", "judged", "one", "--model", "dear", "--ask", "compare/pair"]
    call_command(*make, stdout=StringIO(), stderr=warned)
    assert "budget may not be enough" not in warned.getvalue()
    budgets.set_limits(account=study.pk, limits=budgets.BudgetLimits(total_usd=Decimal(0)))
    call_command(*make, stdout=StringIO(), stderr=warned)
    assert "budget may not be enough" in warned.getvalue()
    assert "The budget may not be enough" in said(browser.get(PAGE))


def test_what_shows_one_response_at_a_time_is_not_said_to_be_asked_in_both_orders(browser: Client) -> None:
    assert '">both orders,' in said(browser.post(PAGE, FORM, follow=True))
    browser.post(PAGE, {"do": "remove", "name": "judge"})
    page = said(browser.post(PAGE, FORM | {"ask": "likert"}, follow=True))
    assert "one order," in page and '">both orders,' not in page
