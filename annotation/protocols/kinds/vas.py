"""Visual analogue scale: every answer gets a point on a line with two named ends and no numbers."""

from collections.abc import Mapping
from typing import Literal

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from annotation.protocols.registry import Protocol, ProtocolConfig, Slots
from multivocal.domain.shapes import LocalText, Shape


class VasConfig(ProtocolConfig):
    """Rate each answer on its own; PRISM's values are the defaults."""

    kind: Literal["vas"] = "vas"
    instruction: LocalText = ""
    min: int = Field(1, description="Value of the left end; never shown.")
    max: int = Field(100, description="Value of the right end; never shown.")
    low: LocalText = "Terrible"
    high: LocalText = "Perfect"

    @model_validator(mode="after")
    def _ends(self) -> "VasConfig":
        if self.max <= self.min:
            raise ValueError("max must be above min")
        return self


class VasResponse(Shape):
    """A whole number per slot."""

    scores: dict[str, int]


def check(config: VasConfig, response: VasResponse, slots: Slots) -> Mapping[str, str]:
    """Return the slots that have no score or one outside the line, and scores for slots not shown."""
    wrong = {s: _("this answer is not on the page") for s in response.scores if s not in slots}
    for slot in slots:
        score = response.scores.get(slot)
        if score is None:
            wrong[slot] = _("rate this answer")
        elif not config.min <= score <= config.max:
            wrong[slot] = _("a rating lies between {min} and {max}").format(min=config.min, max=config.max)
    return wrong


def scores(config: VasConfig, response: VasResponse, slots: Slots) -> Mapping[str, float | None]:
    """Return the ratings themselves."""
    return {slot: response.scores.get(slot) for slot in slots}


PROTOCOL = Protocol("vas", VasConfig, VasResponse, check, scores)
