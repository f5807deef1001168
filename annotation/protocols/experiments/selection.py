"""The rows of one view of a report, arranged by protocol."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from annotation.protocols.experiments.arrays import of_systems
from annotation.protocols.experiments.plan import Plan
from annotation.protocols.experiments.rows import Response, Row, counted


@dataclass(frozen=True)
class Selection:
    """What one view rests on: every row of it (also repeats, checks and non-answers), the stimuli, the plan."""

    rows: list[Row]
    responses: Mapping[str, Response]
    plan: Plan
    models: bool = False

    @cached_property
    def counted(self) -> list[Row]:
        """The judgements that estimates rest on: main items, real answers, no references or anchors."""
        return of_systems(counted(self.rows, models=self.models), self.responses)

    @cached_property
    def by_protocol(self) -> dict[str, list[Row]]:
        """The counted judgements of each protocol, by its key."""
        found: dict[str, list[Row]] = {}
        for row in sorted(self.counted, key=lambda row: row.protocol):
            found.setdefault(row.protocol, []).append(row)
        return found

    @cached_property
    def rating(self) -> dict[str, list[Row]]:
        """The protocols that give scores."""
        return {key: rows for key, rows in self.by_protocol.items() if any(row.scores for row in rows)}

    @cached_property
    def ranking(self) -> dict[str, list[Row]]:
        """The protocols that give preferences of their own: those without scores, and those that ask for both."""
        return {
            key: rows
            for key, rows in self.by_protocol.items()
            if any(row.pairs for row in rows) and (key not in self.rating or rows[0].kind == "rate_then_rank")
        }

    @property
    def z(self) -> float:
        """The normal quantile of the plan's confidence."""
        from scipy.stats import norm

        return float(norm.ppf(0.5 + self.plan.confidence / 2))
