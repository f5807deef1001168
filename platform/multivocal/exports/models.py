"""Rows of taking data away: who may (tokens) and what was taken (releases)."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from multivocal.studies.models import Study


class Scope(models.TextChoices):
    """What a token may do; the names stand in scripts, so they stay."""

    READ = "read:deidentified", _("read de-identified data")
    IDENTIFIED = "read:identified", _("read identifying data")
    RELEASE = "release", _("make releases")


class ApiToken(models.Model):
    """A script's way in to one study; only the hash of the secret is kept."""

    study = models.ForeignKey(Study, verbose_name=_("study"), on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=100, help_text=_("What it is for."))
    start = models.CharField(_("starts with"), max_length=12)
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=32, choices=Scope.choices), verbose_name=_("may"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_on = models.DateField(_("last used"), null=True, blank=True)

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(scopes__len__gt=0), name="a_token_may_something"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.start}…)"


class Release(models.Model):
    """One immutable cut of a study's data, made in the background; the files lie under RELEASES_DIR."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        BUILDING = "building", _("being made")
        DONE = "done", _("ready")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(
        Study, verbose_name=_("study"), on_delete=models.PROTECT, related_name="releases"
    )
    profile = models.CharField(_("profile"), max_length=32, default="native")
    formats = ArrayField(models.CharField(max_length=8), verbose_name=_("formats"))
    since = models.DateTimeField(_("since"), null=True, blank=True)
    annotator = models.CharField(_("annotator"), max_length=32, null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    token = models.ForeignKey(ApiToken, on_delete=models.SET_NULL, null=True, related_name="+")
    key = models.CharField(_("Idempotency-Key"), max_length=200, null=True, blank=True)
    requested_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    cut_at = models.DateTimeField(_("state of the data"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    problem = models.TextField(_("problem"), blank=True)
    manifest = models.JSONField(_("manifest"), default=dict)

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering: ClassVar = ["-requested_at"]
        indexes: ClassVar = [
            models.Index(
                fields=["requested_at"], condition=Q(state__in=["waiting", "building"]), name="releases_due"
            )
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["study", "key"], name="one_release_per_key"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "building", "done", "failed"]), name="release_state"
            ),
            models.CheckConstraint(
                condition=Q(state="done", finished_at__isnull=False, cut_at__isnull=False) | ~Q(state="done"),
                name="a_done_release_has_its_cut",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile} {self.requested_at:%Y-%m-%d %H:%M}"
