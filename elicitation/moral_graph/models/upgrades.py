"""Steps that may lead to a wiser value: from one value to another, in a context, told as a story."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from elicitation.moral_graph.models.values import CanonicalValue
from multivocal.studies.models import Enrolment, Study


class Context(models.Model):
    """A situation in which values apply, as the study's configuration words it."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="contexts")
    key = models.SlugField(max_length=63)
    text = models.JSONField(default=dict)
    questions = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["study", "key"], name="one_context_per_key")]

    def __str__(self) -> str:
        return self.key


class Upgrade(models.Model):
    """A candidate step with one version of its story; only ``ready`` ones are put to people.

    ``quality``: what was checked before use. ``made``: what the writer said beside the story (the mapping of policies).
    """

    class Origin(models.TextChoices):
        MODEL = "model", "a model"
        PERSON = "person", "a participant"
        DESIGNER = "designer", "a designer"
        SEED = "seed", "a seed"
        IMPORTED = "imported", "an import"

    class State(models.TextChoices):
        DRAFT = "draft", "waits for its quality check"
        READY = "ready", "put to people"
        REJECTED = "rejected", "did not pass"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="upgrades")
    number = models.PositiveIntegerField()
    source = models.ForeignKey(CanonicalValue, on_delete=models.CASCADE, related_name="steps_from")
    target = models.ForeignKey(CanonicalValue, on_delete=models.CASCADE, related_name="steps_to")
    context = models.ForeignKey(Context, on_delete=models.PROTECT, related_name="upgrades")
    origin = models.CharField(max_length=8, choices=Origin.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    story_version = models.PositiveIntegerField(default=1)
    story = models.TextField(blank=True)
    quality = models.JSONField(default=dict)
    made = models.JSONField(default=dict)
    call = models.BigIntegerField(null=True)
    prompt_sha256 = models.CharField(max_length=64, blank=True)
    proposed_by = models.ForeignKey(
        Enrolment, on_delete=models.CASCADE, null=True, related_name="proposed_steps"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "target", "context", "story_version"], name="one_step_per_story_version"
            ),
            models.UniqueConstraint(fields=["study", "number"], name="step_numbers_are_unique"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="a_step_leads_elsewhere"),
            models.CheckConstraint(
                condition=~Q(state="ready") | ~Q(story=""), name="a_step_put_to_people_has_a_story"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["study", "state"], condition=Q(archived_at=None), name="living_steps")
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id} v{self.story_version}"
