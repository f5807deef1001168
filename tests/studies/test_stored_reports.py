"""Reports that are kept, of every instrument: computed once, by a worker where there is much, gone with a person."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from annotation.protocols.models import Judgement
from elicitation.moral_graph.models import WisdomVote
from multivocal.studies.models import Enrolment, Membership, Study
from multivocal.studies.reports import Numbers, reports
from multivocal.studies.stored_reports import computing
from multivocal.studies.stored_reports.computing import answer, compute, compute_stored, want_report
from multivocal.studies.stored_reports.models import StoredReport
from multivocal.studies.withdrawal import withdraw_enrolment
from tests.aside import aside
from tests.experiments.kit import LIKERT_ONLY, bring, planted, small_study
from tests.moral_graph.reported import voted_study
from tests.people import signed_in

pytestmark = pytest.mark.django_db


def _judged() -> Study:
    study = small_study()
    bring(study, 3, planted(LIKERT_ONLY))
    return study


@dataclass(frozen=True)
class Instrument:
    """A report, a study it is about, its rows, and how many people it counts."""

    name: str
    study: Callable[[], Study]
    rows: type[Model]
    people: Callable[[Numbers], int]


INSTRUMENTS = [
    Instrument("comparison", _judged, Judgement, lambda found: int(found["rows"]["people"])),
    Instrument("moral_graph", voted_study, WisdomVote, lambda found: int(found["counted"]["people"])),
]


@pytest.fixture(params=INSTRUMENTS, ids=lambda one: one.name)
def instrument(request: pytest.FixtureRequest) -> Instrument:
    """Each report that is kept."""
    return request.param  # type: ignore[no-any-return]


def test_every_instrument_that_keeps_reports_is_tried_here() -> None:
    kept = {key: one.kept.state for key, one in reports().items() if one.kept}
    assert {kept[one.name] for one in INSTRUMENTS} == set(kept.values())


def _correct(instrument: Instrument) -> None:
    """Have somebody correct one of their answers."""
    one = instrument.rows._default_manager.filter(superseded_at=None).values("pk")[:1]
    instrument.rows._default_manager.filter(pk__in=one).update(superseded_at=timezone.now())


def _by_worker(monkeypatch: pytest.MonkeyPatch, name: str) -> list[int]:
    """Have every report of this name computed by workers; return the rows they are rung for."""
    found = reports()[name]
    assert found.kept is not None
    monkeypatch.setitem(reports(), name, replace(found, kept=replace(found.kept, at_once=0)))
    rung: list[int] = []
    monkeypatch.setattr(computing, "ring", lambda row: rung.append(row.pk))
    return rung


def test_much_is_computed_by_a_worker_once_and_the_last_numbers_stand_meanwhile(
    instrument: Instrument, monkeypatch: pytest.MonkeyPatch
) -> None:
    study, name = instrument.study(), instrument.name
    rung = _by_worker(monkeypatch, name)
    assert answer(name=name, study=study, asked={}) is None
    assert answer(name=name, study=study, asked={}) is None
    assert len(set(rung)) == 1 and StoredReport.objects.count() == 1
    StoredReport.objects.update(claimed_at=timezone.now())
    compute(stored_id=rung[0])  # another worker has it
    assert StoredReport.objects.get().content is None
    StoredReport.objects.update(claimed_at=timezone.now() - computing.LATE - timedelta(minutes=1))
    compute(stored_id=rung[0])
    done = StoredReport.objects.get()
    compute(stored_id=rung[0])  # a second bell changes nothing
    assert StoredReport.objects.get().finished_at == done.finished_at
    fresh = answer(name=name, study=study, asked={})
    assert fresh is not None and "stale" not in fresh and fresh["seconds"] == done.seconds
    _correct(instrument)
    late = answer(name=name, study=study, asked={})
    assert late is not None and late["stale"] and late["at"] == fresh["at"]
    compute(stored_id=rung[-1])
    after = answer(name=name, study=study, asked={})
    assert after is not None and "stale" not in after and after["at"] != fresh["at"]


def test_numbers_of_another_version_of_the_code_are_not_given(
    instrument: Instrument, monkeypatch: pytest.MonkeyPatch
) -> None:
    study, name = instrument.study(), instrument.name
    answer(name=name, study=study, asked={})
    _by_worker(monkeypatch, name)
    found = reports()[name]
    assert found.kept is not None
    monkeypatch.setitem(reports(), name, replace(found, kept=replace(found.kept, code=found.kept.code + 1)))
    assert answer(name=name, study=study, asked={}) is None


def test_the_numbers_are_one_document_whoever_asked_first(instrument: Instrument) -> None:
    study, name = instrument.study(), instrument.name
    said: list[Any] = []
    for language in ("ar", "en"):
        StoredReport.objects.all().delete()
        with translation.override(language):
            found = answer(name=name, study=study, asked={})
        assert found is not None
        said.append({key: value for key, value in found.items() if key not in {"at", "seconds"}})
    assert said[0] == said[1]


def test_only_the_latest_states_are_kept(instrument: Instrument, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(computing, "KEPT", 1)
    study, name = instrument.study(), instrument.name
    answer(name=name, study=study, asked={})
    _correct(instrument)
    last = answer(name=name, study=study, asked={})
    assert last is not None and (StoredReport.objects.get().content or {})["at"] == last["at"]


def test_a_report_whose_row_went_while_it_was_computed_is_not_kept(instrument: Instrument) -> None:
    study, name = instrument.study(), instrument.name
    people = _people(study)
    row = want_report(name=name, study=study, asked={}, mark="as it was")
    withdraw_enrolment(enrolment=people[0], erase=True)
    compute_stored(row)
    assert not StoredReport.objects.exists()
    found = answer(name=name, study=study, asked={})
    assert found is not None and instrument.people(found) == len(people) - 1


@pytest.mark.django_db(transaction=True)
def test_a_report_that_is_wanted_while_somebody_withdraws_is_made_without_them(
    instrument: Instrument,
) -> None:
    study, name = instrument.study(), instrument.name
    people = _people(study)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            withdraw_enrolment(enrolment=people[0], erase=True)
            wanted = aside(pool, lambda: answer(name=name, study=study, asked={}))
        found = wanted.result()
    assert instrument.people(found) == len(people) - 1
    (row,) = StoredReport.objects.all()
    assert row.content is not None and instrument.people(row.content) == len(people) - 1


def _people(study: Study) -> list[Enrolment]:
    return list(Enrolment.objects.filter(study=study).order_by("started_at", "pk"))


def test_pages_and_the_api_say_that_a_report_is_being_computed(
    instrument: Instrument, monkeypatch: pytest.MonkeyPatch, analyst: User
) -> None:
    study, name = instrument.study(), instrument.name
    Membership.objects.create(study=study, user=analyst, role=Membership.Role.ANALYST)
    browser: Client = signed_in(analyst)
    page = reverse("admin:study_report", args=[study.slug, name])
    rung = _by_worker(monkeypatch, name)
    assert "being computed" in browser.get(page).content.decode()
    assert browser.get(f"/api/v1/studies/{study.slug}/reports/{name}/").status_code == 202
    compute(stored_id=rung[0])
    assert "being computed" not in browser.get(page).content.decode()
    _correct(instrument)
    assert "This is as of" in browser.get(page).content.decode()
