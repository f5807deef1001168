"""The report ``routing``: the live view of a study's newest run, or of the one asked for."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.routing.models import Run
from multivocal.studies.models import Study
from multivocal.studies.reports import Filter, Numbers, Report

_NAMED = 40


def runs_of(study: Study) -> Sequence[Run]:
    """Return the runs that were ever started, the newest first."""
    return list(
        Run.objects.filter(study=study, started_at__isnull=False)
        .select_related("policy", "study")
        .order_by("-started_at")[:_NAMED]
    )


def build(study: Study, asked: Mapping[str, str]) -> Numbers:
    """Return the numbers of one run, from rows alone; ``{"run": None}`` before any was started."""
    # Its arrays are heavy, and the web server imports this module when it starts.
    from annotation.routing.live import report

    runs = runs_of(study)
    wanted = UUID(asked["run"]) if asked.get("run") else None
    run = next((one for one in runs if wanted in (None, one.pk)), None)
    return report(run) if run else {"run": None}


def filters(study: Study, asked: Mapping[str, str]) -> Sequence[Filter]:
    """Return the choice of the run."""
    runs = runs_of(study)
    named = [(str(run.pk), f"{run.policy} · {run.started_at:%Y-%m-%d %H:%M}") for run in runs]
    return [Filter("run", _("Run"), [("", _("the newest")), *named])]


def figures(numbers: Numbers) -> Sequence[Any]:
    """Return every plot and table of the page."""
    from annotation.routing.figures import figures as drawn

    return drawn(numbers)


def has_runs(study: Study) -> bool:
    """Return whether a run was ever started in ``study``."""
    return Run.objects.filter(study=study, started_at__isnull=False).exists()


REPORT = Report(
    key="routing",
    title=gettext_lazy("People and models: who labelled what, and how well?"),
    build=build,
    filters=filters,
    figures=figures,
    template="routing/report.html",
    fits=has_runs,
)
