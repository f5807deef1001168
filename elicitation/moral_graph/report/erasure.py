"""Computed reports hold titles of values: they go when somebody takes their words back, and are computed anew."""

from uuid import UUID

from elicitation.moral_graph.report.models import ComputedReport
from multivocal.studies.models import Enrolment


def forget_reports(*, enrolment: UUID) -> None:
    """Delete what is stored of the reports on this person's study. Inside a transaction."""
    study = Enrolment.objects.values_list("study", flat=True).get(pk=enrolment)
    ComputedReport.objects.filter(study=study).delete()
