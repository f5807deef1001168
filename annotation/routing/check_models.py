"""Checks of judges: the same few pairs asked of each again, beside what it said of them at first."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from annotation.protocols.models import Presentation


class Check(models.Model):
    """One time a run's canary pairs are asked again; ``why``: the interval, another version, or somebody asked for it.

    ``told`` is what came of it, a record per judge; ``raised`` whether any of them is an alarm, ``acted`` whether the
    run has done about it what its policy says.
    """

    class Why(models.TextChoices):
        INTERVAL = "interval", "interval"
        VERSION = "version", "version"
        ASKED = "asked", "asked"

    run = models.ForeignKey("routing.Run", on_delete=models.CASCADE, related_name="checks")
    number = models.PositiveIntegerField()
    why = models.CharField(max_length=8, choices=Why.choices)
    told = models.JSONField(default=list)
    raised = models.BooleanField(default=False)
    acted = models.BooleanField(default=False)
    begun_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "number"], name="checks_are_numbered"),
            models.UniqueConstraint(fields=["run"], condition=Q(done_at=None), name="one_open_check"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.number}"


class CanaryAnswer(models.Model):
    """A judge's answer to a question it was asked before; never a judgement, never a label of its pair.

    ``before`` is what it said at first; ``label`` what it says now, null where that cannot be read; ``reason`` says why
    there is no answer. ``call`` is the row of the ledger.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        OK = "ok", "ok"
        UNPARSED = "unparsed", "unparsed"
        FAILED = "failed", "failed"

    check_of = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="answers")
    presentation = models.ForeignKey(Presentation, on_delete=models.CASCADE, related_name="+")
    judge = models.CharField(max_length=40)
    before = models.CharField(max_length=3)
    label = models.CharField(max_length=3, null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=20, blank=True)
    call = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["check_of", "presentation"], name="canary_asked_once"),
            models.CheckConstraint(condition=Q(before__in=["a", "b", "tie"]), name="canary_before"),
            models.CheckConstraint(
                condition=Q(label=None) | Q(label__in=["a", "b", "tie"]), name="canary_label"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.judge} {self.before} {self.label}"

    @property
    def subject(self) -> str:
        """What the ledger calls it."""
        return f"{self.check_of.run_id}:{self.pk}"
