"""Rows of live conversations: the conversation, its turns, and each answer's way from drawn to whole."""

import uuid

from django.db import models
from django.db.models import Q

from annotation.protocols.models import Presentation, Stimulus
from multivocal.llm.models import LanguageModel
from multivocal.studies.models import Enrolment, new_seed


class Conversation(models.Model):
    """One conversation of one person; ``model`` is the one whose answer won the opening turn."""

    class State(models.TextChoices):
        OPEN = "open", "open"
        FEEDBACK = "feedback", "waiting for feedback"
        COMPLETE = "complete", "complete"

    class Ending(models.TextChoices):
        FINISHED = "finished", "finished by the person"
        GAVE_UP = "gave_up", "ended after answers did not come"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="conversations")
    stage = models.CharField(max_length=63)
    ordinal = models.PositiveSmallIntegerField()
    key = models.UUIDField()
    type = models.CharField(max_length=63)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    ending = models.CharField(max_length=8, choices=Ending.choices, blank=True)
    model = models.ForeignKey(LanguageModel, on_delete=models.PROTECT, null=True, related_name="+")
    system_kind = models.CharField(max_length=16)
    seed = models.BigIntegerField(default=new_seed)
    draft = models.TextField(blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "stage", "ordinal"], name="conversations_are_numbered"
            ),
            models.UniqueConstraint(fields=["enrolment", "key"], name="a_conversation_begins_once"),
            models.UniqueConstraint(
                fields=["enrolment", "stage"],
                condition=~Q(state="complete"),
                name="one_conversation_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.ordinal}"


class Turn(models.Model):
    """A prompt and the answers shown to it: an item, its presentation and, in the end, a judgement."""

    class State(models.TextChoices):
        ANSWERING = "answering", "waiting for answers"
        JUDGING = "judging", "waiting for the judgement"
        TIE = "tie", "waiting for the tie to be broken"
        JUDGED = "judged", "judged"
        FAILED = "failed", "no answer came"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="turns")
    ordinal = models.PositiveSmallIntegerField()
    key = models.UUIDField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.ANSWERING)
    prompt = models.TextField()
    presentation = models.OneToOneField(Presentation, on_delete=models.CASCADE, related_name="turn")
    chosen = models.ForeignKey(Stimulus, on_delete=models.PROTECT, null=True, related_name="+")
    paradata = models.JSONField(default=dict)
    opened_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)
    judged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "ordinal"], name="turns_are_numbered"),
            models.UniqueConstraint(fields=["conversation", "key"], name="a_turn_opens_once"),
        ]
        indexes = [models.Index(fields=["opened_at"], condition=Q(state="answering"), name="turns_waiting")]

    def __str__(self) -> str:
        return f"turn {self.ordinal}"


class Answerer(models.Model):
    """A process that answers turns; its candidates are free for others once it has been silent for a while."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    seen_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.id)


class Candidate(models.Model):
    """One answer on its way: which model was drawn for which slot, and how far it came."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        COMPLETE = "complete", "complete"
        FAILED = "failed", "failed"

    stimulus = models.OneToOneField(Stimulus, on_delete=models.CASCADE, primary_key=True)
    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="candidates")
    slot = models.CharField(max_length=1)
    model = models.ForeignKey(LanguageModel, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    replacement = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=16, blank=True)
    holder = models.UUIDField(null=True)
    probability = models.FloatField()
    inclusion = models.FloatField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["turn", "slot"], condition=~Q(state="failed"), name="one_live_answer_per_slot"
            )
        ]

    def __str__(self) -> str:
        return f"{self.slot} of {self.turn_id}"
