"""What a designer fills in to have a model annotate, and reading it."""

from collections.abc import Mapping
from typing import Annotated, Any

from django.utils.translation import gettext as _
from pydantic import Field, ValidationError, field_validator

from annotation.protocols.annotators.making import (
    comparison_stages,
    config_at,
    config_of_kind,
    make_annotator,
)
from annotation.protocols.annotators.shapes import DEFAULT_RUBRIC, AskParams, Rubric
from annotation.protocols.annotators.work import OWN, Planned, plan_work
from annotation.protocols.models import AiAnnotator
from annotation.protocols.registry import ProtocolConfig
from multivocal.domain.shapes import CleanText, Shape, Slug, problems
from multivocal.errors import Invalid, NotFound
from multivocal.llm.models import LanguageModel
from multivocal.studies.models import Study

Lines = Annotated[CleanText, Field(max_length=20_000)]


class Wanted(Shape):
    """The form: ``ask`` is ``stage/protocol`` of the study, or a kind with nothing set; texts have one thing a line."""

    name: Slug
    model: str
    ask: str = Field(pattern=r"^[\w-]+(/[\w-]+)?$")
    items: str = Field(OWN, max_length=80)
    limit: int | None = Field(None, ge=1, le=1_000_000)
    samples: int = Field(1, ge=1, le=20)
    both_orders: bool = False
    temperature: float | None = Field(None, ge=0, le=2)
    max_tokens: int = Field(600, ge=16, le=32_000)
    at_once: int = Field(4, ge=1, le=64)
    structured: bool = False
    language: str = Field("en", max_length=12)
    rubric_version: str = Field(DEFAULT_RUBRIC.version, min_length=1, max_length=40)
    role: Lines = DEFAULT_RUBRIC.role
    task: Lines = DEFAULT_RUBRIC.task
    criteria: Lines = ""
    cautions: Lines = ""

    @field_validator("criteria")
    @classmethod
    def _named(cls, text: str) -> str:
        if any(":" not in line for line in text.splitlines() if line.strip()):
            raise ValueError("each line is a name, a colon and what it means")
        return text

    def rubric(self) -> Rubric:
        """Return the rubric in the form."""
        criteria = [line.partition(":") for line in self.criteria.splitlines() if line.strip()]
        return Rubric.model_validate(
            {
                "version": self.rubric_version,
                "role": self.role,
                "task": self.task,
                "criteria": [{"name": name.strip(), "text": text.strip()} for name, _colon, text in criteria],
                "cautions": [line.strip() for line in self.cautions.splitlines() if line.strip()],
            }
        )

    def asked(self, study: Study) -> tuple[ProtocolConfig, AskParams]:
        """Return the way of asking and how the model is asked; NotFound where the study has no such stage or kind."""
        stage, _slash, key = self.ask.rpartition("/")
        config = config_at(study, stage, key) if stage else config_of_kind(key)
        responses = _responses(study, stage) if stage else None
        params = AskParams(
            stage=stage,
            protocol_key=key if stage else "",
            responses=responses,
            temperature=self.temperature,
            max_tokens=self.max_tokens,
            structured=self.structured,
            at_once=self.at_once,
            language=self.language,
        )
        return config, params


def read_wanted(form: Mapping[str, Any]) -> Wanted:
    """Return the form; Invalid with each field that cannot be used. What was left blank is as by default."""
    names = Wanted.model_fields.keys()
    given = {name: value for name, value in form.items() if name in names and str(value).strip()}
    # A text that was emptied on purpose is empty; a number is as by default.
    given |= {name: "" for name in ("criteria", "cautions") if name in form and name not in given}
    try:
        wanted = Wanted.model_validate(given)
        wanted.rubric()
    except ValidationError as error:
        raise Invalid(_("Some of this cannot be used."), fields=problems(error)) from None
    return wanted


def make_wanted(
    *, study: Study, wanted: Wanted, rubric: Rubric | None = None, user: Any = None
) -> tuple[AiAnnotator, Planned]:
    """Make the annotator and write what it is to be asked; nothing is asked yet. Called inside a transaction.

    ``rubric`` takes the place of the form's: one from a file may have worked examples.
    """
    model = LanguageModel.objects.filter(name=wanted.model, active=True).first()
    if model is None:
        known = ", ".join(LanguageModel.objects.filter(active=True).values_list("name", flat=True))
        raise NotFound(
            _("There is no model “{name}”. There are: {known}.").format(name=wanted.model[:63], known=known)
        )
    config, params = wanted.asked(study)
    annotator = make_annotator(
        study=study,
        name=wanted.name,
        model=model,
        config=config,
        rubric=rubric or wanted.rubric(),
        params=params,
        samples=wanted.samples,
        both_orders=wanted.both_orders,
        user=user,
    )
    return annotator, plan_work(annotator=annotator, items=wanted.items, limit=wanted.limit)


def _responses(study: Study, stage: str) -> int | None:
    return next((one.responses for one in comparison_stages(study) if one.id == stage), None)
