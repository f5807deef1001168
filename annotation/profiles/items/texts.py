"""Free text, short or long, with a hint on length that nobody is held to unless a minimum is set."""

from collections.abc import Sequence
from typing import Any, Literal

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from annotation.profiles.items.base import Fields, Item, Reading, first, say
from multivocal.domain.shapes import LocalText


class Text(Item):
    """Words of one's own."""

    kind: Literal["text"]
    size: Literal["short", "long"] = "long"
    min_chars: int = Field(0, ge=0, le=20_000)
    max_chars: int = Field(10_000, ge=1, le=20_000)
    guidance: LocalText = Field("", description="A hint on length or content, under the field; not enforced.")

    @model_validator(mode="after")
    def _possible(self) -> "Text":
        if self.min_chars > self.max_chars:
            raise ValueError("min_chars is above max_chars")
        return self

    def read(self, reading: Reading) -> None:
        text = reading.text(self.id, longest=self.max_chars, shortest=self.min_chars)
        if text:
            reading.answers[self.id] = text
        elif self.required:
            reading.wrong(self.id, _("Please write an answer."))

    def paint(
        self, language: str, filled: Fields, order: Sequence[str], hidden: frozenset[str]
    ) -> dict[str, Any]:
        return {
            "value": first(filled, self.id),
            "size": self.size,
            "guidance": say(self.guidance, language),
            "max_chars": self.max_chars,
        }
