"""Rows of language models, of every call ever made to one, and of the accounts that pay."""

import os
from decimal import Decimal
from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from multivocal.llm.validators import validate_base_url, validate_parameters, validate_variable


class LanguageModel(models.Model):
    """An OpenAI-compatible endpoint, a model there, and how it is asked; the key is only named, not kept."""

    name = models.SlugField(
        _("name"), max_length=63, unique=True, help_text=_("Short and unique, for studies to use.")
    )
    label = models.CharField(
        _("label"), max_length=200, blank=True, help_text=_("The long name, for data teams.")
    )
    family = models.CharField(_("family"), max_length=100, blank=True)
    provider = models.CharField(_("provider"), max_length=100, blank=True)
    provider_type = models.CharField(
        _("type of provider"),
        max_length=10,
        choices=[("commercial", _("Commercial")), ("open", _("Open access"))],
        default="commercial",
    )
    model_type = models.CharField(_("type of model"), max_length=40, default="Chat", blank=True)
    base_url = models.CharField(_("address"), max_length=500, validators=[validate_base_url])
    model_id = models.CharField(_("model at that address"), max_length=200)
    parameters = models.JSONField(
        _("parameters"),
        default=dict,
        blank=True,
        validators=[validate_parameters],
        help_text=_("Sent with every request, like temperature, top_p, max_tokens."),
    )
    header = models.TextField(
        _("header"), blank=True, help_text=_("The system prompt of every conversation.")
    )
    key_variable = models.CharField(
        _("variable of the key"),
        max_length=100,
        blank=True,
        validators=[validate_variable],
        help_text=_("The name of the environment variable that holds the key. Empty where no key is needed."),
    )
    weight = models.FloatField(_("weight"), default=1.0, validators=[MinValueValidator(0.0)])
    price_in = models.DecimalField(
        _("price of input"),
        max_digits=12,
        decimal_places=6,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("US dollars per million tokens."),
    )
    price_out = models.DecimalField(
        _("price of output"),
        max_digits=12,
        decimal_places=6,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("US dollars per million tokens."),
    )
    timeout_s = models.FloatField(
        _("longest wait"),
        default=30.0,
        validators=[MinValueValidator(0.1)],
        help_text=_("Seconds to the first word; a whole answer may take three times as long."),
    )
    active = models.BooleanField(_("active"), default=True)
    simulated = models.BooleanField(_("simulated"), default=False)

    class Meta:
        verbose_name = _("language model")
        verbose_name_plural = _("language models")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(price_in__gte=0, price_out__gte=0), name="llm_model_prices"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="llm_model_weight"),
            models.CheckConstraint(condition=Q(timeout_s__gt=0), name="llm_model_timeout"),
            models.CheckConstraint(
                condition=Q(key_variable__regex=r"^([A-Z][A-Z0-9_]*)?$"), name="llm_model_key_variable"
            ),
            models.CheckConstraint(condition=~Q(base_url__contains="@"), name="llm_model_no_credentials"),
        ]

    def __str__(self) -> str:
        return self.label or self.name

    def key_is_set(self) -> bool:
        """Return whether the key this model needs is in the environment (true where it needs none)."""
        return not self.key_variable or bool(os.environ.get(self.key_variable))


class Account(models.Model):
    """Who pays and how much at most, in US dollars; a study's id is its account's. No limit = null.

    ``settled_usd`` is what its calls up to ``settled_call`` cost, all of them ended: a check before every call need
    not add them up again.
    """

    id = models.UUIDField(primary_key=True)
    limit_usd = models.DecimalField(_("limit"), max_digits=14, decimal_places=8, null=True, blank=True)
    per_person_usd = models.DecimalField(
        _("limit per person"), max_digits=14, decimal_places=8, null=True, blank=True
    )
    settled_call = models.BigIntegerField(default=0, db_default=0, editable=False)
    settled_usd = models.DecimalField(
        max_digits=14, decimal_places=8, default=0, db_default=0, editable=False
    )

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return str(self.id)


class Call(models.Model):
    """One request to a language model, written before it is sent; money is counted from these rows alone."""

    account = models.UUIDField(_("account"))
    person = models.UUIDField(_("person"), null=True, blank=True)
    purpose = models.CharField(_("purpose"), max_length=40)
    subject = models.CharField(_("subject"), max_length=100, blank=True)
    model = models.ForeignKey(
        LanguageModel, verbose_name=_("model"), on_delete=models.PROTECT, related_name="calls"
    )
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=1)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    state = models.CharField(
        _("state"),
        max_length=8,
        choices=[("started", _("started")), ("done", _("done")), ("failed", _("failed"))],
        default="started",
    )
    error = models.CharField(_("error"), max_length=20, blank=True)
    error_detail = models.TextField(_("detail of the error"), blank=True)
    prompt_sha256 = models.CharField(_("hash of the prompt"), max_length=64)
    request = models.JSONField(_("request"), default=dict)
    text = models.TextField(_("text"), blank=True)
    finish_reason = models.CharField(_("reason it ended"), max_length=40, blank=True)
    tokens_in = models.IntegerField(_("tokens in"), null=True, blank=True)
    tokens_out = models.IntegerField(_("tokens out"), null=True, blank=True)
    first_ms = models.IntegerField(_("ms to first word"), null=True, blank=True)
    total_ms = models.IntegerField(_("ms in all"), null=True, blank=True)
    cost = models.DecimalField(_("cost"), max_digits=14, decimal_places=8, default=Decimal(0))
    reserved = models.DecimalField(_("reserved"), max_digits=14, decimal_places=8, default=Decimal(0))
    status_code = models.SmallIntegerField(_("HTTP status"), null=True, blank=True)
    version = models.CharField(
        _("model that answered"), max_length=200, default="", db_default="", blank=True
    )

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            # Money is summed from these two alone, while an account is locked: never from the wide rows.
            models.Index(
                fields=["account", "person"], include=["state", "cost", "reserved"], name="llm_call_money"
            ),
            models.Index(
                fields=["account", "id"], include=["state", "cost", "reserved"], name="llm_call_newest"
            ),
            models.Index(fields=["model", "started_at"], name="llm_call_health"),
            # A study's last day, for its monitor: 55 ms instead of 180 among 200,000 calls.
            models.Index(fields=["account", "started_at"], name="llm_call_recent"),
            models.Index(fields=["subject"], condition=~Q(subject=""), name="llm_call_subject"),
            models.Index(fields=["started_at"], condition=Q(state="started"), name="llm_call_open"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["started", "done", "failed"]), name="llm_call_state"
            ),
            models.CheckConstraint(condition=Q(cost__gte=0, reserved__gte=0), name="llm_call_money_positive"),
            models.CheckConstraint(
                condition=Q(state="started", finished_at=None)
                | Q(~Q(state="started"), finished_at__isnull=False),
                name="llm_call_finished",
            ),
            models.CheckConstraint(
                condition=Q(state="failed", error__gt="") | Q(~Q(state="failed"), error=""),
                name="llm_call_error",
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(finished_at__gte=F("started_at")), name="llm_call_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.id} ({self.state})"
