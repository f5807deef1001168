"""What a designer may set of a wisdom stage: contexts, seeds, steps written by hand, how cards are merged."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from multivocal.domain.shapes import LocalText, Shape, Slug, clean_text, unique
from multivocal.studies.stages import StageConfig

LEAST_WORDS, MOST_WORDS = 60, 90


def _each(least: int, most: int) -> AfterValidator:
    """Return a check of a text in every language it is given in: ``least`` to ``most`` characters."""

    def check(text: str | dict[str, str]) -> str | dict[str, str]:
        told = {"": text} if isinstance(text, str) else text
        found = {language: clean_text(words) for language, words in told.items()}
        for words in found.values():
            if not least <= len(words) <= most:
                raise ValueError(f"a text here has {least} to {most} characters, this one {len(words)}")
        return found[""] if isinstance(text, str) else found

    return AfterValidator(check)


class SeedValue(Shape):
    """A value written by the designer, so that the first people have something to vote on; marked for good."""

    key: Slug
    title: Annotated[LocalText, _each(1, 120)]
    description: Annotated[LocalText, _each(1, 600)]
    policies: tuple[Annotated[LocalText, _each(3, 300)], ...] = Field(min_length=3, max_length=7)
    questions: tuple[Slug, ...] = Field((), description="Questions it answers; all where left out.")


class SeedStep(Shape):
    """A step between two seeds, with its story."""

    source: Slug
    target: Slug
    context: Slug
    story: Annotated[LocalText, _each(1, 1200)]

    @model_validator(mode="after")
    def _story(self) -> "SeedStep":
        for story in [self.story] if isinstance(self.story, str) else self.story.values():
            words = len(story.split())
            if not LEAST_WORDS <= words <= MOST_WORDS:
                raise ValueError(f"a story has {LEAST_WORDS} to {MOST_WORDS} words, this one {words}")
        if self.source == self.target:
            raise ValueError("a step leads from one value to another")
        return self


class Merging(Shape):
    """Which cards are looked at together; a model then judges whether they say the same."""

    neighbours: int = Field(5, ge=1, le=20, description="How many of the nearest values are judged.")
    distance: float = Field(0.5, gt=0, le=2, description="Cosine distance beyond which nothing is judged.")


class Selecting(Shape):
    """The question which of others' values speak for somebody too."""

    show: int = Field(6, ge=2, le=12, description="How many values of others are shown.")
    when: Literal["before", "after"] = Field(
        "after", description="Before or after the stories; always after one's own card."
    )


class WisdomConfig(StageConfig):
    """Stories of people who came to a wiser value, and the question whether they did."""

    kind: Literal["wisdom"] = "wisdom"
    intro: LocalText = ""
    stories: int = Field(5, ge=1, le=20, description="Stories per person.")
    interview: Slug | None = Field(
        None, description="The interview stage whose contexts these are; nobody votes before their own card."
    )
    contexts: dict[Slug, LocalText] = Field(default_factory=dict, description="Where there is no interview.")
    seeds: tuple[SeedValue, ...] = ()
    steps: tuple[SeedStep, ...] = ()
    confirm: bool = Field(True, description="Ask whether a merged value still speaks for its people.")
    propose: bool = Field(True, description="People may propose a step, or a better story.")
    select: Selecting | None = Field(
        None, description="Also ask which of others' values speak for somebody; not asked where left out."
    )
    standing: bool = Field(
        True, description="After voting, show people where their value stands and ask whether that is fair."
    )
    model: Slug | None = Field(None, description="The language model that judges cards and writes stories.")
    embedder: Slug | None = Field(
        None, description="The language model that embeds cards; words are compared where left out."
    )
    merging: Merging = Merging()
    pairs: int = Field(24, ge=0, le=500, description="Pairs of values per context that get stories.")
    small_cell: int = Field(5, ge=3, le=100, description="Groups smaller than this are hidden in reports.")

    @model_validator(mode="after")
    def _fits(self) -> "WisdomConfig":
        unique([seed.key for seed in self.seeds], "seed")
        unique([(step.source, step.target, step.context) for step in self.steps], "step")
        known = {seed.key for seed in self.seeds}
        for step in self.steps:
            for end in (step.source, step.target):
                if end not in known:
                    raise ValueError(f"steps: there is no seed “{end}”")
            if self.interview is None and step.context not in self.contexts:
                raise ValueError(f"steps: there is no context “{step.context}”")
        return self

    def situations(self, definition: Any) -> dict[str, tuple[Any, tuple[str, ...]]]:
        """Return context → (its text, the questions it belongs to), from here or from the interview stage."""
        stage = next((one for one in definition.stages if one.id == self.interview), None)
        found: dict[str, tuple[Any, tuple[str, ...]]] = {
            key: (text, ()) for key, text in self.contexts.items()
        }
        questions = getattr(stage, "questions", ())
        for key, text in getattr(stage, "contexts", {}).items():
            found[key] = (text, tuple(one.key for one in questions if key in one.contexts))
        return found
