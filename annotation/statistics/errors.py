"""The refusals of the statistics: a number that would mean nothing, and a file that cannot be read."""

from collections.abc import Sequence
from dataclasses import dataclass


class NotEstimable(ValueError):
    """The rows cannot support the statistic that was asked for; ``reason`` is a sentence for a person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file; ``line`` counts from 1, and is 0 where it is about the file as a whole."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}" if self.line else self.reason


class BadFile(ValueError):
    """A file that is refused as a whole; ``problems`` names every bad row by line and reason, in order."""

    def __init__(self, name: str, problems: Sequence[Problem]) -> None:
        super().__init__(f"{name}: {problems[0]}" if problems else name)
        self.name = name
        self.problems = tuple(problems)
