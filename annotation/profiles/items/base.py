"""What every kind of item has: its shape, how a form is read, how it is filled again, and how it is painted."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator

from annotation.profiles.conditions import ShowIf
from annotation.profiles.reading import Reading
from multivocal.domain.shapes import LocalText, Shape, Slug, say

# Names of the form's own fields; an item of the same name would read them as its answer.
RESERVED = {
    "stage",
    "step",
    "key",
    "paradata",
    "shown",
    "go",
    "page",
    "csrfmiddlewaretoken",
    "language",
    "next",
}
Randomise = Literal["none", "all", "all_but_last"]
Fields = Mapping[str, Sequence[str]]


class Item(Shape):
    """One question, or a piece of text between questions."""

    asks: ClassVar[bool] = True
    id: Slug = Field(description="The field's name in the data.")
    label: LocalText = Field(description="The question.")
    help: LocalText = Field("", description="A line under the question.")
    required: bool = True
    show_if: ShowIf | None = None
    remember_as: Slug | None = Field(None, description="Keep the answer as a trait of this name.")

    @field_validator("id")
    @classmethod
    def _free(cls, value: str) -> str:
        if value in RESERVED:
            raise ValueError(f"“{value}” is a name the form itself uses; choose another")
        return value

    def parts(self) -> Iterator[tuple[str, "ShowIf | None"]]:
        """Yield (key, condition) of each option or row that can be hidden by itself."""
        return iter(())

    def shuffled(self) -> tuple[list[str], Randomise]:
        """Return the keys that have an order, and how it is drawn."""
        return [], "none"

    def read(self, reading: Reading) -> None:
        """Read the answer out of a form into ``reading``: a value, texts, or problems."""
        raise NotImplementedError

    def fields(self, answers: Mapping[str, Any]) -> dict[str, list[str]]:
        """Return form fields that would give these answers: what ``read`` undoes."""
        value = answers.get(self.id)
        return {} if value is None else {self.id: [str(value)]}

    def paint(
        self, language: str, filled: Fields, order: Sequence[str], hidden: frozenset[str]
    ) -> dict[str, Any]:
        """Return what the item's template needs beyond label, help and problem."""
        return {"value": first(filled, self.id)}

    def names(self) -> Iterator[str]:
        """Yield the names of all form fields that could belong to this item."""
        yield self.id


class Option(Shape):
    """One answer to choose."""

    key: Slug
    label: LocalText
    value: str | None = Field(None, description="The value in releases; the key when left out.")
    text: bool = Field(False, description="Choosing it opens a text field.")
    text_required: bool = Field(False, description="The text field must be filled in.")
    exclusive: bool = Field(False, description="Nothing else may be chosen with it.")
    show_if: ShowIf | None = None


def first(filled: Fields, name: str) -> str:
    """Return the first value of a field, or an empty string."""
    values = filled.get(name) or [""]
    return values[0]


def prefer_not_to_say() -> Option:
    """Return the option that lets a person keep an answer to themselves."""
    # Spelled out here, not through gettext: the options of a frozen study must not change with a catalogue.
    return Option(
        key="prefer_not_to_say",
        label={"en": "Prefer not to say", "ar": "أفضّل عدم الإجابة"},
        value="Prefer not to say",
        exclusive=True,
    )


__all__ = [
    "RESERVED",
    "Fields",
    "Item",
    "Option",
    "Randomise",
    "Reading",
    "first",
    "prefer_not_to_say",
    "say",
]
