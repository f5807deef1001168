"""One item as it stands in a file or in a study's YAML: a prompt with any number of responses."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from annotation.protocols.items.gold import Gold
from multivocal.domain.shapes import Shape, unique

LONGEST = 100_000
MOST_RESPONSES = 26
# As in multivocal.domain.shapes, but named instead of taken out: a file is somebody's data.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def _clean(text: str) -> str:
    if found := CONTROL.search(text):
        raise ValueError(f"has a control character (U+{ord(found[0]):04X}) at character {found.start() + 1}")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _some(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty")
    return text


Text = Annotated[str, Field(max_length=LONGEST), AfterValidator(_clean)]
SomeText = Annotated[Text, AfterValidator(_some)]
Name = Annotated[str, Field(max_length=200), AfterValidator(_clean)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Identity = Annotated[Name, AfterValidator(_some)]


class ResponseRow(Shape):
    """One response: its text, who made it, and what it is there for."""

    id: Name = Field("", description="Unique within the item; 1, 2, … when left out.")
    text: Text
    system: Name = Field("", description="Who made it; never shown to annotators.")
    role: Literal["system", "hidden_reference", "low_anchor", "mid_anchor"] = "system"
    covariates: dict[Name, Number] = Field(
        default_factory=dict, max_length=50, description="Numbers about the text, for analysis."
    )


class UnitRow(Shape):
    """One question of a checklist; ``parent`` is the question it depends on."""

    id: Identity
    text: SomeText
    parent: Name = ""


class Utterance(Shape):
    """One message of the dialogue before the prompt."""

    role: Literal["user", "assistant"]
    content: Text


class ItemRow(Shape):
    """A prompt with its responses."""

    id: Identity = Field(description="Unique within the set; it stands in the data.")
    prompt: Text = ""
    context: tuple[Utterance, ...] = Field((), max_length=200)
    responses: tuple[ResponseRow, ...] = Field(min_length=1, max_length=MOST_RESPONSES)
    reference: Text = Field("", description="A text shown as the reference (MUSHRA); never a response.")
    stratum: Name = Field("", description="What kind of item it is, for reports.")
    split: Literal["main", "practice", "gold", "attention"] = "main"
    block: int | None = Field(None, ge=1, le=1_000_000, description="Items of one block go together.")
    units: tuple[UnitRow, ...] = Field((), max_length=200, description="Questions of a checklist.")
    gold: dict[str, Gold] = Field(
        default_factory=dict, description="Kind or key of a protocol, or any → what is accepted."
    )

    @model_validator(mode="before")
    @classmethod
    def _numbered(cls, data: Any) -> Any:
        # Responses without ids are called 1, 2, …
        if not isinstance(data, dict) or not isinstance(data.get("responses"), (list, tuple)):
            return data
        responses = [
            {**row, "id": str(n)} if isinstance(row, dict) and not row.get("id") else row
            for n, row in enumerate(data["responses"], start=1)
        ]
        return {**data, "responses": responses}

    @model_validator(mode="after")
    def _consistent(self) -> "ItemRow":
        unique([row.id for row in self.responses], "response id")
        unique([unit.id for unit in self.units], "unit id")
        known: set[str] = set()
        for unit in self.units:
            # A question comes after the one it depends on, so that no circle can be.
            if unit.parent and unit.parent not in known:
                raise ValueError(
                    f"the unit “{unit.id}” depends on “{unit.parent}”, which does not stand before it"
                )
            known.add(unit.id)
        if sum(row.role == "hidden_reference" for row in self.responses) > 1:
            raise ValueError("an item has at most one hidden reference")
        if not self.prompt.strip() and not self.context:
            raise ValueError("the prompt is empty")
        ids = {row.id for row in self.responses}
        wrong = [
            f"gold.{key} names the response “{name}”, which the item has not"
            for key, rule in self.gold.items()
            for name in sorted(rule.names() - ids)
        ]
        if wrong:
            raise ValueError("; ".join(wrong))
        if self.split in {"gold", "attention"} and not self.gold:
            raise ValueError(f"an item of the split {self.split} says in gold what is accepted")
        return self
