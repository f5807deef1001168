"""Finding the run that a stage's items belong to."""

from annotation.routing.models import Run
from multivocal.studies.models import Study


def living_run(study: Study, stage: str) -> Run | None:
    """Return the run at work (or paused) at a stage."""
    return (
        Run.objects.select_related("policy", "study")
        .filter(study=study, stage=stage, state__in=Run.LIVING)
        .first()
    )


def latest_run(study: Study, stage: str) -> Run | None:
    """Return the run that was started last at a stage, whatever became of it."""
    runs = Run.objects.select_related("policy", "study").filter(
        study=study, stage=stage, started_at__isnull=False
    )
    return runs.order_by("-started_at").first()
