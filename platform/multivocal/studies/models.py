"""Rows of a study: what was asked (versions), of whom (enrolments), and who may look (memberships)."""

import secrets
import uuid
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from multivocal.participants.models import Participant

if TYPE_CHECKING:
    from multivocal.studies.definition import StudyDefinition


def new_salt() -> str:
    """Return 256 random bits as hex: the secret of a study's pseudonyms and codes."""
    return secrets.token_hex(32)


def new_seed() -> int:
    """Return a random seed that fits a signed 64-bit column and a JavaScript number."""
    return secrets.randbits(52)


class Study(models.Model):
    """A slug, a state, and a salt; everything else is in its versions."""

    class State(models.TextChoices):
        DRAFT = "draft", "draft"
        OPEN = "open", "open"
        PAUSED = "paused", "paused"
        CLOSED = "closed", "closed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=63, unique=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "studies"
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug


class StudyVersion(models.Model):
    """A validated definition; frozen for good when it opens."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    frozen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="version_numbers_are_unique"),
            models.UniqueConstraint(
                fields=["study"], condition=Q(frozen_at=None), name="one_draft_version_per_study"
            ),
        ]
        ordering = ["study", "number"]

    def __str__(self) -> str:
        return f"{self.study} v{self.number}"

    @cached_property
    def shape(self) -> "StudyDefinition":
        """The definition as its closed shape, parsed once per content."""
        from multivocal.studies.definition import parsed

        return parsed(self.sha256, lambda: self.definition)


class DesignEdit(models.Model):
    """What a designer typed, kept also while it has mistakes; the list of these is the editor's undo."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="edits")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    document = models.JSONField()
    mistakes = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.study} {self.at:%Y-%m-%d %H:%M}"


class Membership(models.Model):
    """What a signed-in person may do in one study."""

    class Role(models.TextChoices):
        OWNER = "owner", "owner: everything, and members"
        DESIGNER = "designer", "designer: edits drafts, previews, opens and closes"
        REVIEWER = "reviewer", "reviewer: reads the configuration"
        OPERATOR = "operator", "operator: watches and pauses"
        ANALYST = "analyst", "analyst: de-identified data"
        PAYMENTS = "payments", "payments: recruitment identities and status, no answers"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=16, choices=Role.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "user", "role"], name="a_role_once")]

    def __str__(self) -> str:
        return f"{self.user} is {self.role} of {self.study}"


class Enrolment(models.Model):
    """One person in one study: arm, quota cell, place and status."""

    class Status(models.TextChoices):
        ACTIVE = "active", "active"
        COMPLETE = "complete", "complete"
        SCREENED_OUT = "screened_out", "screened out"
        NO_CONSENT = "no_consent", "no consent"
        QUOTA_FULL = "quota_full", "quota full"
        TECHNICAL = "technical", "technical"
        WITHDRAWN = "withdrawn", "withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="enrolments")
    version = models.ForeignKey(StudyVersion, on_delete=models.PROTECT, related_name="enrolments")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="enrolments")
    pseudonym = models.CharField(max_length=32)
    language = models.CharField(max_length=16, default="en")
    arm = models.CharField(max_length=63, blank=True)
    cell = models.CharField(max_length=63, blank=True)
    traits = models.JSONField(default=dict, blank=True)
    seed = models.BigIntegerField(default=new_seed)
    stage_index = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.ACTIVE)
    preview = models.BooleanField(default=False)
    simulated = models.BooleanField(default=False)
    started_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "participant"], name="one_person_one_enrolment"),
            models.UniqueConstraint(fields=["study", "pseudonym"], name="pseudonyms_are_unique"),
        ]
        indexes = [models.Index(fields=["study", "status"])]

    def __str__(self) -> str:
        return self.pseudonym


class Allocation(models.Model):
    """The append-only log of arms: which block and place gave whom which arm."""

    enrolment = models.OneToOneField(Enrolment, on_delete=models.CASCADE, related_name="allocation")
    version = models.ForeignKey(StudyVersion, on_delete=models.CASCADE)
    stratum = models.CharField(max_length=200, blank=True)
    position = models.PositiveIntegerField()
    arm = models.CharField(max_length=63)
    probability = models.FloatField()
    preview = models.BooleanField(default=False)
    allocated_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "stratum", "position", "preview"], name="a_block_place_is_given_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.arm} at {self.position}"


class QuotaClaim(models.Model):
    """A place in a quota cell; released when the person leaves without finishing."""

    enrolment = models.OneToOneField(Enrolment, on_delete=models.CASCADE, related_name="quota_claim")
    study = models.ForeignKey(Study, on_delete=models.CASCADE)
    cell = models.CharField(max_length=63)
    claimed_at = models.DateTimeField(auto_now_add=True)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["study", "cell"], condition=Q(released_at=None), name="held_places")]

    def __str__(self) -> str:
        return self.cell


class StageVisit(models.Model):
    """When somebody entered and left a stage."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="stage_visits")
    stage = models.CharField(max_length=63)
    position = models.PositiveSmallIntegerField()
    entered_at = models.DateTimeField(auto_now_add=True)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "stage"], name="one_visit_per_stage")]

    def __str__(self) -> str:
        return self.stage


class Submission(models.Model):
    """An idempotency key that was spent: the same key again changes nothing."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="submissions")
    key = models.UUIDField()
    stage = models.CharField(max_length=63)
    step = models.CharField(max_length=128, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "key"], name="a_key_is_spent_once")]

    def __str__(self) -> str:
        return str(self.key)


class Draft(models.Model):
    """What somebody typed and has not sent yet; removed when the step is submitted."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="drafts")
    stage = models.CharField(max_length=63)
    step = models.CharField(max_length=128, blank=True)
    values = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "stage", "step"], name="one_draft_per_step")
        ]

    def __str__(self) -> str:
        return f"draft of {self.stage}"


class CompletionCode(models.Model):
    """A code that was shown to a person, issued after everything else was committed."""

    enrolment = models.OneToOneField(Enrolment, on_delete=models.CASCADE, related_name="completion_code")
    reason = models.CharField(max_length=16)
    code = models.CharField(max_length=64)
    issued_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.reason


class AuditEvent(models.Model):
    """Who did what to a study; append-only, each row chained to the one before by its hash."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="audit")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.verb} {self.at:%Y-%m-%d %H:%M}"
