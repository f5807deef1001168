"""The closed shapes of a questionnaire: pages of items, and the two stages made of them."""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field, model_validator

from annotation.profiles.conditions import Condition, ShowIf
from annotation.profiles.items.base import Item
from annotation.profiles.items.choices import Multiple, Single
from annotation.profiles.items.country import Country
from annotation.profiles.items.numbers import Date, Number
from annotation.profiles.items.plain import Confirm, Statement
from annotation.profiles.items.texts import Text
from annotation.profiles.items.vas import Vas
from multivocal.domain.shapes import LocalText, Shape, Slug, unique
from multivocal.studies.stages import StageConfig

AnyItem = Annotated[
    Single | Multiple | Vas | Text | Country | Number | Date | Statement | Confirm,
    Field(discriminator="kind"),
]


class Page(Shape):
    """Questions that are shown, answered and stored together."""

    id: Slug
    title: LocalText = ""
    intro: LocalText = ""
    items: tuple[AnyItem, ...] = Field(min_length=1, max_length=60)
    show_if: ShowIf | None = None

    @model_validator(mode="after")
    def _distinct(self) -> "Page":
        unique([item.id for item in self.items], "item")
        return self


class Profile(StageConfig):
    """What screening and survey have in common."""

    traits: tuple[Slug, ...] = Field(
        (), description="Items whose answers later stages, strata and quotas may use."
    )

    @property
    def all_pages(self) -> tuple[Page, ...]:
        """The pages, in order."""
        raise NotImplementedError

    @property
    def all_items(self) -> list[Item]:
        """Every item of every page, in order."""
        return [item for page in self.all_pages for item in page.items]

    def _look_over(self) -> None:
        unique([page.id for page in self.all_pages], "page")
        unique([item.id for item in self.all_items], "item")
        _known("traits", self.traits, [item.id for item in self.all_items if item.asks])


class SurveyConfig(Profile):
    """Pages of questions, one after the other."""

    kind: Literal["survey"]
    pages: tuple[Page, ...] = Field(min_length=1, max_length=100)

    @model_validator(mode="after")
    def _consistent(self) -> "SurveyConfig":
        self._look_over()
        return self

    @property
    def all_pages(self) -> tuple[Page, ...]:
        """The pages, in order."""
        return self.pages


class ScreeningConfig(Profile):
    """One page of questions that decides who may go on; the person never learns why not."""

    kind: Literal["screening"]
    intro: LocalText = ""
    items: tuple[AnyItem, ...] = Field(min_length=1, max_length=60)
    eligible: tuple[Condition, ...] = Field((), description="Who may go on: every condition must hold.")
    decline: LocalText = Field(
        "", description="A second button for people who cannot say yes; they leave kindly."
    )

    @model_validator(mode="after")
    def _consistent(self) -> "ScreeningConfig":
        self._look_over()
        _known("eligible", [c.item for c in self.eligible], [item.id for item in self.all_items])
        return self

    @property
    def all_pages(self) -> tuple[Page, ...]:
        """The one page of this stage; it is named after the stage."""
        return (
            Page.model_construct(
                id=self.id, title=self.title, intro=self.intro, items=self.items, show_if=None
            ),
        )


def _known(place: str, wanted: Iterable[str], there: list[str]) -> None:
    for name in wanted:
        if name not in there:
            raise ValueError(f"{place}: there is no item “{name}” in this stage")
