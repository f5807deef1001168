"""Routing policies, their runs, where each item went and why, and the labels that came of it."""

import uuid
from datetime import UTC, datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from annotation.protocols.models import AiAnnotator, Item, Presentation
from annotation.routing.check_models import CanaryAnswer as CanaryAnswer
from annotation.routing.check_models import Check as Check
from multivocal.studies.models import Study


class Policy(models.Model):
    """A policy's configuration (``shapes.PolicyConfig``) with its hash; frozen before a run, then immutable."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="policies")
    name = models.SlugField(max_length=63)
    version = models.PositiveIntegerField()
    config = models.JSONField()
    sha256 = models.CharField(max_length=64)
    frozen_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "policies"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["study", "name", "version"], name="policy_versions_are_unique")
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class Run(models.Model):
    """One policy at work at one comparison stage.

    ``price_usd`` is what a person's label costs; ``edges`` the bins of features, fixed once; ``router`` the fitted
    router with its hash; ``erased`` how many paid labels were taken back since: their money stays spent.
    ``set_aside_usd`` is what stays for people, whatever judges cost; ``settled_usd`` what the judges' calls up to
    ``settled_call`` cost, which changes no more: a check before every call need not sum them again.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SEEDING = "seeding", _("people and models label the seed")
        JUDGING = "judging", _("models label")
        ROUTING = "routing", _("items are being routed")
        LABELLING = "labelling", _("people label")
        PAUSED = "paused", _("paused")
        STOPPED = "stopped", _("stopped")
        DONE = "done", _("done")

    LIVING = ("seeding", "judging", "routing", "labelling", "paused")
    WORKING = ("seeding", "judging", "routing", "labelling")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="routing_runs")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="runs")
    stage = models.CharField(max_length=63)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    reason = models.CharField(max_length=40, blank=True)
    sentence = models.TextField(blank=True)
    price_usd = models.DecimalField(max_digits=14, decimal_places=8)
    forecast = models.JSONField(default=dict)
    edges = models.JSONField(default=dict)
    router = models.JSONField(default=dict)
    erased = models.PositiveIntegerField(default=0)
    set_aside_usd = models.DecimalField(max_digits=14, decimal_places=8, default=0)
    first_call = models.BigIntegerField(default=0)
    settled_call = models.BigIntegerField(default=0)
    settled_usd = models.DecimalField(max_digits=14, decimal_places=8, default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["study", "stage"],
                condition=Q(state__in=["seeding", "judging", "routing", "labelling", "paused"]),
                name="one_living_run_per_stage",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "draft", "seeding", "judging", "routing", "labelling", "paused", "stopped", "done",
                    ]
                ),
                name="routing_run_state",
            ),
        ]  # fmt: skip

    @property
    def until(self) -> datetime:
        """When it ended; while it has not, later than anything."""
        return self.ended_at or datetime.max.replace(tzinfo=UTC)

    def __str__(self) -> str:
        return f"{self.policy_id} {self.state}"


class RunJudge(models.Model):
    """An annotator that works for a run: ``judge`` is its name in the policy, ``paraphrase`` 0 the rubric as it is.

    ``version`` is the version string its endpoint answered with first (after ``checked_call``, when somebody accepted
    another one); ``rounds`` how often what failed was asked
    again; ``silent_since`` when it stopped answering, null while it answers; ``failures`` how many rests it has had.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="judges")
    annotator = models.ForeignKey(AiAnnotator, on_delete=models.PROTECT, related_name="+")
    judge = models.CharField(max_length=40)
    number = models.PositiveSmallIntegerField()
    paraphrase = models.PositiveSmallIntegerField(default=0)
    version = models.CharField(max_length=200, blank=True)
    checked_call = models.BigIntegerField(default=0)
    rounds = models.PositiveSmallIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    silent_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["number", "paraphrase"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "number", "paraphrase"], name="judges_of_a_run_once"),
            models.UniqueConstraint(fields=["run", "annotator"], name="annotators_of_a_run_once"),
        ]

    def __str__(self) -> str:
        return f"{self.judge}.{self.paraphrase}"


class Tagging(models.Model):
    """Whether a run's tagger is at work; ``rounds``, ``silent_since`` and ``rests_until`` as for a judge.

    ``planned_at`` is when the judges, who had to wait for tags, were told what to judge.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("describes prompts")
        RESTING = "resting", _("does not answer")
        DONE = "done", _("done")
        GIVEN_UP = "given_up", _("given up")

    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="tagging")
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    reason = models.CharField(max_length=20, blank=True)
    rounds = models.PositiveSmallIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    silent_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)
    planned_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.run_id} {self.state}"


class ItemTags(models.Model):
    """What a model says an item's prompt is like; ``tags`` is ``domain.tags.Tags`` as JSON, unknown stored as unknown.

    ``mark`` is the hash of the prompt, the model and the question: the same is never asked twice in a study. ``call``
    is the row of the ledger it stands in, null where no answer ever came.
    """

    class State(models.TextChoices):
        OK = "ok", "ok"
        UNPARSED = "unparsed", "unparsed"
        FAILED = "failed", "failed"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="tags")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="tags")
    tags = models.JSONField()
    state = models.CharField(max_length=8, choices=State.choices)
    source = models.CharField(max_length=63)
    mark = models.CharField(max_length=64)
    call = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "item"], name="tags_of_an_item_once")]
        indexes: ClassVar = [models.Index(fields=["mark"], name="tags_mark")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.state}"


class Route(models.Model):
    """Where an item of a run goes, written before anything is done about it; a newer one supersedes.

    ``probability`` is the chance that a person labels it, given what was known when it was decided (1 for the seed
    once it is drawn, and for what a rule sends to people); never 0. ``to``: ``human``, ``ai``, ``both`` (a model's
    label and, as an audit or as seed, a person's), ``hold`` (nobody can label it now). ``human_wanted`` counts the
    people who are asked.
    """

    class Phase(models.TextChoices):
        SEED = "seed", "seed"
        MAIN = "main", "main"
        ESCALATED = "escalated", "escalated"

    class To(models.TextChoices):
        HUMAN = "human", "a person"
        AI = "ai", "a model"
        BOTH = "both", "both"
        HOLD = "hold", "nobody for now"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="routes")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="routes")
    unit = models.CharField(max_length=80, default="", blank=True)
    number = models.PositiveSmallIntegerField(default=1)
    phase = models.CharField(max_length=9, choices=Phase.choices)
    features = models.JSONField(default=dict)
    ai_label = models.CharField(max_length=3, null=True)
    ai_judge = models.CharField(max_length=40, blank=True)
    p_ai = models.FloatField(null=True)
    p_human = models.FloatField(null=True)
    gain = models.FloatField(null=True)
    to = models.CharField(max_length=5, choices=To.choices)
    reason = models.CharField(max_length=40)
    probability = models.FloatField()
    audit = models.BooleanField(default=False)
    double = models.BooleanField(default=False)
    human_wanted = models.PositiveSmallIntegerField(default=0)
    policy_sha256 = models.CharField(max_length=64)
    decided_at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "item", "unit"], condition=Q(superseded_at=None), name="one_current_route"
            ),
            models.UniqueConstraint(fields=["run", "item", "unit", "number"], name="routes_are_numbered"),
            models.CheckConstraint(
                condition=Q(probability__gt=0, probability__lte=1), name="route_probability"
            ),
            models.CheckConstraint(
                condition=Q(ai_label=None) | Q(ai_label__in=["a", "b", "tie"]), name="route_ai_label"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["run"], condition=Q(superseded_at=None), name="routes_current"),
            models.Index(
                fields=["run"], condition=Q(superseded_at=None, human_wanted__gt=0), name="routes_to_people"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} → {self.to} ({self.reason})"


class FinalLabel(models.Model):
    """The label of a routed item and where it is from: which judgements, given by whom, at what cost."""

    class Provenance(models.TextChoices):
        HUMAN = "human", "one person"
        AI = "ai", "a model"
        HUMAN_MAJORITY = "human_majority", "people who agree"
        ADJUDICATED = "adjudicated", "people, after some disagreed"
        VERIFIED = "verified", "a person who saw a model's label"

    route = models.ForeignKey(Route, on_delete=models.CASCADE, related_name="labels")
    label = models.CharField(max_length=3)
    provenance = models.CharField(max_length=14, choices=Provenance.choices)
    judgements = models.JSONField()
    cost_usd = models.DecimalField(max_digits=14, decimal_places=8)
    made_at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["route"], condition=Q(superseded_at=None), name="one_current_final_label"
            ),
            models.CheckConstraint(condition=Q(label__in=["a", "b", "tie"]), name="final_label_known"),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.provenance})"


class Hint(models.Model):
    """A model's label that a person was shown with a screen: only where the policy says verify."""

    presentation = models.OneToOneField(Presentation, on_delete=models.CASCADE, related_name="+")
    route = models.ForeignKey(Route, on_delete=models.CASCADE, related_name="hints")
    label = models.CharField(max_length=3)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.label} for {self.presentation_id}"
