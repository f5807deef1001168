"""What people were shown and what they said; an answer that is corrected is superseded, not overwritten."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from elicitation.moral_graph.domain.answers import OUTCOMES
from elicitation.moral_graph.models.upgrades import Upgrade
from multivocal.studies.models import Enrolment, Study


class VoteDraw(models.Model):
    """One story handed to a person: its place, the chance it had, and the seed that repeats the draw."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="vote_draws")
    stage = models.CharField(max_length=63)
    upgrade = models.ForeignKey(Upgrade, on_delete=models.CASCADE, related_name="draws")
    position = models.PositiveSmallIntegerField()
    probability = models.FloatField()
    inclusion = models.FloatField(null=True)
    mirrored = models.BooleanField(default=False)
    seed = models.BigIntegerField()
    drawn_at = models.DateTimeField(auto_now_add=True)
    shown_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["enrolment", "upgrade"], name="a_step_is_drawn_once_per_person"),
            models.UniqueConstraint(fields=["enrolment", "stage", "position"], name="one_step_per_place"),
        ]

    def __str__(self) -> str:
        return f"{self.stage} {self.position}"


class WisdomVote(models.Model):
    """One answer to one story; ``voter`` names whose it is where votes were imported and nobody is enrolled.

    ``created_at`` is when it was given; an imported one counts from ``imported_at``.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="wisdom_votes")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, null=True, related_name="wisdom_votes")
    voter = models.CharField(max_length=200, blank=True)
    upgrade = models.ForeignKey(Upgrade, on_delete=models.CASCADE, related_name="votes")
    answer = models.CharField(max_length=10)
    why = models.TextField(blank=True)
    key = models.UUIDField()
    created_at = models.DateTimeField()
    imported_at = models.DateTimeField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enrolment", "upgrade"],
                condition=Q(superseded_at=None, enrolment__isnull=False),
                name="one_vote_per_person_and_step",
            ),
            models.UniqueConstraint(
                fields=["voter", "upgrade"],
                condition=Q(superseded_at=None, enrolment=None),
                name="one_vote_per_voter_and_step",
            ),
            models.UniqueConstraint(fields=["enrolment", "key"], name="a_vote_is_taken_once"),
            models.CheckConstraint(condition=Q(answer__in=list(OUTCOMES)), name="a_vote_is_an_answer"),
            models.CheckConstraint(condition=Q(enrolment=None) ^ Q(voter=""), name="a_vote_is_somebodys"),
        ]
        indexes: ClassVar = [models.Index(fields=["study", "created_at"], name="votes_of_a_study")]

    def __str__(self) -> str:
        return self.answer


class Preparation(models.Model):
    """The work that is due in a study: cards to merge, steps to write; a task claims it by ``begun_at``."""

    study = models.OneToOneField(Study, on_delete=models.CASCADE, related_name="preparation")
    asked_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True)

    def __str__(self) -> str:
        return str(self.study)
