"""The result of putting two protocols side by side; its names are those of the written report."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

Pairing = Literal["within", "individual", "aggregated"]
PAIRINGS: tuple[Pairing, ...] = get_args(Pairing)


@dataclass(frozen=True)
class ProtocolComparison:
    """How far ratings and rankings of the same responses say the same; all shares are fractions from 0 to 1.

    ``table``: rows a, b, tie from the ratings, columns a, b, tie from the rankings. ``reversed``: both decisive and
    opposite. ``rating_tie_only``, ``ranking_tie_only``: one protocol ties, the other decides. ``half_credit`` counts
    those as half; ``gamma`` (Goodman and Kruskal) leaves them out. ``notes`` say why a value is None
    or only rough (an interval that had to be widened), ``findings``
    what a reader must know before using the numbers. ``merged`` counts comparisons that are part of another vote.
    """

    pairing: Pairing
    tie_margin: float
    seed: int
    matched_pairs: int
    consistent: int
    consistency: float
    ci95: tuple[float, float] | None
    table: tuple[tuple[int, int, int], ...]
    both_decisive: dict[str, int]
    kappa: float | None
    reversed: int
    rating_tie_only: int
    ranking_tie_only: int
    baselines: dict[str, float | None]
    agreement: dict[str, float | None]
    half_credit: float
    gamma: float | None
    correlation_of_signs: float | None
    expected_by_chance: float
    wilson95: tuple[float, float]
    mean_over_items: float
    tie_rate: dict[str, float]
    items: int
    merged: int
    by_gap: tuple[dict[str, Any], ...]
    by_stratum: tuple[dict[str, Any], ...]
    bootstrap: dict[str, Any] | None
    notes: dict[str, str]
    findings: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the report's keys and plain values."""
        from annotation.statistics.estimate import plain

        found = {name: plain(getattr(self, name)) for name in self.__dataclass_fields__}
        return {**found, "decisive_consistency": self.decisive_consistency}

    @property
    def decisive_consistency(self) -> float | None:
        """The share of agreement where both protocols decide; None where they never both do."""
        n = self.both_decisive["n"]
        return self.both_decisive["agree"] / n if n else None
