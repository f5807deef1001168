"""A declared design: who judges what how often, and how much people and items are thought to differ."""

from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil, isfinite
from typing import Literal

from annotation.statistics.errors import NotEstimable
from annotation.statistics.estimate import Estimate

Kind = Literal["single", "between", "within", "mixed"]
Measure = Literal["net", "share"]
MOST_JUDGEMENTS = 1_000_000


@dataclass(frozen=True)
class Design(Estimate):
    """What is planned. Each protocol judges every pair ``per_pair`` times; ``annotators`` are all people together.

    ``kind``: single (one protocol against the known value ``base``); between (half the people each); within
    (everybody does both, on the same pairs if ``same_items``); mixed (half do both, a quarter one of them each).
    ``measure``: net (wins − losses, ties nought) or share (yes or no, such as consistent); both in points.
    The first protocol's value is ``base``, the second's ``base + effect``.
    Judgements follow a probit model with unit error: ``rater_sd`` and ``item_sd`` are the deviations of people and
    pairs on its scale, ``…_by_protocol_sd`` what differs anew under each protocol. ``thresholds`` (rising) cut the
    scale into answers, scored evenly from −1 (net) or 0 (share) to 1; else two are set so that ``tie_rate`` of
    the first protocol's answers are ties, or for a share one at 0.
    """

    kind: Kind
    pairs: int
    annotators: int
    per_pair: int = 3
    measure: Measure = "net"
    base: float = 0.0
    effect: float = 5.0
    tie_rate: float = 0.33
    rater_sd: float = 0.3
    item_sd: float = 0.5
    rater_by_protocol_sd: float = 0.0
    item_by_protocol_sd: float = 0.0
    thresholds: tuple[float, ...] | None = None
    same_items: bool = False
    alpha: float = 0.05

    @property
    def protocols(self) -> int:
        """One for a single design, else two."""
        return 1 if self.kind == "single" else 2

    @property
    def judgements(self) -> int:
        """All judgements of all protocols."""
        return self.protocols * self.pairs * self.per_pair

    @property
    def per_annotator(self) -> float:
        """Judgements of one person, on average."""
        return self.judgements / self.annotators

    def groups(self) -> tuple[range, range]:
        """Return who (as numbers) judges under the first and under the second protocol; the second may be empty."""
        everybody, half = range(self.annotators), self.annotators // 2
        if self.kind == "single":
            return everybody, range(0)
        if self.kind == "between":
            return range(half), range(half, self.annotators)
        if self.kind == "within":
            return everybody, everybody
        quarter = self.annotators // 4
        return range(self.annotators - quarter), range(quarter, self.annotators)

    def scaled(self, pairs: int) -> "Design":
        """Return the same design with ``pairs`` pairs and as many people as keep everybody's work the same."""
        people = ceil(self.annotators * pairs / self.pairs - 1e-9)
        return replace(self, pairs=pairs, annotators=max(people, self.fewest()))

    def with_people(self, annotators: int) -> "Design":
        """Return the same design with another number of people."""
        return replace(self, annotators=annotators)

    def fewest(self) -> int:
        """Return the fewest people with whom nobody need judge a pair twice under a protocol, and clusters exist."""
        if self.kind == "between":
            return max(2 * self.per_pair, 4)
        if self.kind == "mixed":
            return max(4 * self.per_pair, 4)
        return max(self.per_pair * (2 if self.kind == "within" and not self.same_items else 1), 2)

    def _deviations(self) -> tuple[float, ...]:
        return self.rater_sd, self.item_sd, self.rater_by_protocol_sd, self.item_by_protocol_sd

    def checked(self) -> "Design":
        """Return itself; refuses what cannot be planned, by a sentence."""
        if self.kind not in ("single", "between", "within", "mixed") or self.measure not in ("net", "share"):
            raise NotEstimable("A design is single, between, within or mixed; a measure is net or share.")
        cuts = self.thresholds
        numbers = (self.base, self.effect, self.tie_rate, self.alpha, *self._deviations(), *(cuts or ()))
        if not all(map(isfinite, numbers)):
            raise NotEstimable("A number of the design is not finite.")
        if self.pairs < 2 or self.per_pair < 1:
            raise NotEstimable("At least two pairs, each judged at least once, are needed.")
        if self.annotators < self.fewest():
            raise NotEstimable(f"This design needs at least {self.fewest()} annotators.")
        if self.judgements > MOST_JUDGEMENTS:
            raise NotEstimable(f"More than {MOST_JUDGEMENTS:,} judgements are not planned here.")
        if min(self._deviations()) < 0:
            raise NotEstimable("A standard deviation is below 0.")
        if not 0 < self.alpha < 1 or not 0 <= self.tie_rate < 1:
            raise NotEstimable("The error rate and the tie rate are shares between 0 and 1.")
        if cuts is not None and (not cuts or any(a >= b for a, b in pairwise(cuts))):
            raise NotEstimable("The thresholds must rise.")
        return self
