"""What the browser noticed while a person judged: all of it optional, none of it content."""

import json
from typing import Annotated, Any

from pydantic import Field, ValidationError

from multivocal.domain.shapes import Shape

LONGEST = 20_000
Slot = Annotated[str, Field(pattern=r"^[A-Z]$")]
Noticed = Annotated[str, Field(pattern=r"^[a-z_]{1,20}$")]
Amount = Annotated[int, Field(ge=0, le=86_400_000)]


class Paradata(Shape):
    """Milliseconds on the page and away from it, characters pasted, changes of an answer in all and per slot."""

    page_ms: int | None = Field(None, ge=0, le=86_400_000)
    away_ms: int | None = Field(None, ge=0, le=86_400_000)
    pasted_chars: int | None = Field(None, ge=0, le=10_000_000)
    changes: int | None = Field(None, ge=0, le=1_000_000)
    keys: int | None = Field(None, ge=0, le=1_000_000)
    slots: dict[Slot, dict[Noticed, Amount | None]] = Field(default_factory=dict, max_length=26)


def parse_paradata(text: Any) -> dict[str, Any]:
    """Return the paradata of a form as plain data; what has not the form it must have is nothing, never an error."""
    if not isinstance(text, str) or not text or len(text) > LONGEST:
        return {}
    try:
        data = json.loads(text)
        known = {key: data[key] for key in Paradata.model_fields if key in data}
        return Paradata.model_validate(known).model_dump(exclude_unset=True)
    except (ValueError, TypeError, RecursionError, ValidationError):
        return {}
