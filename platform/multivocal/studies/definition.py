"""The study document: one closed, documented schema behind the YAML, the forms and the published JSON Schema."""

import functools
import hashlib
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal

from pydantic import Field, PlainSerializer, ValidationError, create_model, model_validator

from multivocal.domain.shapes import CleanText, Language, LocalText, Shape, Slug, unique
from multivocal.errors import Invalid
from multivocal.studies.places import study_problems
from multivocal.studies.stages import StageConfig, stage_kinds

REASONS = ("complete", "screened_out", "no_consent", "quota_full", "technical")
# Money is decimal, and a plain number in the document.
Usd = Annotated[
    Decimal, PlainSerializer(lambda usd: int(usd) if usd == int(usd) else float(usd), when_used="json")
]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{3,64}$")]


class Contact(Shape):
    """Who runs the study and how to reach them."""

    name: LocalText = Field(description="The person or group that runs the study.")
    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")] | None = Field(
        None, description="Address for questions."
    )
    organisation: LocalText = ""


class Codes(Shape):
    """Completion codes by reason; “auto” derives an unguessable one from the study's secret."""

    complete: Code = "auto"
    screened_out: Code = "auto"
    no_consent: Code = "auto"
    quota_full: Code = "auto"
    technical: Code = "auto"

    @model_validator(mode="after")
    def _distinct(self) -> "Codes":
        unique([code for code in self.model_dump().values() if code != "auto"], "completion code")
        return self


class Recruitment(Shape):
    """Where people come from and how they go back."""

    source: Literal["prolific", "link"] = Field(
        "link", description="prolific takes PROLIFIC_PID, STUDY_ID and SESSION_ID."
    )
    codes: Codes = Codes()
    return_url: Annotated[str, Field(pattern=r"^https?://[^\s]*\{code\}[^\s]*$")] | None = Field(
        None, description="Where the browser goes at the end; {code} is replaced by the completion code."
    )


class ArmConfig(Shape):
    """One arm of the study: a weight and one level of each factor."""

    key: Slug
    weight: int = Field(1, ge=1, le=100, description="Share of people, relative to the other arms.")
    levels: dict[Slug, CleanText] = Field(default_factory=dict, description="Factor → level.")


class AssignmentConfig(Shape):
    """How arms are given: permuted blocks, within strata where wanted."""

    after: Slug | None = Field(
        None, description="Stage after which the arm is drawn; at the start when left out."
    )
    stratify: tuple[Slug, ...] = Field((), description="Traits (screening answers) that make the strata.")
    blocks: int = Field(
        2, ge=1, le=50, description="Every block holds each arm its weight times this number."
    )


class QuotaCell(Shape):
    """A kind of person and how many of them are wanted."""

    key: Slug
    where: dict[Slug, tuple[str, ...]] = Field(description="Trait → the values that belong to this cell.")
    target: int = Field(ge=0, le=1_000_000)


class QuotaConfig(Shape):
    """Quota cells, claimed after the stage that asks for the traits."""

    after: Slug = Field(description="The stage whose answers decide the cell.")
    cells: tuple[QuotaCell, ...] = Field(min_length=1)
    release_after_minutes: int = Field(
        180, ge=1, description="A silent person's place is given on after this time."
    )

    @model_validator(mode="after")
    def _cells(self) -> "QuotaConfig":
        unique([cell.key for cell in self.cells], "quota cell")
        if not any(cell.target for cell in self.cells):
            raise ValueError("every quota cell has the target 0, so nobody could ever take part")
        return self


class BudgetConfig(Shape):
    """Money for language models; when it is spent, people go on and models do not."""

    usd: Usd = Field(ge=0, le=10_000_000, description="For the whole study, in US dollars.")
    per_person_usd: Usd | None = Field(None, ge=0, description="For one participant.")


class Withdrawal(Shape):
    """Until when a person may take everything back."""

    days: int = Field(14, ge=0, le=3650)


class StudyBase(Shape):
    """A study of Multivocal."""

    format: Literal[1] = Field(1, description="Version of this document format.")
    slug: Slug = Field(description="The name in addresses and commands.")
    title: LocalText
    summary: LocalText = Field("", description="One or two sentences on the welcome page.")
    languages: tuple[Language, ...] = Field(("en",), min_length=1)
    minutes: int = Field(ge=1, le=600, description="How long it takes, honestly.")
    pay: LocalText = Field("", description="What people get, as shown to them.")
    devices: LocalText = Field("", description="What people need, as shown to them.")
    contact: Contact
    ethics: LocalText = Field("", description="Approval number, shown beside the contact.")
    recruitment: Recruitment = Recruitment()
    withdrawal: Withdrawal = Withdrawal()
    participants: int | None = Field(None, ge=1, description="Wanted number of complete participants.")
    factors: dict[Slug, tuple[CleanText, ...]] = Field(default_factory=dict)
    arms: tuple[ArmConfig, ...] = (ArmConfig(key="all"),)
    assignment: AssignmentConfig = AssignmentConfig()
    quotas: QuotaConfig | None = None
    models: tuple[Slug, ...] | Literal["all"] = Field(
        "all", description="Names of language models, or all active ones."
    )
    budget: BudgetConfig = BudgetConfig(usd=Decimal(10))
    stages: tuple[StageConfig, ...]

    @model_validator(mode="after")
    def _consistent(self) -> "StudyBase":
        unique([stage.id for stage in self.stages], "stage id")
        unique([arm.key for arm in self.arms], "arm")
        if crossings := [f"{place}: {message}" for place, message in self._crossings()]:
            raise ValueError("\n".join(crossings))
        return self

    def _crossings(self) -> Iterator[tuple[str, str]]:
        ids = [stage.id for stage in self.stages]
        arms = {arm.key for arm in self.arms}
        for n, arm in enumerate(self.arms):
            if set(arm.levels) != set(self.factors):
                yield f"arms.{n}.levels", "an arm names one level of every factor, and no others"
            for factor, level in arm.levels.items():
                if level not in self.factors.get(factor, (level,)):
                    yield f"arms.{n}.levels.{factor}", f"“{level}” is not a level of this factor"
        if self.assignment.after is not None and self.assignment.after not in ids:
            yield "assignment.after", f"there is no stage “{self.assignment.after}”"
        if self.assignment.stratify and self.assignment.after is None:
            yield "assignment.stratify", "strata need the stage that asks for them: give assignment.after"
        if self.quotas and self.quotas.after not in ids:
            yield "quotas.after", f"there is no stage “{self.quotas.after}”"
        drawn = ids.index(self.assignment.after) if self.assignment.after in ids else -1
        for n, stage in enumerate(self.stages):
            if unknown := set(stage.arms) - arms:
                yield f"stages.{n}.arms", f"there is no arm “{sorted(unknown)[0]}”"
            if stage.arms and n <= drawn:
                yield f"stages.{n}.arms", "this stage comes before the arm is drawn"

    def arm(self, key: str) -> ArmConfig | None:
        """Return the arm with this key, or None where no arm was drawn yet."""
        return next((arm for arm in self.arms if arm.key == key), None)

    def stages_for(self, arm: str) -> list[StageConfig]:
        """Return the stages a person of ``arm`` goes through, in order."""
        return [stage for stage in self.stages if not stage.arms or arm in stage.arms]


StudyDefinition = StudyBase


@functools.cache
def study_shape() -> type[StudyBase]:
    """Return the whole schema: the base with one closed shape per registered stage kind."""
    kinds = [kind.config for kind in stage_kinds().values()]
    stage: Any = Annotated[reduce(or_, kinds), Field(discriminator="kind")]  # type: ignore[arg-type,valid-type]
    stages: Any = Annotated[tuple[stage, ...], Field(min_length=1, max_length=60)]
    return create_model("Study", __base__=StudyBase, __doc__=StudyBase.__doc__, stages=(stages, ...))


def parse_definition(document: Any) -> StudyBase:
    """Return ``document`` as a study, or refuse with every error and its place."""
    try:
        return study_shape().model_validate(document)
    except ValidationError as error:
        raise Invalid(
            "This study has mistakes.", code="study_invalid", fields=study_problems(error, document)
        ) from None


def as_document(definition: StudyBase) -> dict[str, Any]:
    """Return the definition as plain data, leaving out what was left out."""
    return definition.model_dump(mode="json", exclude_unset=True)


def digest(document: dict[str, Any]) -> str:
    """Return the sha256 of a document's canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def parsed(sha256: str, load: Callable[[], dict[str, Any]]) -> StudyBase:
    """Return a stored definition as its shape; it is loaded and parsed once per content."""
    cached = _CACHE.get(sha256)
    if cached is None:
        cached = _CACHE[sha256] = parse_definition(load())
        if len(_CACHE) > 64:
            _CACHE.pop(next(iter(_CACHE)))
    return cached


_CACHE: dict[str, StudyBase] = {}
