"""What became of the rows of a file."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class RowCounts:
    """``read`` = ``used`` + ``duplicate`` + ``unmatched`` + ``invalid``: nothing is dropped in silence."""

    read: int
    used: int
    duplicate: int = 0
    unmatched: int = 0
    invalid: int = 0

    def __add__(self, other: "RowCounts") -> "RowCounts":
        mine, theirs = self.as_json(), other.as_json()
        return RowCounts(**{name: mine[name] + theirs[name] for name in mine})

    def matched(self, used: int) -> "RowCounts":
        """Return the counts once it is known that only ``used`` of the good rows found a counterpart."""
        return RowCounts(self.read, used, self.duplicate, self.used - used, self.invalid)

    def as_json(self) -> dict[str, int]:
        """Return the five counts."""
        return asdict(self)
