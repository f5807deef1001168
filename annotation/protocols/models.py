"""Items, what was shown of them, and the judgements given: the same tables for people and for models."""

import uuid

from django.db import models
from django.db.models import Q

from annotation.protocols.items.models import ItemUpload as ItemUpload
from multivocal.llm.models import LanguageModel
from multivocal.studies.models import Enrolment, Study


class ProtocolVersion(models.Model):
    """A feedback protocol with its configuration; immutable, one row per content."""

    kind = models.CharField(max_length=32)
    config = models.JSONField()
    sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:8]}"


class ItemSet(models.Model):
    """A named set of imported items of a study; ``sha256`` is the hash of all their content.

    It may be replaced until one of its items is shown; from then on it stays as it is.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="item_sets")
    name = models.SlugField(max_length=80)
    sha256 = models.CharField(max_length=64)
    source = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "name"], name="item_sets_have_one_name")]
        ordering = ["study", "name"]

    def __str__(self) -> str:
        return self.name


class Item(models.Model):
    """A prompt with its candidate responses; ``context`` holds the dialogue before the prompt.

    ``gold`` maps a protocol's key or kind, or ``any``, to the rule an accepted answer follows; ``units`` are
    the questions of a checklist ``{id, text, parent?}``; ``reference`` is a text shown as such (MUSHRA).
    """

    class Source(models.TextChoices):
        LIVE = "live", "live conversation"
        IMPORT = "import", "imported"

    class Split(models.TextChoices):
        MAIN = "main", "main"
        PRACTICE = "practice", "practice"
        GOLD = "gold", "gold"
        ATTENTION = "attention", "attention"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="items")
    item_set = models.ForeignKey(ItemSet, on_delete=models.CASCADE, null=True, related_name="items")
    source = models.CharField(max_length=8, choices=Source.choices)
    external_id = models.CharField(max_length=200, blank=True)
    number = models.PositiveIntegerField(default=0, db_default=0)
    prompt = models.TextField()
    context = models.JSONField(default=list)
    reference = models.TextField(default="", db_default="", blank=True)
    stratum = models.CharField(max_length=200, default="", db_default="", blank=True)
    split = models.CharField(
        max_length=9, choices=Split.choices, default=Split.MAIN, db_default=Split.MAIN.value
    )
    block = models.PositiveIntegerField(null=True)
    gold = models.JSONField(null=True)
    units = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study", "external_id"],
                condition=~Q(external_id="") & Q(item_set=None),
                name="imported_items_once",
            ),
            models.UniqueConstraint(fields=["item_set", "external_id"], name="items_of_a_set_once"),
        ]

    def __str__(self) -> str:
        return self.prompt[:60]


class Stimulus(models.Model):
    """One response to an item's prompt; its text is written once, when it is whole.

    ``system`` names who made an imported one, ``role`` what it is there for, ``covariates`` are numbers about
    it (tokens, density, accuracy) for analysis. None of them ever reaches an annotator.
    """

    class Role(models.TextChoices):
        SYSTEM = "system", "system"
        HIDDEN_REFERENCE = "hidden_reference", "hidden reference"
        LOW_ANCHOR = "low_anchor", "low anchor"
        MID_ANCHOR = "mid_anchor", "mid anchor"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="stimuli")
    model = models.ForeignKey(LanguageModel, on_delete=models.PROTECT, null=True, related_name="+")
    external_id = models.CharField(max_length=200, default="", db_default="", blank=True)
    number = models.PositiveSmallIntegerField(default=0, db_default=0)
    system = models.CharField(max_length=200, default="", db_default="", blank=True)
    role = models.CharField(
        max_length=16, choices=Role.choices, default=Role.SYSTEM, db_default=Role.SYSTEM.value
    )
    covariates = models.JSONField(null=True)
    text = models.TextField(blank=True)
    completed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "stimuli"
        constraints = [
            models.UniqueConstraint(
                fields=["item", "external_id"], condition=~Q(external_id=""), name="responses_of_an_item_once"
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]


class AiAnnotator(models.Model):
    """A model that annotates, with everything that makes its answers what they are; immutable."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="ai_annotators")
    name = models.SlugField(max_length=80)
    model = models.ForeignKey(LanguageModel, on_delete=models.PROTECT, related_name="+")
    protocol = models.ForeignKey(ProtocolVersion, on_delete=models.PROTECT, related_name="+")
    rubric = models.TextField(blank=True)
    prompt_sha256 = models.CharField(max_length=64)
    params = models.JSONField(default=dict)
    samples = models.PositiveSmallIntegerField(default=1)
    both_orders = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "name"], name="ai_annotators_have_one_name")]

    def __str__(self) -> str:
        return self.name


class Plan(models.Model):
    """What one person is asked at a comparison stage: protocols in order (a row of their square), screens, seed."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="plans")
    stage = models.CharField(max_length=63)
    protocols = models.JSONField()
    order_row = models.PositiveSmallIntegerField(default=0)
    promised = models.PositiveIntegerField(default=0)
    seed = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "stage"], name="one_plan_per_stage")]

    def __str__(self) -> str:
        return f"{self.stage} for {self.enrolment_id}"


ONE_ANNOTATOR = Q(enrolment__isnull=False, annotator=None) | Q(enrolment=None, annotator__isnull=False)


class Presentation(models.Model):
    """What one annotator was shown: written before it is shown, never changed but by added replacements.

    ``slots`` is a list of ``{slot, stimulus, probability, inclusion, replaces}``; ``pool`` the names of the
    models the draw was made from. The annotator is a person (``enrolment``) or a model (``annotator``).
    At a comparison stage ``position`` is the place in the person's sequence, ``unit`` says which of the item's
    responses are shown (empty = all), ``order_row`` the row of the Williams square that set their order,
    ``probability`` the chance that this person was given it (null where balance decided too); ``shown_at`` is when
    the server first handed it out, ``done_at`` when the person went on from it.
    """

    class Role(models.TextChoices):
        MAIN = "main", "main"
        REPEAT = "repeat", "repeat"
        PRACTICE = "practice", "practice"
        GOLD = "gold", "gold"
        ATTENTION = "attention", "attention"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="presentations")
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.CASCADE, null=True, related_name="presentations"
    )
    annotator = models.ForeignKey(
        AiAnnotator, on_delete=models.CASCADE, null=True, db_index=False, related_name="presentations"
    )
    protocol = models.ForeignKey(ProtocolVersion, on_delete=models.PROTECT, related_name="+")
    protocol_key = models.CharField(max_length=63, default="", db_default="", blank=True)
    stage = models.CharField(max_length=63)
    role = models.CharField(max_length=9, choices=Role.choices, default=Role.MAIN, db_default=Role.MAIN.value)
    repeat_of = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, db_index=False, related_name="repeats"
    )
    position = models.PositiveIntegerField(null=True)
    block = models.PositiveIntegerField(null=True)
    unit = models.CharField(max_length=80, default="", db_default="", blank=True)
    slots = models.JSONField()
    pool = models.JSONField(default=list)
    seed = models.BigIntegerField()
    order_seed = models.BigIntegerField(null=True)
    order_row = models.PositiveSmallIntegerField(null=True)
    probability = models.FloatField(null=True)
    sample = models.PositiveSmallIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    shown_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=ONE_ANNOTATOR, name="presented_to_one_annotator"),
            models.UniqueConstraint(
                fields=["enrolment", "stage", "position"],
                condition=Q(position__isnull=False),
                name="one_presentation_per_position",
            ),
        ]
        # Most rows have neither: a live conversation pays nothing for these.
        indexes = [
            models.Index(fields=["annotator"], condition=Q(annotator__isnull=False), name="shown_to_models"),
            models.Index(fields=["repeat_of"], condition=Q(repeat_of__isnull=False), name="shown_again"),
        ]

    def __str__(self) -> str:
        return f"{self.stage} for {self.enrolment_id or self.annotator_id}"


class Judgement(models.Model):
    """One annotator's answer to one presentation; append-only, a correction supersedes the one before.

    ``no_answer`` says that the annotator could not or would not judge; it is never a tie. ``state`` is other
    than ``ok`` only for models whose reply could not be read (``unparsed``) or never came (``failed``);
    ``call`` is then, as for every model's judgement, the id of the call in the ledger that holds the raw text.
    """

    class NoAnswer(models.TextChoices):
        UNSURE = "unsure", "unsure"
        SKIP = "skip", "skip"
        INVALID = "invalid", "invalid"

    class State(models.TextChoices):
        OK = "ok", "ok"
        UNPARSED = "unparsed", "unparsed"
        FAILED = "failed", "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    presentation = models.ForeignKey(Presentation, on_delete=models.CASCADE, related_name="judgements")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, null=True, related_name="judgements")
    annotator = models.ForeignKey(
        AiAnnotator, on_delete=models.CASCADE, null=True, db_index=False, related_name="judgements"
    )
    key = models.UUIDField()
    payload = models.JSONField()
    no_answer = models.CharField(
        max_length=7, choices=NoAnswer.choices, default="", db_default="", blank=True
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.OK, db_default=State.OK.value)
    call = models.BigIntegerField(null=True)
    chosen = models.CharField(max_length=4, blank=True)
    tie_broken_by = models.CharField(max_length=8, blank=True)
    paradata = models.JSONField(default=dict)
    shown_at = models.DateTimeField(null=True)
    given_at = models.DateTimeField(auto_now_add=True)
    duration_ms = models.PositiveIntegerField(null=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "key"], name="a_judgement_key_is_spent_once"),
            models.UniqueConstraint(
                fields=["annotator", "key"],
                condition=Q(annotator__isnull=False),
                name="a_models_judgement_key_is_spent_once",
            ),
            models.UniqueConstraint(
                fields=["presentation"], condition=Q(superseded_at=None), name="one_current_judgement"
            ),
            models.CheckConstraint(condition=ONE_ANNOTATOR, name="judged_by_one_annotator"),
        ]

    def __str__(self) -> str:
        return f"judgement of {self.presentation_id}"
