"""The background work of reports; the stored row says what is wanted."""

from celery import shared_task

from multivocal.studies.stored_reports.computing import compute


@shared_task(name="studies.compute_report")
def compute_report(stored_id: int) -> None:
    """Compute one report."""
    compute(stored_id=stored_id)
