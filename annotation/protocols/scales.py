"""Scales of points with words: what likert, dimensions and rate-then-rank have in common."""

from typing import Any, Self

from pydantic import Field, model_validator

from annotation.protocols.shapes import ProtocolConfig
from multivocal.domain.shapes import LocalText

# Spelled out here, not through gettext: the words of a frozen study must not change with a catalogue.
LOW: LocalText = {"en": "Very bad", "ar": "سيئ جدًا"}
HIGH: LocalText = {"en": "Very good", "ar": "جيد جدًا"}


class Scale(ProtocolConfig):
    """A row of points from ``start`` to ``last``; both ends have words, or every point has."""

    points: int = Field(7, ge=2, le=11)
    start: int = Field(1, ge=-5, le=1, description="The first point's number.")
    low: LocalText = LOW
    high: LocalText = HIGH
    labels: tuple[LocalText, ...] = Field((), description="Words for every point, in place of the two ends.")

    @model_validator(mode="after")
    def _labels_fit(self) -> Self:
        if self.labels and len(self.labels) != self.points:
            raise ValueError(f"labels has {len(self.labels)} texts for {self.points} points")
        return self

    @property
    def last(self) -> int:
        """The last point's number."""
        return self.start + self.points - 1


def spoken(config: Scale, say: Any) -> str:
    """Return the scale in words for a model: "1 (Very bad) to 7 (Very good)"."""
    if not config.labels:
        return f"{config.start} ({say(config.low)}) to {config.last} ({say(config.high)})"
    points = range(config.start, config.last + 1)
    named = ", ".join(f"{point} = {say(words)}" for point, words in zip(points, config.labels, strict=True))
    return f"{config.start} to {config.last} ({named})"
