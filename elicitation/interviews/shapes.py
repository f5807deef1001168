"""The interview stage's configuration, and the closed shapes of what a browser may ask of it."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter, model_validator

from multivocal.domain.shapes import CleanText, Language, LocalText, Shape, Slug, unique
from multivocal.live.shapes import KeepDraft, Ping
from multivocal.studies.stages import StageConfig


class Question(Shape):
    """A case people are asked about."""

    key: Slug
    title: LocalText
    prompt: LocalText = Field(description="The interviewer's first words.")
    contexts: tuple[Slug, ...] = Field((), description="Contexts that its values belong to.")


class ExampleCard(Shape):
    """A worked example, shown before the talk."""

    title: LocalText
    description: LocalText
    policies: tuple[LocalText, ...] = Field(min_length=3, max_length=7)


class InterviewConfig(StageConfig):
    """A talk with an interviewer that ends in a values card the person accepts."""

    kind: Literal["interview"]
    intro: LocalText = ""
    questions: tuple[Question, ...] = Field(min_length=1, max_length=40)
    contexts: dict[Slug, LocalText] = Field(
        default_factory=dict, description="Context → its words, as in “When …”."
    )
    ask: Literal["drawn", "chosen"] = Field(
        "drawn", description="drawn: one question by a stored seed; chosen: the person picks."
    )
    turns: int = Field(
        10, ge=2, le=30, description="Messages a person has; the card comes after them at last."
    )
    least: int = Field(2, ge=1, le=10, description="Messages before a card can be asked for.")
    cards: int = Field(1, ge=1, le=5, description="Values wanted of everybody.")
    most: int = Field(3, ge=1, le=10, description="Values one person may give.")
    changes: int = Field(
        8, ge=0, le=30, description="Changes of a card the model writes; by hand there is no limit."
    )
    may_skip: bool = Field(True, description="Whether somebody may go on without giving a value.")
    model: Slug | None = Field(
        None, description="Name of a language model; the study's first one when left out."
    )
    crisis: LocalText = Field(
        "", description="What is shown when somebody seems to be in danger; with a helpline."
    )
    crisis_words: dict[Language, tuple[CleanText, ...]] = Field(
        default_factory=dict, description="Words that bring the crisis text, besides the ones built in."
    )
    example: ExampleCard | None = None
    max_chars: int = Field(2000, ge=100, le=8000)
    experience: bool = Field(
        False, description="Ask how much the person has lived through of what the question is about."
    )

    @model_validator(mode="after")
    def _consistent(self) -> "InterviewConfig":
        unique([question.key for question in self.questions], "question")
        for question in self.questions:
            for context in question.contexts:
                if context not in self.contexts:
                    raise ValueError(f"the question “{question.key}” names no known context: “{context}”")
        if self.least > self.turns:
            raise ValueError("least is above turns")
        if self.most < self.cards:
            raise ValueError("most is below cards")
        return self

    def question(self, key: str) -> Question | None:
        """Return the question with this key."""
        return next((question for question in self.questions if question.key == key), None)


class Begin(Shape):
    """Begin an interview, about a question where people choose."""

    do: Literal["begin"]
    key: UUID
    question: Slug | None = None
    experience: Literal["never", "some", "much"] | None = None


class Say(Shape):
    """Send a message."""

    do: Literal["say"]
    key: UUID
    text: CleanText


class Propose(Shape):
    """Ask for a card now."""

    do: Literal["propose"]
    key: UUID


class Change(Shape):
    """Ask for changes to the card, in words."""

    do: Literal["change"]
    key: UUID
    text: CleanText


class Write(Shape):
    """Write the card by hand: the whole card, as it should be."""

    do: Literal["write"]
    key: UUID
    title: CleanText = Field(max_length=400)
    description: CleanText = Field(max_length=2000)
    policies: tuple[Annotated[CleanText, Field(max_length=1000)], ...] = Field(max_length=20)


class Accept(Shape):
    """Say that this version speaks for me; ``names_are_fine`` after a warning about names."""

    do: Literal["accept"]
    key: UUID
    version: int = Field(ge=1)
    names_are_fine: bool = False


class Retry(Shape):
    """Ask again for what did not come."""

    do: Literal["retry"]
    key: UUID


class Stop(Shape):
    """End this interview without a card."""

    do: Literal["stop"]
    key: UUID


class Reopen(Shape):
    """Take an accepted card up again; it counts as it is until other words are accepted."""

    do: Literal["reopen"]
    key: UUID
    interview: UUID


Action = Begin | Say | Propose | Change | Write | Accept | Retry | Stop | Reopen | KeepDraft | Ping
ACTION: TypeAdapter[Action] = TypeAdapter(Annotated[Action, Field(discriminator="do")])
