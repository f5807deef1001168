"""The actions that every live stage takes from a browser."""

from typing import Literal

from pydantic import Field

from multivocal.domain.shapes import CleanText, Shape


class KeepDraft(Shape):
    """Keep what was typed so far."""

    do: Literal["draft"]
    text: CleanText = Field(max_length=20_000)


class Ping(Shape):
    """Are you there?"""

    do: Literal["ping"]
