"""Text between questions, and a box that must be ticked to go on."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

from django.utils.translation import gettext as _
from pydantic import Field

from annotation.profiles.items.base import Fields, Item, Reading, first, say
from multivocal.domain.shapes import LocalText


class Statement(Item):
    """Something to read; it asks nothing."""

    asks: ClassVar[bool] = False
    kind: Literal["statement"]
    text: LocalText = ""

    def read(self, reading: Reading) -> None:
        return None

    def fields(self, answers: Mapping[str, Any]) -> dict[str, list[str]]:
        return {}

    def names(self) -> Iterator[str]:
        return iter(())

    def paint(
        self, language: str, filled: Fields, order: Sequence[str], hidden: frozenset[str]
    ) -> dict[str, Any]:
        return {
            "paragraphs": [part.strip() for part in say(self.text, language).split("\n\n") if part.strip()]
        }


class Confirm(Item):
    """A box to tick; a required one is a condition for going on."""

    kind: Literal["confirm"]
    text: LocalText = Field(description="What stands beside the box.")
    value: str | None = Field(None, description="The value in releases when ticked.")

    def read(self, reading: Reading) -> None:
        if reading.one(self.id) == "1":
            reading.answers[self.id] = True
        elif reading.form.get(self.id):
            reading.wrong(self.id, _("Please tick the box or leave it."))
        elif self.required:
            reading.wrong(self.id, _("Please tick the box to go on."))
        else:
            reading.answers[self.id] = False

    def fields(self, answers: Mapping[str, Any]) -> dict[str, list[str]]:
        return {self.id: ["1"]} if answers.get(self.id) else {}

    def paint(
        self, language: str, filled: Fields, order: Sequence[str], hidden: frozenset[str]
    ) -> dict[str, Any]:
        return {"checked": first(filled, self.id) == "1", "text": say(self.text, language)}
