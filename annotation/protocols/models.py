"""Items, what was shown of them, and the judgements given: the same tables for people and for models."""

import uuid

from django.db import models
from django.db.models import Q

from multivocal.llm.models import LanguageModel
from multivocal.studies.models import Enrolment, Study


class ProtocolVersion(models.Model):
    """A feedback protocol with its configuration; immutable, one row per content."""

    kind = models.CharField(max_length=32)
    config = models.JSONField()
    sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:8]}"


class Item(models.Model):
    """A prompt with its candidate responses; ``context`` holds the dialogue before the prompt."""

    class Source(models.TextChoices):
        LIVE = "live", "live conversation"
        IMPORT = "import", "imported"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="items")
    source = models.CharField(max_length=8, choices=Source.choices)
    external_id = models.CharField(max_length=200, blank=True)
    prompt = models.TextField()
    context = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study", "external_id"], condition=~Q(external_id=""), name="imported_items_once"
            )
        ]

    def __str__(self) -> str:
        return self.prompt[:60]


class Stimulus(models.Model):
    """One response to an item's prompt; its text is written once, when it is whole."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="stimuli")
    model = models.ForeignKey(LanguageModel, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField(blank=True)
    completed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "stimuli"

    def __str__(self) -> str:
        return self.text[:60]


class Presentation(models.Model):
    """What one annotator was shown: written before it is shown, never changed but by added replacements.

    ``slots`` is a list of ``{slot, stimulus, probability, inclusion, replaces}``; ``pool`` the names of the
    models the draw was made from.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="presentations")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="presentations")
    protocol = models.ForeignKey(ProtocolVersion, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=63)
    slots = models.JSONField()
    pool = models.JSONField(default=list)
    seed = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.stage} for {self.enrolment_id}"


class Judgement(models.Model):
    """One annotator's answer to one presentation; append-only, a correction supersedes the one before."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    presentation = models.ForeignKey(Presentation, on_delete=models.CASCADE, related_name="judgements")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="judgements")
    key = models.UUIDField()
    payload = models.JSONField()
    chosen = models.CharField(max_length=4, blank=True)
    tie_broken_by = models.CharField(max_length=8, blank=True)
    paradata = models.JSONField(default=dict)
    shown_at = models.DateTimeField(null=True)
    given_at = models.DateTimeField(auto_now_add=True)
    duration_ms = models.PositiveIntegerField(null=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "key"], name="a_judgement_key_is_spent_once"),
            models.UniqueConstraint(
                fields=["presentation"], condition=Q(superseded_at=None), name="one_current_judgement"
            ),
        ]

    def __str__(self) -> str:
        return f"judgement of {self.presentation_id}"
