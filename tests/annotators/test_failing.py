"""What goes wrong: words that are no answer, models that fail, money that ends, workers that die."""

import os
import signal
import subprocess
import sys
import time
from decimal import Decimal

import pytest
from django.db import connection

from annotation.protocols.annotators.models import Asking
from annotation.protocols.annotators.orders import outcomes_of
from annotation.protocols.annotators.progress import progress_of
from annotation.protocols.annotators.running import resume_asking, run_asking
from annotation.protocols.annotators.shapes import AskParams
from annotation.protocols.kinds.justified import JustifiedConfig
from annotation.protocols.models import Judgement, Presentation
from multivocal.llm.budgets import BudgetLimits, set_limits, spent
from multivocal.llm.models import Call
from multivocal.studies.models import Study
from tests.annotators.kit import annotator, ask_all, current, start_asking, steady
from tests.llm.conftest import MakeModel


def test_words_that_are_no_answer_are_stored_as_such_with_the_words_in_the_ledger(
    study: Study, make_model: MakeModel
) -> None:
    # So short a limit cuts the JSON in two: what came is kept, and is not paid for twice.
    long = JustifiedConfig(statement_min=200)
    judge = annotator(study, make_model(), config=long, params=AskParams(max_tokens=16))
    ran = ask_all(judge, limit=2)
    assert dict(ran.counts) == {"unparsed": 4}
    for one in current(judge):
        assert (one.state, one.payload) == ("unparsed", {})
        assert one.paradata["unparsed"] == "no JSON object"
        call = Call.objects.get(pk=one.call or 0)
        assert call.text.startswith('{"strength"') and call.attempt == 1
    assert Call.objects.count() == 4


def test_sentences_are_read_where_an_answer_stands_in_them_and_stored_where_none_does(
    study: Study, make_model: MakeModel
) -> None:
    fenced = annotator(study, steady(make_model, "fenced", fenced=1), name="fenced")
    assert dict(ask_all(fenced, limit=2).counts) == {"ok": 4}
    chatty = annotator(study, steady(make_model, "chatty", prose=1), name="chatty")
    assert dict(ask_all(chatty, limit=2).counts) == {"unparsed": 4}
    for one in current(chatty):
        assert Call.objects.get(pk=one.call or 0).text.startswith("I have read all of it")
    # Asking again about what failed leaves what was answered badly as it is: it is the model's answer.
    resume_asking(annotator=chatty, again=True, ring=False)
    assert run_asking(annotator=chatty).counts.total() == 0
    assert Call.objects.count() == 8
    told = outcomes_of(chatty)
    assert told and (told.no_answer, told.tie) == (2, 0)


def test_a_model_that_fails_is_asked_again_then_stopped_and_later_asked_about_it_once_more(
    study: Study, make_model: MakeModel
) -> None:
    model = make_model(faults="400")
    judge = annotator(study, model, params=AskParams(at_once=1))
    ran = ask_all(judge)
    assert (ran.state, ran.reason, dict(ran.counts)) == ("stopped", "failures", {"failed": 5})
    assert {one.paradata["error"] for one in current(judge)} == {"bad_request"}
    assert all(one.call for one in current(judge))
    model.base_url = model.base_url.replace("/faults/400", "")
    model.save()
    judge.refresh_from_db()
    resume_asking(annotator=judge, again=True, ring=False)
    ran = run_asking(annotator=judge)
    assert (ran.state, dict(ran.counts)) == ("done", {"ok": 20})
    # The failures stay on record beside what took their place.
    assert Judgement.objects.filter(annotator=judge).count() == 25
    assert Judgement.objects.filter(annotator=judge, superseded_at=None, state="ok").count() == 20


def test_another_try_is_made_where_it_helps(study: Study, make_model: MakeModel) -> None:
    judge = annotator(study, make_model(faults="500"), params=AskParams(at_once=2))
    ran = ask_all(judge, limit=1)
    assert dict(ran.counts) == {"failed": 2}
    assert sorted(Call.objects.values_list("attempt", flat=True)) == [1, 1, 2, 2, 3, 3]


def test_it_stops_when_the_budget_is_spent_and_goes_on_when_there_is_more(
    study: Study, make_model: MakeModel
) -> None:
    judge = annotator(study, steady(make_model), params=AskParams(at_once=1, max_tokens=64))
    start_asking(judge)
    most = progress_of(judge).forecast_usd
    assert most is not None
    limit = Decimal(str(most)) / 4
    set_limits(account=study.pk, limits=BudgetLimits(total_usd=limit))
    ran = run_asking(annotator=judge)
    assert (ran.state, ran.reason) == ("stopped", "budget")
    assert 0 < ran.counts["ok"] < 20
    assert spent(study.pk) <= limit
    # Nothing is stored for the screen that could not be paid: it is not the model's failure.
    assert Judgement.objects.filter(annotator=judge).count() == ran.counts["ok"]
    set_limits(account=study.pk, limits=BudgetLimits())
    resume_asking(annotator=judge, ring=False)
    assert run_asking(annotator=judge).state == "done"
    told = progress_of(judge)
    assert (told.left, told.forecast_usd, told.ok) == (0, None, 20)
    assert told.cost_usd == pytest.approx(float(spent(study.pk)))
    assert told.cost_usd <= most


def test_planning_twice_adds_nothing_and_more_items_add_only_theirs(
    study: Study, make_model: MakeModel
) -> None:
    judge = annotator(study, steady(make_model))
    first = start_asking(judge, limit=4)
    again = start_asking(judge, limit=4)
    more = start_asking(judge)
    assert [(p.new, p.before) for p in (first, again, more)] == [(8, 0), (0, 8), (12, 8)]
    assert Presentation.objects.filter(annotator=judge).count() == 20
    swapped = Presentation.objects.filter(annotator=judge, position__in=(0, 1)).order_by("order_row")
    straight, turned = ([slot["stimulus"] for slot in one.slots] for one in swapped)
    assert straight == turned[::-1]


WORKER = """
import django; django.setup()
from annotation.protocols.annotators.running import run_asking
from annotation.protocols.models import AiAnnotator
run_asking(annotator=AiAnnotator.objects.get())
"""


def test_a_worker_killed_in_the_middle_doubles_nothing(
    study: Study, make_model: MakeModel, slow_simulator: str
) -> None:
    model = make_model("slow", address=slow_simulator, parameters={"taste": {"noise": 0}})
    judge = annotator(study, model, "justified", params=AskParams(at_once=3))
    start_asking(judge, limit=4)
    settings = connection.settings_dict
    address = f"postgresql://{settings['USER']}@/{settings['NAME']}?host={settings['HOST']}"
    if settings["PORT"]:
        address += f"&port={settings['PORT']}"
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER],
        env={**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "multivocal.settings"},
    )
    try:
        end = time.monotonic() + 60
        # In the middle of its second three: some are stored, some on their way.
        while Judgement.objects.count() < 3 or not Call.objects.filter(state="started").exists():
            assert time.monotonic() < end and worker.poll() is None
            time.sleep(0.02)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    lost = set(Call.objects.filter(state="started").values_list("subject", flat=True))
    assert lost
    ran = run_asking(annotator=judge)
    assert ran.state == "done"
    assert Asking.objects.get().state == "done"
    given = Judgement.objects.filter(annotator=judge)
    assert given.count() == len(set(given.values_list("presentation", flat=True))) == 8
    # What the dead worker was told and had stored is not asked for again; what was on its way is, as a second try.
    subjects = list(Call.objects.values_list("subject", flat=True))
    assert {one for one in subjects if subjects.count(one) > 1} == lost
