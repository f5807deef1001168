"""Drift: when people agree with models less than before, more is audited or the run is paused, and the log says so."""

from datetime import timedelta

import pytest

from annotation.protocols.models import Judgement
from annotation.routing.alarms import SIZE, audits_in_time, watch_audits
from annotation.routing.live.methods import events
from annotation.routing.models import Run
from annotation.routing.routes import current_routes
from annotation.routing.running import advance, resume_run
from annotation.routing.screens import ground_of
from annotation.routing.spending import spent
from multivocal.studies.models import AuditEvent
from tests.annotators.kit import steady
from tests.llm.conftest import MakeModel
from tests.routing.runs_kit import begun, go, policy, rated, routed_study

ALL = tuple(f"({n})" for n in range(100))


def drifted(make_model: MakeModel, **more: object) -> Run:
    """Return a run in which Ana agrees with the judge in twenty audits, and Ben, after her, in none of twenty."""
    study = routed_study(items=64, per_person=SIZE)
    run = begun(study, policy(steady(make_model), router="all_ai", audit=0.625, double=0, **more))
    go(run, "labelling")
    assert rated("Ana") == SIZE
    Judgement.objects.filter(enrolment__isnull=False).update(given_at=_earlier())
    assert advance(run) == "labelling"
    run.refresh_from_db()
    assert "alarms" not in run.router
    assert rated("Ben", wrong=ALL) == SIZE
    hits = audits_in_time(run, ground_of(run))
    assert hits == [True] * SIZE + [False] * SIZE
    return run


def _earlier() -> object:
    from django.utils import timezone

    return timezone.now() - timedelta(milliseconds=200)


def test_an_alarm_has_more_audited_with_every_chance_stated_anew(make_model: MakeModel) -> None:
    run = drifted(make_model)
    before = current_routes(run)
    assert advance(run) == "labelling"
    run.refresh_from_db()
    (told,) = run.router["alarms"]
    assert told["raised"] and (told["before"], told["after"]) == (1.0, 0.0)
    after = current_routes(run)
    fresh = [place for place, route in after.items() if route.audit and not before[place].audit]
    assert len(fresh) == 15  # 62.5 % of the 24 that models kept
    share = 15 / 24
    for place, route in after.items():
        old = before[place].probability
        assert route.probability == pytest.approx(old + (1 - old) * share)
    assert spent(run).total <= 20
    # A second look at the same window says nothing again.
    watch_audits(run=run, ground=ground_of(run))
    assert AuditEvent.objects.filter(verb="routing alarm").count() == 1
    assert "routing alarm" in {one["event"] for one in events(run)}


def test_a_policy_may_pause_instead_and_goes_on_when_somebody_has_looked(make_model: MakeModel) -> None:
    run = drifted(make_model, on_alarm="pause")
    assert advance(run) == "paused"
    run.refresh_from_db()
    assert run.reason == "alarm" and "100% of the audits before, and in 0% of the last 20" in run.sentence
    resume_run(run=run)
    go(run, "done")
    assert len(run.router["alarms"]) == 1
