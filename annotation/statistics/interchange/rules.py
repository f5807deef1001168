"""How the interchange files are read."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rules:
    """The separator of the columns, and whether bad rows are left out (and counted) instead of refused."""

    delimiter: str = ","
    skip_invalid: bool = False


DEFAULT_RULES = Rules()
