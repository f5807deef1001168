"""Rows of interviews: the talk, and the values card in versions until its person accepts one."""

import uuid

from django.db import models
from django.db.models import Q

from multivocal.studies.models import Enrolment


class Interview(models.Model):
    """One talk about one value; ``stage_no`` is how far the interviewer's five stages have come."""

    class State(models.TextChoices):
        OPEN = "open", "talking"
        CARDED = "carded", "a card is on the table"
        ACCEPTED = "accepted", "the card was accepted"
        ENDED = "ended", "ended without a card"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="interviews")
    stage = models.CharField(max_length=63)
    ordinal = models.PositiveSmallIntegerField(default=0)
    key = models.UUIDField(default=uuid.uuid4)
    question_key = models.CharField(max_length=63)
    experience = models.CharField(max_length=8, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    stage_no = models.PositiveSmallIntegerField(default=1)
    draft = models.TextField(blank=True)
    waiting = models.CharField(max_length=8, blank=True)
    waiting_since = models.DateTimeField(null=True)
    holder = models.UUIDField(null=True)
    held_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "stage", "ordinal"], name="interviews_are_numbered"),
            models.UniqueConstraint(fields=["enrolment", "key"], name="an_interview_begins_once"),
            models.UniqueConstraint(
                fields=["enrolment", "stage"],
                condition=Q(state__in=["open", "carded"]),
                name="one_interview_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(stage_no__gte=1, stage_no__lte=5), name="interviews_have_five_stages"
            ),
        ]
        indexes = [
            models.Index(fields=["waiting_since"], condition=~Q(waiting=""), name="interviews_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.question_key} {self.ordinal}"


class Message(models.Model):
    """One utterance; an interviewer's row is written when it is whole, with the call it came from."""

    class Role(models.TextChoices):
        PERSON = "person", "person"
        INTERVIEWER = "interviewer", "interviewer"
        HELP = "help", "configured help text"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="messages")
    ordinal = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=11, choices=Role.choices)
    text = models.TextField()
    stage_no = models.PositiveSmallIntegerField(default=1)
    key = models.UUIDField(null=True)
    call = models.BigIntegerField(null=True)
    prompt_sha256 = models.CharField(max_length=64, blank=True)
    model = models.CharField(max_length=63, blank=True)
    parameters = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    completed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["interview", "ordinal"], name="messages_are_numbered"),
            models.UniqueConstraint(fields=["interview", "key"], name="a_message_is_sent_once"),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.ordinal}"


class ValuesCard(models.Model):
    """One value of one person; it counts from ``accepted_at`` until ``withdrawn_at``, and as ``accepted_version``.

    ``changed_at``: when other words were accepted later; what was made of the earlier ones is out of date then.
    A seed has no person: its ``study`` says where it belongs.
    """

    class Origin(models.TextChoices):
        PERSON = "person", "a person"
        SEED = "seed", "a seed of the designer"
        SIMULATED = "simulated", "a simulated person"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("studies.Study", on_delete=models.CASCADE, related_name="cards")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, null=True, related_name="cards")
    interview = models.OneToOneField(Interview, on_delete=models.CASCADE, null=True, related_name="card")
    question_key = models.CharField(max_length=63)
    contexts = models.JSONField(default=list)
    language = models.CharField(max_length=35)
    origin = models.CharField(max_length=9, choices=Origin.choices, default=Origin.PERSON)
    accepted_version = models.ForeignKey(
        "CardVersion", on_delete=models.RESTRICT, null=True, related_name="accepted_in"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    accepted_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_version=None)
                | Q(accepted_at__isnull=False, accepted_version__isnull=False),
                name="an_accepted_card_names_its_version",
            ),
            models.CheckConstraint(
                condition=Q(origin="seed") | Q(enrolment__isnull=False), name="only_seeds_have_no_person"
            ),
        ]
        indexes = [models.Index(fields=["study", "accepted_at"], name="cards_of_a_study")]

    def __str__(self) -> str:
        return f"card {self.pk}"


class CardVersion(models.Model):
    """The words of a card at one time; versions are added, never changed."""

    class Author(models.TextChoices):
        INTERVIEWER = "interviewer", "interviewer"
        PERSON = "person", "person"
        DESIGNER = "designer", "designer"

    card = models.ForeignKey(ValuesCard, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    description = models.TextField()
    policies = models.JSONField()
    author = models.CharField(max_length=11, choices=Author.choices)
    request = models.TextField(blank=True)
    key = models.UUIDField(null=True)
    call = models.BigIntegerField(null=True)
    prompt_sha256 = models.CharField(max_length=64, blank=True)
    model_version = models.CharField(max_length=200, blank=True)
    parameters = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["card", "number"], name="card_versions_are_numbered"),
            models.UniqueConstraint(fields=["card", "key"], name="a_card_version_is_sent_once"),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"
