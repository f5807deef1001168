"""Canonical values: how cards were partitioned into them, why, and what people said of it."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from elicitation.moral_graph.models.vectors import VectorField
from multivocal.studies.models import Enrolment, Study


class Partition(models.Model):
    """One way to sort a study's cards into values, with the parameters that made it; one is current.

    A proposal is made by a worker (``begun_at``, ``done_at``) and counts once it is adopted (``counted_at``).
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="partitions")
    parameters = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64)
    current = models.BooleanField(default=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    begun_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)
    discarded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["study"], condition=Q(current=True), name="one_current_partition"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.study} {self.sha256[:8]}"


class CanonicalValue(models.Model):
    """A node of the graph: a value in words that stand for all its cards; never deleted, only archived.

    ``origin``: cards of people, a designer's seed, or an import. ``merged_into``: what a designer joined it to.
    ``representative``: the card whose words stand for it; null where a designer, a seed or an import worded it.
    """

    class Origin(models.TextChoices):
        CARDS = "cards", "cards"
        SEED = "seed", "seed"
        IMPORTED = "imported", "imported"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="canonical_values")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    policies = models.JSONField(default=list)
    questions = models.JSONField(default=list)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.CARDS)
    seed_key = models.CharField(max_length=63, blank=True)
    partition = models.ForeignKey(Partition, on_delete=models.CASCADE, related_name="values_of")
    vector = VectorField(null=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged_from")
    representative = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    reworded_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["study", "number"], name="value_numbers_are_unique"),
            models.UniqueConstraint(
                fields=["partition", "seed_key"], condition=~Q(seed_key=""), name="a_seed_is_planted_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["partition"], condition=Q(archived_at=None), name="living_values"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class CardVector(models.Model):
    """A card's embedding, kept by the hash of what was embedded and how."""

    card = models.UUIDField()
    made_of = models.CharField(max_length=64)
    vector = VectorField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["card", "made_of"], name="one_vector_per_text_of_a_card")
        ]

    def __str__(self) -> str:
        return str(self.card)


class Membership(models.Model):
    """That a card belongs to a value, who decided it and why; ended, never deleted, when it moves on."""

    class By(models.TextChoices):
        MODEL = "model", "a model"
        RULE = "rule", "a written rule"
        PERSON = "person", "the person whose card it is"
        DESIGNER = "designer", "a designer"

    partition = models.ForeignKey(Partition, on_delete=models.CASCADE, related_name="memberships")
    canonical = models.ForeignKey(CanonicalValue, on_delete=models.CASCADE, related_name="memberships")
    card = models.UUIDField()
    motivation = models.TextField(blank=True)
    verdict = models.JSONField(default=dict)
    decided_by = models.CharField(max_length=8, choices=By.choices)
    call = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partition", "card"], condition=Q(ended_at=None), name="a_card_has_one_value"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["card"], name="memberships_of_a_card")]

    def __str__(self) -> str:
        return f"{self.card} in {self.canonical_id}"


class Confirmation(models.Model):
    """What a person says of the value their card was merged into: does it still speak for them?

    Other words of the card (``card_version``) are asked about anew.
    """

    class Answer(models.TextChoices):
        YES = "yes", "yes"
        NO = "no", "no"
        UNSURE = "unsure", "unsure"

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="confirmations")
    card = models.UUIDField()
    card_version = models.PositiveSmallIntegerField(default=1)
    canonical = models.ForeignKey(CanonicalValue, on_delete=models.CASCADE, related_name="confirmations")
    answer = models.CharField(max_length=6, choices=Answer.choices)
    key = models.UUIDField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["enrolment", "key"], name="a_confirmation_is_taken_once"),
            models.UniqueConstraint(
                fields=["card", "canonical", "card_version"], name="a_card_is_confirmed_once"
            ),
            models.CheckConstraint(
                condition=Q(answer__in=["yes", "no", "unsure"]), name="a_confirmation_is_an_answer"
            ),
        ]

    def __str__(self) -> str:
        return self.answer
