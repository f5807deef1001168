"""What a model is asked for and suggests for the set-up; nothing of it counts before a designer accepts it."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from multivocal.studies.models import Study


class Suggestion(models.Model):
    """A suggested context, seed value or step; ``taken`` is what went into the draft, after the designer's changes."""

    class Kind(models.TextChoices):
        CONTEXT = "context", "situation"
        SEED = "seed", "seed value"
        STEP = "step", "step between seeds"

    class State(models.TextChoices):
        OPEN = "open", "waits"
        ACCEPTED = "accepted", "accepted"
        REJECTED = "rejected", "rejected"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="value_suggestions")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    question = models.CharField(max_length=63, blank=True)
    content = models.JSONField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    taken = models.JSONField(null=True)
    model = models.CharField(max_length=63)
    call = models.BigIntegerField(null=True)
    prompt_sha256 = models.CharField(max_length=64)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None) | ~Q(state="open"),
                name="an_open_suggestion_is_undecided",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["study", "state"], name="suggestions_of_a_study")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class SuggestionRequest(models.Model):
    """What a designer asked a model for; a worker claims it by ``begun_at``. ``made``: how many suggestions came."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="suggestion_requests")
    kind = models.CharField(max_length=8, choices=Suggestion.Kind.choices)
    question = models.CharField(max_length=63, blank=True)
    ends = models.JSONField(default=list)
    model = models.CharField(max_length=63, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    begun_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    made = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["study"], condition=Q(done_at=None), name="one_suggestion_request_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.study_id}"
