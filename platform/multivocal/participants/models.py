"""Rows about people: kept apart so that answers never need to know who somebody is."""

import uuid

from django.db import models


class Participant(models.Model):
    """A person, as a random id; studies see only a pseudonym made from it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.id)


class RecruitmentIdentity(models.Model):
    """Where a person came from; read by payment staff only, never exported."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="identities")
    study = models.UUIDField()
    source = models.CharField(max_length=32)
    external_id = models.CharField(max_length=128)
    external_study = models.CharField(max_length=128, blank=True)
    external_session = models.CharField(max_length=128, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "source", "external_id"], name="one_person_one_identity")
        ]
        permissions = [("see_identity", "Can see recruitment identities")]
        verbose_name_plural = "recruitment identities"

    def __str__(self) -> str:
        return f"{self.source} identity of {self.participant_id}"


class ParticipantSession(models.Model):
    """A browser that may act for a participant in one study; the token itself is never stored."""

    token_hash = models.CharField(max_length=64, unique=True)
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="sessions")
    study = models.UUIDField()
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"session of {self.participant_id}"


class ResumeLink(models.Model):
    """A single-use link that opens a session on another device."""

    token_hash = models.CharField(max_length=64, unique=True)
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="+")
    study = models.UUIDField()
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"resume link of {self.participant_id}"


class ConsentText(models.Model):
    """One wording of a consent, in one language; the hash is what people agreed to."""

    study = models.UUIDField()
    version = models.CharField(max_length=32)
    language = models.CharField(max_length=16)
    sha256 = models.CharField(max_length=64)
    body = models.TextField()
    purposes = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "sha256"], name="one_row_per_wording")]

    def __str__(self) -> str:
        return f"consent {self.version} ({self.language})"


class Consent(models.Model):
    """What a person agreed to or declined, and when; a withdrawal is added, not overwritten."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="consents")
    study = models.UUIDField(db_index=True)
    enrolment = models.UUIDField(db_index=True)
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT)
    agreed = models.BooleanField()
    purposes = models.JSONField(default=dict)
    given_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "text"], name="one_consent_per_wording")]

    def __str__(self) -> str:
        return f"{'agreed' if self.agreed else 'declined'} {self.given_at:%Y-%m-%d}"
