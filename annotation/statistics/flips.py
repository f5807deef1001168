"""Answers to the same pair in both orders: whether an annotator stays with a response or with a place."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np

from annotation.statistics.bootstrap import Interval, ratio_interval
from annotation.statistics.errors import NotEstimable

Outcome = Literal[1, 0, -1]
Class = Literal["agree", "flip", "tie", "half_tie", "no_answer"]
FEW = 2


@dataclass(frozen=True)
class BothOrders:
    """A pair of responses of one item, asked about twice: 1 the one shown first was preferred, −1 the other, 0 a tie.

    ``straight`` and ``swapped`` each speak of the place on their own screen; None where no answer was given.
    """

    item: str
    straight: Outcome | None
    swapped: Outcome | None

    @property
    def outcome(self) -> Class:
        """Return what the two answers are together; a tie by changing one's mind is no stated tie."""
        if self.straight is None or self.swapped is None:
            return "no_answer"
        if not self.straight and not self.swapped:
            return "tie"
        if not self.straight or not self.swapped:
            return "half_tie"
        return "agree" if self.straight == -self.swapped else "flip"


@dataclass(frozen=True)
class OrderOutcomes:
    """Counts of pairs by what their two answers are together, and how far the place decided.

    ``flips_first`` are flips to what stood first, both times. ``flip_share`` is flips / (agree + flip), ``first_share``
    the share of all decisive answers that went to what stood first (½ is no bias; both orders of each pair are in it,
    so no response's worth is). Intervals are by bootstrap over items, exact at 0 and 1; ``None`` with its reason in
    ``refused``.
    """

    pairs: int
    agree: int
    flip: int
    flips_first: int
    tie: int
    half_tie: int
    no_answer: int
    flip_share: Interval | None
    first_share: Interval | None
    refused: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the fields as plain JSON values."""
        return asdict(self) | {"refused": list(self.refused)}


def order_outcomes(
    pairs: Sequence[BothOrders], *, resamples: int | None = None, seed: int = 0, level: float = 0.95
) -> OrderOutcomes:
    """Return how the answers in the two orders go together.

    Published data sets often turn a flip into "equal" (Peering Through Preferences does): here it is never a tie.
    An answer that is missing, unreadable or a refusal makes its pair ``no_answer``. Shares are refused where nothing
    was decided, and where the pairs are of one item alone.
    """
    counts = Counter(pair.outcome for pair in pairs)
    refused: list[str] = []
    decided = [pair for pair in pairs if pair.outcome in ("agree", "flip")]
    flipped = [pair.outcome == "flip" for pair in decided]
    # Only pairs with both answers: one side's answer alone would let the responses' worth in.
    whole = [pair for pair in pairs if pair.outcome != "no_answer"]
    firsts = [(pair.straight == 1) + (pair.swapped == 1) for pair in whole]
    decisive = [bool(pair.straight) + bool(pair.swapped) for pair in whole]

    def share(
        name: str, top: Sequence[int], bottom: Sequence[int], rows: Sequence[BothOrders]
    ) -> Interval | None:
        if not sum(bottom):
            refused.append(f"{name}: no pair was decided in both orders.")
            return None
        _, item = np.unique([pair.item for pair in rows], return_inverse=True)
        if int(item.max()) + 1 < FEW:
            refused.append(f"{name}: all pairs are of one item, so nothing is known of others.")
            return None
        try:
            found = ratio_interval(top, bottom, [item], resamples=resamples, seed=seed, level=level)
            return _not_certain(found, int(item.max()) + 1)
        except NotEstimable as problem:
            refused.append(f"{name}: {problem.reason}")
            return None

    return OrderOutcomes(
        pairs=len(pairs),
        agree=counts["agree"],
        flip=counts["flip"],
        flips_first=sum(pair.outcome == "flip" and pair.straight == 1 for pair in pairs),
        tie=counts["tie"],
        half_tie=counts["half_tie"],
        no_answer=counts["no_answer"],
        flip_share=share("flip_share", flipped, [1] * len(decided), decided),
        first_share=share("first_share", firsts, decisive, whole),
        refused=tuple(refused),
    )


def _not_certain(found: Interval, items: int) -> Interval:
    """Return an interval of 0 or 1 as the exact one with each item as a single draw: drawing again adds no doubt."""
    tail = ((1 - found.level) / 2) ** (1 / items)
    if found.estimate == 0:
        return replace(found, high=1 - tail)
    return replace(found, low=tail) if found.estimate == 1 else found
