"""A column of pgvector: 256 numbers, compared by cosine distance in the database."""

from collections.abc import Sequence
from typing import Any

from django.db import models

DIMENSIONS = 256


class VectorField(models.Field):
    """A list of 256 floats; null where no vector was made yet."""

    def db_type(self, connection: Any) -> str:
        """Return pgvector's type."""
        return f"vector({DIMENSIONS})"

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> list[float] | None:
        """Return the numbers that PostgreSQL writes as ``[1,2,3]``."""
        return None if value is None else [float(part) for part in value.strip("[]").split(",")]

    def get_db_prep_value(
        self, value: Sequence[float] | None, connection: Any, prepared: bool = False
    ) -> Any:
        """Return the numbers as pgvector reads them."""
        return None if value is None else as_text(value)


def as_text(vector: Sequence[float]) -> str:
    """Return a vector as pgvector's text."""
    return "[" + ",".join(f"{number:.7g}" for number in vector) + "]"
