"""What a dataset is: a key, its columns (its codebook) and the one SELECT that gives them in order."""

from dataclasses import dataclass
from typing import Literal

ColumnType = Literal["string", "text", "integer", "number", "boolean", "timestamp", "date", "uuid", "json"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its type, meaning and unit, when it is null, and whether it could identify a person."""

    name: str
    type: ColumnType
    description: str
    unit: str = ""
    null: str = ""
    identifying: bool = False


@dataclass(frozen=True, slots=True)
class Dataset:
    """Rows to take away.

    ``sql`` is one SELECT giving exactly ``columns`` in order. Its psycopg named parameters: ``study`` (uuid),
    and, each null where not asked for, ``since`` (timestamptz), ``annotator`` (pseudonym), ``version`` (int).
    It leaves out previews and people who withdrew.
    """

    key: str
    title: str
    description: str
    columns: tuple[Column, ...]
    sql: str

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the columns, in order."""
        return tuple(column.name for column in self.columns)
