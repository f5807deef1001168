"""Whether a model is being asked just now; what it was asked and answered stands in presentations and judgements."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from annotation.protocols.models import AiAnnotator


class Asking(models.Model):
    """One annotator's order to work: running until nothing is due, paused by a person, or stopped for a reason."""

    class State(models.TextChoices):
        RUNNING = "running", _("being asked")
        PAUSED = "paused", _("paused")
        STOPPED = "stopped", _("stopped")
        DONE = "done", _("done")

    annotator = models.OneToOneField(AiAnnotator, on_delete=models.CASCADE, related_name="asking")
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    reason = models.CharField(max_length=20, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=["running", "paused", "stopped", "done"]), name="asking_state"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["seen_at"], condition=models.Q(state="running"), name="asking_running")
        ]

    def __str__(self) -> str:
        return f"{self.annotator_id} {self.state}"
