"""A run's life: made, started, paused, resumed, stopped; and one step at a time while it works."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from annotation.routing import judges, labelling, seeding
from annotation.routing.alarms import watch_audits
from annotation.routing.canaries import check_versions, watch_checks
from annotation.routing.deciding import decide_routes
from annotation.routing.models import Policy, Run, Tagging
from annotation.routing.needs import needs_of
from annotation.routing.policies import config_of, problems_of
from annotation.routing.routes import current_routes
from annotation.routing.rules import strata_known, waits_for_tags
from annotation.routing.runs import latest_run as latest_run
from annotation.routing.runs import living_run
from annotation.routing.screens import Ground, ground_of
from annotation.routing.spending import lock_run
from annotation.routing.tag_standing import begin_tagging, is_tagging
from annotation.statistics.errors import NotEstimable
from multivocal.errors import Conflict, Invalid, Refused
from multivocal.llm.models import Call
from multivocal.studies.assignment import lock
from multivocal.studies.audit import record_event

_STEP_SPACE = 1919907189  # of advisory locks: one step of a run at a time
State = Run.State


def make_run(*, policy: Policy, user: Any = None) -> Run:
    """Return the run of a frozen policy that is not started yet, with what it will need at least.

    Invalid where the policy does not fit the study any more, or its budget ends before anything could be routed.
    """
    config = config_of(policy)
    if wrong := dict(problems_of(policy.study, config)):
        raise Invalid("This policy cannot be run here.", fields=wrong)
    run = Run(policy=policy, study=policy.study, stage=config.stage, price_usd=config.budget.human_price)
    ground = ground_of(run)
    strata_known(config, {pair.stratum for pair in ground.pairs})
    (needs := needs_of(run, ground)).check(config)
    run.forecast = {"needs": needs.as_json()}
    with transaction.atomic():
        lock(f"routing policy {policy.study_id}")  # a button may be pressed twice
        if draft := Run.objects.filter(policy=policy, state=State.DRAFT).first():
            return draft
        run.save(force_insert=True)
    return run


def start_run(*, run: Run, user: Any = None) -> None:
    """Set a run to work: its seed is drawn, judges and people begin. Conflict where another one works at the stage."""
    ground = ground_of(run)
    with transaction.atomic():
        lock(f"routing {run.study_id} {run.stage}")
        run.refresh_from_db()
        if run.state != State.DRAFT:
            raise Conflict("This run was started before.", code="not_draft")
        if living_run(run.study, run.stage):
            raise Conflict("Another run is at work at this stage. Stop it first.", code="another_run")
        lock_run(run)
        newest = Call.objects.aggregate(newest=Max("id"))["newest"] or 0
        run.state, run.started_at = State.SEEDING, timezone.now()
        run.first_call = run.settled_call = newest
        run.save()
        begin_tagging(run=run)
        config = config_of(run.policy)
        if config.router != "all_human":
            judges.make_judges(run=run, ground=ground, user=user)
        if config.router == "all_human" or not waits_for_tags(config):
            _draw(run, ground, user)
        _tell(run, user, "routing started")
        transaction.on_commit(lambda: ring(run))


def _draw(run: Run, ground: Ground, user: Any = None) -> None:
    """Draw the seed and tell the judges what is theirs. With the run's lock held."""
    seeding.write_seed(run=run, ground=ground)
    if config_of(run.policy).router != "all_human":
        _plan_judging(run, ground)
        judges.set_to_work(run=run, user=user)


def _waits_for_tags(run: Run) -> bool:
    """Return whether judges wait for the tags of prompts; once these are there, or given up, they are told."""
    config = config_of(run.policy)
    if config.router == "all_human" or not waits_for_tags(config):
        return False
    if Tagging.objects.filter(run=run, planned_at__isnull=False).exists():
        return False
    if is_tagging(run=run):
        return True
    with transaction.atomic():
        lock_run(run)
        # Read again: tags came after this step's look at the ground.
        _draw(run, ground_of(run))
        Tagging.objects.filter(run=run).update(planned_at=timezone.now())
    ring(run)
    return True


def _plan_judging(run: Run, ground: Ground) -> None:
    routes = current_routes(run)
    only_people = {place for place, route in routes.items() if route.to == "human"}
    asked = [pair for pair in ground.pairs if pair.place not in only_people]
    # The seed first: nothing can be learned before judges have labelled it.
    asked.sort(key=lambda pair: pair.place not in routes)
    judges.plan_judging(run=run, pairs=asked)


def pause_run(*, run: Run, user: Any = None, reason: str = "", sentence: str = "") -> None:
    """Decide nothing more and ask no judge; people go on with what is theirs."""
    with transaction.atomic():
        working = Run.objects.filter(pk=run.pk, state__in=Run.WORKING)
        if not working.update(state=State.PAUSED, reason=reason, sentence=sentence):
            raise Conflict("This run is not at work just now.", code="not_working")
        judges.let_rest(run=run)
        run.refresh_from_db()
        _tell(run, user, "routing paused")


def resume_run(*, run: Run, user: Any = None) -> None:
    """Go on where it was paused. What it was paused for is taken as seen, also an endpoint's other version."""
    with transaction.atomic():
        paused = Run.objects.select_for_update().filter(pk=run.pk, state=State.PAUSED).first()
        if paused is None:
            raise Conflict("This run is not paused.", code="not_paused")
        if changed := paused.reason == "changed":
            judges.accept_versions(run=paused)
        seen = [*paused.router.get("seen", []), *([paused.reason] if paused.reason else [])]
        paused.router = paused.router | {"seen": seen}
        paused.state = State.LABELLING if paused.router.get("decided_at") else State.SEEDING
        paused.reason = paused.sentence = ""
        paused.save(update_fields=["state", "reason", "sentence", "router"])
        judges.set_to_work(run=paused, user=user)
        if changed:
            check_versions(run=paused, user=user)
        if not paused.router.get("decided_at"):
            begin_tagging(run=paused)
        run.refresh_from_db()
        _tell(run, user, "routing resumed")
        transaction.on_commit(lambda: ring(run))


def stop_run(*, run: Run, user: Any = None) -> None:
    """End a run for good: no judge is asked and nobody is given a routed item any more; all rows stay."""
    with transaction.atomic():
        living = Run.objects.filter(pk=run.pk, state__in=[*Run.LIVING, State.DRAFT])
        if not living.update(state=State.STOPPED, ended_at=timezone.now()):
            raise Conflict("This run has ended already.", code="ended")
        judges.let_rest(run=run)
        run.refresh_from_db()
        _tell(run, user, "routing stopped")


def advance(run: Run) -> str:
    """Do what is due, once, and return the state; several workers may call it, and any of them may die.

    Every step writes rows in one transaction and reads what to do from rows: it can be done again. What cannot go on
    pauses the run with a sentence; people keep what they have.
    """
    with _step(run) as mine:
        if not mine:
            return _state(run)
        run = Run.objects.select_related("policy", "study").get(pk=run.pk)
        if run.state not in Run.WORKING:
            return run.state
        Run.objects.filter(pk=run.pk).update(seen_at=timezone.now())
        try:
            if not _out_of_time(run):
                _STEPS[State(run.state)](run, ground_of(run))
        except NotEstimable as why:
            pause_run(run=run, reason="not_estimable", sentence=str(why))
        except Refused as refusal:
            pause_run(run=run, reason=refusal.code[:40], sentence=refusal.message)
        return _state(run)


def _state(run: Run) -> str:
    return Run.objects.values_list("state", flat=True).get(pk=run.pk)


@contextmanager
def _step(run: Run) -> Iterator[bool]:
    """Hold the run's step for this connection; a worker that dies lets go of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [_STEP_SPACE, str(run.pk)])
        mine = cursor.fetchone()[0]
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [_STEP_SPACE, str(run.pk)])


def _out_of_time(run: Run) -> bool:
    hours = config_of(run.policy).budget.hours
    if hours is None or run.started_at is None or "time" in run.router.get("seen", []):
        return False
    if timezone.now() - run.started_at < timedelta(hours=hours):
        return False
    sentence = f"The {hours:g} hours of this policy are over. Resume to give it more time, or stop it."
    pause_run(run=run, reason="time", sentence=sentence)
    return True


def _look(run: Run) -> list[judges.Standing]:
    standing = judges.look_after(run=run)
    for one in standing:
        if one.state.startswith("changed"):
            name, before = one.judge.judge, one.judge.version
            check = f"manage.py routing check {run.study.slug}"
            raise Conflict(
                f"The endpoint of “{name}” said it was {before} and now says {one.state.partition(':')[2]}. It is "
                "asked nothing more. "
                + (f"Check the judges (here, or {check}). " if config_of(run.policy).canaries.items else "")
                + "Resume to go on with it as it is now, or stop the run.",
                code="changed",
            )
    return standing


def _seed(run: Run, ground: Ground) -> None:
    _look(run)
    watch_checks(run=run, ground=ground)
    if _waits_for_tags(run):
        return
    if labelling.seed_is_done(run=run, ground=ground):
        _go(run, State.SEEDING, State.JUDGING)


def _judge(run: Run, ground: Ground) -> None:
    tagging, standing = is_tagging(run=run), _look(run)
    watch_checks(run=run, ground=ground)
    if not any(one.busy for one in standing) and not tagging:
        _go(run, State.JUDGING, State.ROUTING)


def _route(run: Run, ground: Ground) -> None:
    decide_routes(run=run, ground=ground)
    _go(run, State.ROUTING, State.LABELLING)


def _label(run: Run, ground: Ground) -> None:
    standing = _look(run)
    watch_audits(run=run, ground=ground)
    watch_checks(run=run, ground=ground)
    finished = labelling.settle_labels(run=run, ground=ground)
    # A judge that is silent may come back, and label what is held for want of it.
    waiting = any(one.busy or one.state == "given_up" for one in standing) and labelling.held(run)
    if finished and not waiting:
        _end(run)


_STEPS: dict[Run.State, Callable[[Run, Ground], None]] = {
    State.SEEDING: _seed,
    State.JUDGING: _judge,
    State.ROUTING: _route,
    State.LABELLING: _label,
}


def _go(run: Run, before: Run.State, after: Run.State) -> None:
    # Somebody may have paused or stopped it meanwhile; theirs stands.
    if Run.objects.filter(pk=run.pk, state=before).update(state=after):
        ring(run)


def _end(run: Run) -> None:
    held = labelling.held(run)
    sentence = f"{held} items have no label: nobody could give one within the budget." if held else ""
    with transaction.atomic():
        working = Run.objects.filter(pk=run.pk, state__in=Run.WORKING)
        if working.update(
            state=State.DONE, ended_at=timezone.now(), reason="held" if held else "", sentence=sentence
        ):
            judges.let_rest(run=run)
            _tell(run, None, "routing done")


def ring(run: Run) -> None:
    """Tell a worker that a run has something to do."""
    from annotation.routing.tasks import ring as tell_worker

    tell_worker(run.pk)


def _tell(run: Run, user: Any, verb: str) -> None:
    detail = {
        "run": str(run.pk), "policy": run.policy.name, "version": run.policy.version, "sha256": run.policy.sha256,
        "state": run.state, "reason": run.reason,
    }  # fmt: skip
    record_event(study=run.study, user=user, verb=verb, detail=detail)
