"""What a person said after voting: which other values speak for them, and whether their own stands in a fair place."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from elicitation.moral_graph.models.values import CanonicalValue
from multivocal.studies.models import Enrolment


class Passed(models.Model):
    """That a person has left a step of a wisdom stage which leaves no other row; written once."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="passed_steps")
    stage = models.CharField(max_length=63)
    step = models.CharField(max_length=16)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["enrolment", "stage", "step"], name="a_step_is_passed_once")
        ]

    def __str__(self) -> str:
        return self.step


class Pick(models.Model):
    """One value of others that a person was shown; ``chosen`` once they said whether it speaks for them too."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="picks")
    stage = models.CharField(max_length=63)
    canonical = models.ForeignKey(CanonicalValue, on_delete=models.CASCADE, related_name="picks")
    position = models.PositiveSmallIntegerField()
    seed = models.BigIntegerField()
    chosen = models.BooleanField(null=True)
    key = models.UUIDField(null=True)
    shown_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enrolment", "stage", "canonical"], name="a_value_is_shown_once_to_pick"
            ),
            models.UniqueConstraint(fields=["enrolment", "stage", "position"], name="one_value_per_place"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.chosen}"


class Fairness(models.Model):
    """Is it fair where my value stands? ``shown`` is what the page said; ``canonical`` null: it stood nowhere yet."""

    class Answer(models.TextChoices):
        YES = "yes", "yes"
        NO = "no", "no"
        UNSURE = "unsure", "unsure"

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="fairness")
    stage = models.CharField(max_length=63)
    card = models.UUIDField()
    card_version = models.PositiveSmallIntegerField()
    canonical = models.ForeignKey(
        CanonicalValue, on_delete=models.CASCADE, null=True, related_name="found_fair"
    )
    answer = models.CharField(max_length=6, choices=Answer.choices)
    why = models.TextField(blank=True)
    shown = models.JSONField(default=dict)
    key = models.UUIDField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["enrolment", "key"], name="fairness_is_taken_once"),
            models.UniqueConstraint(fields=["enrolment", "stage", "card"], name="fairness_of_a_card_once"),
            models.CheckConstraint(
                condition=Q(answer__in=["yes", "no", "unsure"]), name="fairness_is_an_answer"
            ),
        ]

    def __str__(self) -> str:
        return self.answer
