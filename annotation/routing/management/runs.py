"""The verbs of ``manage.py routing`` that run a policy: start, status, pause, resume, stop, check."""

import argparse
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

VERBS = ("start", "status", "pause", "resume", "stop", "check")


def add_verbs(verbs: Any) -> None:
    """Declare the verbs."""
    start = verbs.add_parser("start", help="freeze the policy in a file and set a run of it to work")
    start.add_argument("slug")
    start.add_argument("policy", type=Path, metavar="POLICY.yaml")
    told = {
        "status": "how far the newest run is, and what it has cost",
        "pause": "decide nothing more and ask no judge; people go on with what is theirs",
        "resume": "go on where it was paused; what it was paused for is taken as seen",
        "stop": "end the run for good; all that was said stays",
        "check": "ask the judges about a few pairs again: do they still say what they said? exit 1 where not",
    }
    for name, text in told.items():
        verb = verbs.add_parser(name, help=text)
        verb.add_argument("slug")
        verb.add_argument("--stage", help="where the study has several that are routed")
        if name in ("status", "check"):
            verb.add_argument("--json", action="store_true")


def run_verb(given: argparse.Namespace, write: Callable[[str], Any]) -> None:
    """Run one verb; a refusal names every place and exits 2 with nothing changed."""
    from annotation.routing import running
    from multivocal.errors import NotFound, Refused
    from multivocal.studies.models import Study

    try:
        study = Study.objects.filter(slug=given.slug).first()
        if study is None:
            raise NotFound(f"There is no study “{given.slug}”.")
        if given.verb == "start":
            _start(study, given, write)
            return
        run = _newest(study, given.stage)
        if given.verb == "check":
            _check(run, given, write)
            return
        if given.verb != "status":
            getattr(running, f"{given.verb}_run")(run=run)
            run.refresh_from_db()
        write(json.dumps(status_of(run), indent=2) if given.verb == "status" and given.json else _said(run))
    except Refused as refusal:
        lines = [refusal.message, *(f"  {place}: {said}" for place, said in refusal.fields.items())]
        raise CommandError("\n".join(lines), returncode=2) from None


def _start(study: Any, given: argparse.Namespace, write: Callable[[str], Any]) -> None:
    from django.db import transaction

    from annotation.routing.policies import freeze_policy
    from annotation.routing.running import make_run, start_run
    from annotation.routing.wanted import read_yaml_policy

    try:
        data = given.policy.read_bytes()
    except OSError as error:
        raise CommandError(f"{given.policy}: {error.strerror}", returncode=2) from None
    config = read_yaml_policy(data)
    # Together: a policy that cannot be started is not frozen either.
    with transaction.atomic():
        run = make_run(policy=freeze_policy(study=study, config=config))
        start_run(run=run)
    write(f"Policy {run.policy}, sha256 {run.policy.sha256[:12]}, is at work at the stage “{run.stage}”.")
    write(_said(run))


def _check(run: Any, given: argparse.Namespace, write: Callable[[str], Any]) -> None:
    from annotation.routing.asking_again import run_check
    from annotation.routing.canaries import begin_check, sentence_of

    check = begin_check(run=run)
    run_check(check=check)
    check.refresh_from_db()
    if given.json:
        write(json.dumps({"run": str(run.pk), "check": check.number, "judges": check.told}, indent=2))
    else:
        write(f"{run.policy}: check {check.number}; intervals are 95 %")
        for one in check.told:
            write(f"  {one['sentence']}")
    if check.raised:
        raise CommandError(f"Finding: {sentence_of(check)}", returncode=1)
    if not any(one["n"] for one in check.told):
        raise CommandError("Finding: no judge could be checked.", returncode=1)


def _newest(study: Any, stage: str | None) -> Any:
    from annotation.routing.models import Run
    from multivocal.errors import NotFound

    runs = Run.objects.filter(study=study).select_related("policy", "study")
    if stage:
        runs = runs.filter(stage=stage)
    # The one at work, also where another policy was declared since.
    living = runs.filter(state__in=Run.LIVING)
    if (run := living.order_by("-created_at").first() or runs.order_by("-created_at").first()) is None:
        raise NotFound("Nothing is routed there: no policy was started.")
    return run


def status_of(run: Any) -> dict[str, Any]:
    """Return how far a run is, and its money in US dollars as text, exact."""
    from collections import Counter

    from annotation.routing.models import FinalLabel, Route
    from annotation.routing.screens import ground_of
    from annotation.routing.spending import human_places, spent, wanted_places

    routes = Route.objects.filter(run=run, superseded_at=None)
    ground = ground_of(run)
    money, wanted = spent(run, ground), wanted_places(run)
    given = {place: one.given for place, one in human_places(run, ground).items()} if run.started_at else {}
    return {
        "policy": str(run.policy), "state": run.state, "reason": run.reason, "sentence": run.sentence,
        "routes": dict(Counter(routes.values_list("to", flat=True))),
        "labels": FinalLabel.objects.filter(route__run=run, superseded_at=None).count(),
        "waiting_for_people": sum(given.get(place, 0) < number for place, number in wanted.items()),
        "usd": {
            "budget": run.policy.config["budget"]["usd"], "ai": _text(money.ai), "human": _text(money.human),
            "open": _text(money.open),
        },
    }  # fmt: skip


def _said(run: Any) -> str:
    told = status_of(run)
    usd = told["usd"]
    routes = ", ".join(f"{number} {to}" for to, number in sorted(told["routes"].items())) or "none yet"
    waiting = f"{told['waiting_for_people']} pairs wait for people; " if told["routes"] else ""
    why = f" ({run.reason}: {run.sentence})" if run.reason else ""
    return (
        f"{told['policy']}: {run.state}{why}; routes: {routes}; {told['labels']} final labels; {waiting}"
        f"${usd['ai']} to models, ${usd['human']} to people, ${usd['open']} held, of ${usd['budget']}."
    )


def _text(value: Decimal) -> str:
    return f"{value.normalize():f}"
