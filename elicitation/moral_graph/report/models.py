"""The row that keeps a computed report; the rows it was computed from give it again."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from multivocal.studies.models import Study


class ComputedReport(models.Model):
    """One report on one state of a study's rows; may be deleted at any time.

    ``mark``: hash of everything the numbers depend on. ``content`` is null until it is computed.
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
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["study", "name", "mark"], name="one_computed_report_per_state"),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(content__isnull=False) | ~Q(problem=""),
                name="a_computed_report_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.study_id}"
