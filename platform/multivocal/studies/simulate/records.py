"""What a run of bots leaves behind: outcomes, durations, mishaps, and every acknowledged answer."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

FINISHED = ("complete", "screened_out", "no_consent", "quota_full", "technical", "withdrawn")
OUTCOMES = (*FINISHED, "failed", "stranded")
"""failed: never got in. stranded: got in and could neither go on nor leave by a proper end."""


@dataclass(frozen=True)
class Acknowledged:
    """An answer the server said it has: whose, what kind of act, its key, and what was sent."""

    person: str
    act: str
    key: str
    sent: dict[str, Any]


@dataclass
class Records:
    """Filled by all bots of a run; ``on_acknowledged`` hears of every acknowledged answer at once."""

    outcomes: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    acknowledged: list[Acknowledged] = field(default_factory=list)
    on_acknowledged: Callable[[Acknowledged], None] | None = None

    def took(self, step: str, seconds: float) -> None:
        """Note a duration."""
        self.times[step].append(seconds)

    @contextmanager
    def timing(self, step: str) -> Iterator[None]:
        """Note how long the block took, unless it raises."""
        started = time.perf_counter()
        yield
        self.took(step, time.perf_counter() - started)

    def wrong(self, kind: str) -> None:
        """Count something that did not go as it should; the bot goes on as a person would."""
        self.errors[kind] += 1

    def acknowledge(self, person: str, act: str, key: str, sent: dict[str, Any]) -> None:
        """Note that the server has taken an answer."""
        one = Acknowledged(person, act, key, sent)
        self.acknowledged.append(one)
        if self.on_acknowledged is not None:
            self.on_acknowledged(one)

    def ended(self, person: str, outcome: str, reason: str = "") -> None:
        """Note how it ended for somebody."""
        self.outcomes[person] = outcome
        if reason:
            self.reasons[person] = reason

    def count(self, outcome: str) -> int:
        """Return for how many it ended so."""
        return sum(1 for one in self.outcomes.values() if one == outcome)


def quantile(values: list[float], share: float) -> float:
    """Return the smallest value that at least ``share`` of ``values`` do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, -(-int(share * 100) * len(ordered) // 100) - 1))]
