"""The page “Routing” of a study: declare a policy, see what it will take, run it, and watch it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.protocols.annotators.making import comparison_stages
from annotation.protocols.models import Item
from annotation.routing.models import Run
from annotation.routing.wanted import JUDGES, MOST_BYTES, as_yaml, read_form, read_yaml_policy
from multivocal.errors import Invalid, NotFound, Refused
from multivocal.llm.models import LanguageModel
from multivocal.studies.access import Right, access_study
from multivocal.studies.models import Study
from multivocal.studies.staff.extras import StaffPage

MOST_LIVE = 5_000
"""Pairs up to which the page counts everything anew each time it is opened."""
_BLANK = {
    "name": "first", "goal": "labels", "router": "logistic", "usd": "10", "per_human_usd": "0.05",
    "seed_items": "60", "seed_labels_per_item": "2", "audit": "10", "double": "5", "samples_1": "1", "orders_1": "on",
    "samples_2": "1", "orders_2": "on", "samples_3": "1", "orders_3": "on", "random_seed": "1",
    "rung_must_human": "on", "rung_failed": "on", "rung_orders_conflict": "on", "rung_judges_disagree": "on",
    "rung_audit": "on", "on_alarm": "audit", "canaries": "12", "every_h": "24",
}  # fmt: skip


def fits(study: Study) -> bool:
    """Return whether the study has a stage whose items could be routed."""
    return bool(comparison_stages(study))


def context(study: Study, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return the runs, the live view of the one asked for, forecasts of drafts, and the form as it was sent."""
    runs = list(
        Run.objects.filter(study=study).select_related("policy", "study").order_by("-created_at")[:40]
    )
    started = [run for run in runs if run.started_at]
    wanted = asked.get("run")
    shown = next((run for run in started if str(run.pk) == wanted), started[0] if started else None)
    sent, do = "do" in asked, asked.get("do")
    form = dict(asked) if do == "make" else _BLANK
    return {
        "runs": runs,
        "run": shown,
        "living": bool(shown and shown.state in Run.LIVING),
        "canaries": bool(shown and shown.policy.config.get("canaries", {}).get("items")),
        "working": bool(shown and shown.state in Run.WORKING),
        "drafts": [_draft(run) for run in runs if run.state == Run.State.DRAFT],
        "new": do in ("make", "upload") or "new" in asked or not runs,
        "form": form,
        "uploaded": do == "upload",
        **_choices(study, form),
        **(_live(study, shown) if shown and not sent else {}),
    }


def _draft(run: Run) -> dict[str, Any]:
    # Its arrays are heavy, and the web server imports this module when it starts.
    from annotation.routing.forecast import forecast
    from annotation.routing.policies import config_of

    config = config_of(run.policy)
    try:
        return {"run": run, "config": config, "forecast": forecast(run), "yaml": as_yaml(config)}
    except Refused as refusal:
        return {"run": run, "config": config, "refused": refusal.message}


def _live(study: Study, run: Run) -> dict[str, Any]:
    from django.urls import reverse

    from annotation.routing.figures import figures
    from annotation.routing.live import report
    from annotation.routing.policies import config_of

    here = {"here": reverse("admin:study_report", args=[study.slug, "routing"]), "query": f"run={run.pk}"}
    told = here | {"yaml": as_yaml(config_of(run.policy))}
    if Item.objects.filter(item_set__study=study, split=Item.Split.MAIN).count() > MOST_LIVE:
        return told | {"large": True}
    try:
        numbers = report(run)
    except Refused as refusal:
        return told | {"refused": refusal.message}
    return told | {"numbers": numbers, "figures": {figure.key: figure for figure in figures(numbers)}}


def _choices(study: Study, form: Mapping[str, str]) -> dict[str, Any]:
    return {
        "ways": [f"{stage.id}/{key}" for stage in comparison_stages(study) for key in stage.protocols],
        "models": list(LanguageModel.objects.filter(active=True)),
        "judges": [_judge(form, n) for n in range(1, JUDGES + 1)],
        "strata": [(n, name, bool(form.get(f"stratum_{n}"))) for n, name in enumerate(_strata(study))],
    }


def _judge(form: Mapping[str, str], n: int) -> dict[str, Any]:
    named = {name: form.get(f"{name}_{n}", "") for name in ("judge", "model", "samples", "orders", "free")}
    return named | {"n": n}


def _strata(study: Study) -> list[str]:
    from annotation.routing.screens import known_subjects

    stages = comparison_stages(study)
    every = {one.stratum for stage in stages for one in known_subjects(study, stage) if one.split == "main"}
    return sorted(every - {""})[:60]


def act(study: Study, user: Any, form: QueryDict) -> str:
    """Do what a button of the page asks for; whoever may pause a study may pause a run."""
    from annotation.routing import running
    from annotation.routing.auditing import audit_now
    from annotation.routing.canaries import begin_check
    from annotation.routing.policies import freeze_policy

    do = form.get("do", "")
    access_study(user, study.slug, Right.PAUSE if do == "pause" else Right.RUN)
    if do == "make":
        config = read_form(form.dict(), _strata(study))
        with transaction.atomic():
            policy = freeze_policy(study=study, config=config, user=user)
            running.make_run(policy=policy, user=user)
        return _(
            "{policy} is declared. See below what it will take; nothing is asked until you press Start."
        ).format(policy=policy)
    run = _run(study, form.get("run", ""))
    if do == "audit":
        number = audit_now(run=run, number=_number(form.get("number", "")), user=user)
        return _("{n} labels of models go to a person each, drawn by lot.").format(n=number)
    if do == "check":
        begin_check(run=run, user=user)
        return _(
            "The judges are asked about a few pairs again. What comes of it stands below, under “Canaries”."
        )
    if do == "drop":
        return _drop(run)
    verbs = {
        "start": (running.start_run, _("The run has started.")),
        "pause": (
            running.pause_run,
            _("The run pauses. What is on its way is still stored; people go on."),
        ),
        "resume": (running.resume_run, _("The run goes on.")),
        "stop": (running.stop_run, _("The run is stopped. All its rows stay.")),
    }
    if do not in verbs:
        raise Invalid(_("This page has no such button."))
    verb, sentence = verbs[do]
    if do == "stop" and form.get("really") != run.policy.name:
        raise Invalid(
            _("Type the policy's name, {name}, to stop its run for good.").format(name=run.policy.name)
        )
    verb(run=run, user=user)
    return sentence


def upload(study: Study, user: Any, form: QueryDict, files: MultiValueDict[str, Any]) -> str:
    """Declare the policy in a YAML file."""
    from annotation.routing import running
    from annotation.routing.policies import freeze_policy

    access_study(user, study.slug, Right.RUN)
    file = files.get("policy")
    if file is None:
        raise Invalid(_("Choose a YAML file."))
    config = read_yaml_policy(file.read(MOST_BYTES + 1))
    with transaction.atomic():
        policy = freeze_policy(study=study, config=config, user=user)
        running.make_run(policy=policy, user=user)
    return _("{policy} is declared. See below what it will take.").format(policy=policy)


def _drop(run: Run) -> str:
    if Run.objects.filter(pk=run.pk, state=Run.State.DRAFT).delete()[0] == 0:
        raise Invalid(_("Only a run that was never started can be thrown away."))
    return _("The run is thrown away; its policy stays.")


def _run(study: Study, text: str) -> Run:
    try:
        found = Run.objects.select_related("policy", "study").filter(study=study, pk=UUID(text)).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(_("This study has no such run."))
    return found


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 5):
        raise Invalid(_("Say how many items to audit."), fields={"number": _("a whole number")})
    return int(text)


PAGE = StaffPage("routing", gettext_lazy("Routing"), Right.READ, "routing", context, fits, act, upload)
