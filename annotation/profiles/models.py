"""One row per submitted page of questions; a correction supersedes, nothing is overwritten."""

from django.db import models
from django.db.models import Q

from multivocal.studies.models import Enrolment


class PageResponse(models.Model):
    """What one person answered on one page, what was hidden from them, and in which order they saw it."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="page_responses")
    stage = models.CharField(max_length=63)
    scope = models.CharField(max_length=64, blank=True)
    page = models.CharField(max_length=63)
    answers = models.JSONField(default=dict)
    hidden = models.JSONField(default=list)
    orders = models.JSONField(default=dict)
    paradata = models.JSONField(default=dict)
    language = models.CharField(max_length=16, default="en")
    key = models.UUIDField()
    shown_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "stage", "scope", "page"],
                condition=Q(superseded_at=None),
                name="one_current_answer_per_page",
            )
        ]

    @property
    def shown(self) -> bool:
        """Whether the person saw this page; pages that display logic skipped have a row too."""
        return self.shown_at is not None or not set(self.answers) <= set(self.hidden)

    def __str__(self) -> str:
        return f"{self.stage}/{self.page}"
