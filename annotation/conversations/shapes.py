"""The conversation stage's configuration, and the closed shapes of what a browser may ask of it."""

from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter, model_validator

from annotation.profiles.shapes import Page
from annotation.protocols.kinds.vas import VasConfig
from annotation.protocols.registry import protocols
from multivocal.domain.shapes import CleanText, Label, LocalText, Shape, Slug, unique
from multivocal.live.shapes import KeepDraft, Ping
from multivocal.studies.stages import StageConfig

# Every registered way of asking: one more line in FEEDBACK_PROTOCOLS is one more choice here.
_CONFIGS: Any = reduce(or_, [protocol.config for protocol in protocols().values()])
SystemKind = Literal["header", "constitution", "none"]


class ConversationType(Shape):
    """A kind of conversation and how many of it everybody holds."""

    key: Slug
    title: LocalText
    text: LocalText = ""
    wanted: int = Field(1, ge=0, le=20)
    stored_as: CleanText = Field("", description="The value in releases; the key when left out.")


class Candidates(Shape):
    """Where the answers to a prompt come from."""

    mode: Literal["models", "samples", "joint"] = Field(
        "models",
        description="models: k different models; samples: k answers of one; joint: one call for k different answers.",
    )
    k: int = Field(4, ge=1, le=8)


class Draw(Shape):
    """How models are drawn."""

    balance: Literal["exposure", "uniform"] = Field(
        "exposure",
        description="exposure favours the models shown least so far in this study; uniform does not.",
    )


class Patience(Shape):
    """What is done before an answer is given up."""

    attempts: int = Field(2, ge=1, le=5, description="Tries with the same model.")
    replacements: int = Field(2, ge=0, le=5, description="Other models tried in its place.")
    timeout_s: float | None = Field(
        None, gt=0, le=600, description="Longest wait for a first word; the model's own when left out."
    )


class ConversationConfig(StageConfig):
    """Live conversations with blinded models; the defaults are PRISM's."""

    kind: Literal["conversation"]
    intro: LocalText = ""
    types: tuple[ConversationType, ...] = Field(min_length=1)
    inspiration: LocalText = ""
    opening: Candidates = Candidates(mode="models", k=4)
    later: Candidates = Candidates(mode="samples", k=2)
    draw: Draw = Draw()
    protocol: Annotated[_CONFIGS, Field(discriminator="kind")] = VasConfig()
    ties: Literal["ask", "random"] = Field("ask", description="ask the person, or let a stored seed decide.")
    min_turns: int = Field(2, ge=1, le=50)
    max_turns: int = Field(10, ge=1, le=50)
    max_prompt_chars: int = Field(4000, ge=10, le=20_000)
    system: SystemKind = Field(
        "header", description="header: each model's own; constitution: the participant's text; none."
    )
    system_factor: Slug | None = Field(
        None, description="A factor whose level (header, constitution, none) decides instead."
    )
    constitution: Slug = Field(
        "constitution", description="The trait that holds the participant's own instructions."
    )
    joint_instruction: CleanText = Field(
        "Write {k} separate replies to the last message. Each one should speak for people whose values differ "
        "clearly from those behind the other replies. Do not mention the values or the other replies.",
        description="For mode joint; {k} is the number of answers. It is part of the version's hash.",
    )
    patience: Patience = Patience()
    feedback: tuple[Page, ...] = Field((), description="Questions after every conversation.")

    @model_validator(mode="after")
    def _consistent(self) -> "ConversationConfig":
        unique([kind.key for kind in self.types], "conversation type")
        if self.min_turns > self.max_turns:
            raise ValueError("min_turns is above max_turns")
        if not any(kind.wanted for kind in self.types):
            raise ValueError("no type of conversation is wanted, so nobody could ever finish this stage")
        return self

    def type(self, key: str) -> ConversationType | None:
        """Return the conversation type with this key."""
        return next((kind for kind in self.types if kind.key == key), None)


class Paradata(Shape):
    """What the browser noticed while a person judged; all optional, none of it content."""

    ms: int | None = Field(None, ge=0, le=86_400_000)
    away_ms: int | None = Field(None, ge=0, le=86_400_000)
    pasted_chars: int | None = Field(None, ge=0, le=10_000_000)
    changes: int | None = Field(None, ge=0, le=1_000_000)
    undone: int | None = Field(None, ge=0, le=1_000_000)
    slots: dict[Label, dict[Label, int | Label | None]] = Field(default_factory=dict, max_length=8)


class Begin(Shape):
    """Start a conversation of a type."""

    do: Literal["begin"]
    key: UUID
    type: Slug


class Say(Shape):
    """Send the next prompt."""

    do: Literal["say"]
    key: UUID
    text: CleanText
    paradata: Paradata = Paradata()


FormField = Annotated[str, Field(pattern=r"^answer\.", max_length=200)]
FormValues = Annotated[tuple[Annotated[str, Field(max_length=20_000)], ...], Field(max_length=100)]


class Judge(Shape):
    """Judge the answers of a turn: with a payload, or with the fields of the protocol's own form."""

    do: Literal["judge"]
    key: UUID
    turn: UUID
    payload: dict[str, Any] | None = None
    form: dict[FormField, FormValues] | None = Field(None, max_length=2_000)
    paradata: Paradata = Paradata()

    @model_validator(mode="after")
    def _one_way(self) -> "Judge":
        if (self.payload is None) == (self.form is None):
            raise ValueError("a judgement is a payload or a form")
        return self


class BreakTie(Shape):
    """Say which of the tied answers continues."""

    do: Literal["break_tie"]
    key: UUID
    turn: UUID
    slot: Annotated[str, Field(pattern=r"^[A-H]$")]


class Finish(Shape):
    """End the conversation."""

    do: Literal["finish"]
    key: UUID


class Retry(Shape):
    """Ask again for answers that did not come."""

    do: Literal["retry"]
    key: UUID
    turn: UUID


class GiveUp(Shape):
    """Go on without this conversation after a failure."""

    do: Literal["give_up"]
    key: UUID


Action = Begin | Say | Judge | BreakTie | Finish | Retry | GiveUp | KeepDraft | Ping
ACTION: TypeAdapter[Action] = TypeAdapter(Annotated[Action, Field(discriminator="do")])
