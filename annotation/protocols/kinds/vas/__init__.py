"""Visual analogue scale: every answer gets a point on a line with two named ends and no numbers."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from annotation.protocols.forms import known, wholes
from annotation.protocols.orders import by_score
from annotation.protocols.places import unrated
from annotation.protocols.registry import Protocol, ProtocolConfig, Say
from annotation.protocols.shapes import BySlot, Preference, Score, Shown, Whole
from multivocal.domain.shapes import LocalText, Shape


class VasConfig(ProtocolConfig):
    """Rate each answer on its own; PRISM's values are the defaults."""

    kind: Literal["vas"] = "vas"
    min: int = Field(1, description="Value of the left end; never shown.")
    max: int = Field(100, description="Value of the right end; never shown.")
    low: LocalText = {"en": "Terrible", "ar": "سيئ جدًا"}
    high: LocalText = {"en": "Perfect", "ar": "ممتاز"}

    @model_validator(mode="after")
    def _ends(self) -> "VasConfig":
        if self.max <= self.min:
            raise ValueError("max must be above min")
        return self


class VasResponse(Shape):
    """A whole number per slot."""

    scores: BySlot[Whole]


def check(config: VasConfig, response: VasResponse, shown: Shown) -> Mapping[str, str]:
    """Return the slots that have no score or one outside the line, and scores for slots not shown."""
    return unrated(response.scores, shown.slots, config.min, config.max)


def scores(config: VasConfig, response: VasResponse, shown: Shown) -> Mapping[str, float | None]:
    """Return the ratings themselves."""
    return {slot: response.scores.get(slot) for slot in shown.slots}


def preferences(config: VasConfig, response: VasResponse, shown: Shown) -> tuple[Preference, ...]:
    """Return every pair by the sign of its distance; a band of indifference is the analysis's to choose."""
    return by_score(shown.slots, scores(config, response, shown))


def ratings(config: VasConfig, response: VasResponse, shown: Shown) -> tuple[Score, ...]:
    """Return the ratings themselves."""
    return tuple(Score(slot, "overall", value) for slot, value in response.scores.items())


def read(config: VasConfig, form: Any, shown: Shown) -> dict[str, Any]:
    """Return ``answer.scores.A`` and so on."""
    return known({"scores": wholes(form, "scores", shown.slots)})


def ask(config: VasConfig, shown: Shown, say: Say) -> str:
    """Return how a model answers."""
    example = ", ".join(f'"{slot}": <rating>' for slot in shown.slots)
    return (
        f"Rate each response on its own with a whole number from {config.min} ({say(config.low)})"
        f" to {config.max} ({say(config.high)}).\n"
        f'Answer with JSON and nothing else: {{"scores": {{{example}}}}}'
    )


PROTOCOL = Protocol(
    kind="vas",
    config=VasConfig,
    response=VasResponse,
    responses=(1, 8),
    template="kinds/vas/page.html",
    check=check,
    scores=scores,
    read=read,
    ask=ask,
    preferences=preferences,
    ratings=ratings,
)
