"""What every estimate can do: become plain JSON, and never with a number that is not finite."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np

from annotation.statistics.errors import NotEstimable


def plain(value: Any) -> Any:
    """Return ``value`` (dataclasses, arrays, tuples, mappings, numbers) as JSON types; refuses NaN and infinity."""
    if isinstance(value, float | np.floating):
        if not math.isfinite(value):
            raise NotEstimable("An estimate is not a finite number.")
        return float(value)
    if isinstance(value, np.integer | np.bool_):
        return value.item()
    if isinstance(value, np.ndarray | list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if is_dataclass(value):
        return {
            field.name: plain(getattr(value, field.name))
            for field in fields(value)
            if field.metadata.get("json", True)
        }
    return value


def checked_level(level: float) -> float:
    """Return ``level``; the level of an interval is a share between 0 and 1."""
    if not 0 < level < 1:
        raise ValueError("the level of an interval is a share between 0 and 1")
    return level


@dataclass(frozen=True)
class Estimate:
    """A frozen result; fields with the metadata ``json: False`` (covariances) stay out of the JSON."""

    def as_json(self) -> dict[str, Any]:
        """Return the fields as JSON types, by name."""
        found: dict[str, Any] = plain(self)
        return found
