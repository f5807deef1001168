"""The row that keeps a computed report; the rows it was computed from give it again."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from multivocal.studies.models import Study


class StoredReport(models.Model):
    """One report on one state of a study's rows; may be deleted at any time.

    ``name`` is its key in the registry of reports, ``mark`` the hash of everything the numbers depend on, ``code``
    the version of what computed them. ``content`` is null until it is computed; ``seconds`` is how long that took.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="+")
    name = models.SlugField(max_length=63)
    asked = models.JSONField(default=dict)
    mark = models.CharField(max_length=64)
    code = models.PositiveIntegerField()
    content = models.JSONField(null=True)
    seconds = models.FloatField(null=True)
    requested_at = models.DateTimeField(auto_now_add=True)
    claimed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["study", "name", "mark"], name="one_report_per_state_of_rows"),
            models.CheckConstraint(
                condition=Q(finished_at=None, content__isnull=True, seconds=None)
                | Q(finished_at__isnull=False, content__isnull=False, seconds__isnull=False),
                name="a_finished_report_has_its_numbers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.study_id}"
