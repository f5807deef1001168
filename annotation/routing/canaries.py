"""Canary pairs: the few that every judge is asked about again, and when the next check of judges is due."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotation.protocols.models import Judgement
from annotation.routing.alarms import audit_more
from annotation.routing.gold import gold_of
from annotation.routing.knowing import judges_heard
from annotation.routing.labels import Said, human_labels, judge_labels
from annotation.routing.models import CanaryAnswer, Check, Run
from annotation.routing.policies import config_of
from annotation.routing.routes import coin
from annotation.routing.screens import Ground, Place, ground_of
from multivocal.errors import Conflict
from multivocal.studies.assignment import lock
from multivocal.studies.audit import record_event

UNSEEN = timedelta(seconds=15)
Why = Check.Why


def begin_check(*, run: Run, why: str = Why.ASKED, user: Any = None) -> Check:
    """Write what every judge is asked again; return the check, or the one that is not done yet.

    Conflict where the run has ended or not begun, its policy asks no canaries, or no judge has answered anything.
    """
    most = config_of(run.policy).canaries.items
    with transaction.atomic():
        lock(f"routing check {run.pk}")
        run.refresh_from_db()
        if run.state not in Run.LIVING:
            raise Conflict("Judges are checked while a run is at work or paused.", code="not_living")
        if not most:
            raise Conflict("This policy asks no canaries: canaries.items is 0.", code="no_canaries")
        if found := Check.objects.filter(run=run, done_at=None).first():
            return found
        questions = _questions(run, ground_of(run), most)
        if not questions:
            raise Conflict(
                "No judge has answered yet, so there is nothing to compare with.", code="nothing_yet"
            )
        check = Check.objects.create(run=run, number=Check.objects.filter(run=run).count() + 1, why=why)
        shown: dict[Any, Any] = dict(
            Judgement.objects.filter(pk__in=[one.judgement for one in questions]).values_list(
                "pk", "presentation"
            )
        )
        CanaryAnswer.objects.bulk_create(
            CanaryAnswer(
                check_of=check, presentation_id=shown[one.judgement], judge=one.judge, before=one.label or ""
            )
            for one in questions
        )
        detail = {"run": str(run.pk), "check": check.number, "reason": str(why)}
        record_event(study=run.study, user=user, verb="routing check", detail=detail)
        transaction.on_commit(lambda: ring_check(check))
    return check


def _questions(run: Run, ground: Ground, most: int) -> list[Said]:
    """Return the first answers that are asked for again: the pairs of earlier checks, then some with gold, by lot."""
    said, given = judge_labels(run, ground), human_labels(run, ground)
    heard = judges_heard(run, said)
    first = {pair.place: _first(said.get(pair.place, {}), heard) for pair in ground.pairs}
    earlier = CanaryAnswer.objects.filter(check_of__run=run).order_by("pk")
    rows = earlier.values_list("presentation__item", "presentation__unit")
    fixed: list[Place] = [place for place in dict.fromkeys(rows) if first.get(place)]
    fresh = [pair for pair in ground.pairs if first[pair.place] and pair.place not in fixed]
    fresh.sort(
        key=lambda pair: (
            gold_of(given.get(pair.place, ())) is None,
            -len(first[pair.place]),
            coin(run, "canary", pair),
        )
    )
    places = [*fixed, *(pair.place for pair in fresh)][:most]
    return [one for place in places for one in first[place]]


def _first(by_judge: dict[str, list[Said]], heard: Sequence[str]) -> list[Said]:
    """Return the answers to the rubric as it is, one an order, of each judge that gave all of these."""
    found = []
    for judge in heard:
        mine = [one for one in by_judge.get(judge, ()) if not one.paraphrase and not one.sample]
        if all(one.label is not None for one in mine):
            found += mine
    return found


def watch_checks(*, run: Run, ground: Ground) -> None:
    """Begin a check that is due, wake one that sleeps, and act on one that is an alarm. With the run's step held.

    Conflict (code ``alarm``) where the policy says to pause.
    """
    config = config_of(run.policy)
    if not config.canaries.items:
        return
    now = timezone.now()
    last = Check.objects.filter(run=run).order_by("-number").first()
    if last and last.done_at is None:
        if last.seen_at is None or now - last.seen_at > UNSEEN:
            ring_check(last)
        return
    # Not only of the last: a clean check takes back no alarm before it.
    if alarm := Check.objects.filter(run=run, raised=True, acted=False).order_by("number").first():
        _act(run, ground, alarm)
    since = last.begun_at if last else run.started_at
    if since and now - since > timedelta(hours=config.canaries.every_h):
        try:
            begin_check(run=run, why=Why.INTERVAL)
        except Conflict:
            # Stopped a moment ago, or nobody has answered yet: there is nothing to ask again.
            return


def _act(run: Run, ground: Ground, check: Check) -> None:
    pause = config_of(run.policy).on_alarm == "pause"
    if not pause and run.state != Run.State.LABELLING:
        return  # nothing is kept by models yet that could be audited
    Check.objects.filter(pk=check.pk).update(acted=True)
    if pause:
        raise Conflict(
            f"{sentence_of(check)} Look at the report, then resume to go on, or stop the run.", code="alarm"
        )
    audit_more(run, ground)


def sentence_of(check: Check) -> str:
    """Return what an alarm of canaries says."""
    return " ".join(str(one["sentence"]) for one in check.told if one["raised"])


def check_versions(*, run: Run, user: Any = None) -> None:
    """Begin a check of judges whose other version was just accepted, unless somebody made one since the pause."""
    if not config_of(run.policy).canaries.items:
        return
    if Check.objects.filter(run=run, begun_at__gt=run.seen_at or run.created_at).exists():
        return
    try:
        begin_check(run=run, why=Why.VERSION, user=user)
    except Conflict:
        return  # nothing was judged before the change


def ring_check(check: Check) -> None:
    """Tell a worker; if the broker is away, the run's next look or the sweep does it."""
    from annotation.routing.tasks import ring_for_check

    ring_for_check(check.pk)
