"""Reports that were computed: kept by what was asked and by the newest judgement, so that nobody waits twice."""

from django.db import models
from django.db.models import Q

from multivocal.studies.models import Study


class StoredReport(models.Model):
    """One report of one state of the rows; may be deleted at any time, the rows give it again.

    ``mark`` is the hash of everything the numbers depend on: what was asked, the plan, the newest judgement and
    their number. ``content`` is null until a worker has computed it.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="+")
    name = models.SlugField(max_length=63)
    asked = models.JSONField(default=dict)
    mark = models.CharField(max_length=64)
    content = models.JSONField(null=True)
    problem = models.TextField(blank=True)
    seconds = models.FloatField(null=True)
    requested_at = models.DateTimeField(auto_now_add=True)
    claimed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "name", "mark"], name="one_report_per_state"),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(content__isnull=False) | ~Q(problem=""),
                name="a_finished_report_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.study_id}"
