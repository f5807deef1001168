"""What a judge's several answers to one pair say together, with the two orders weighing the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from annotation.routing.domain.cases import LABELS, Label, Reply

Why = Literal["scores", "labels", "failed", "conflict", "split"]
Shares = dict[Label, float]


@dataclass(frozen=True)
class Verdict:
    """``label`` is None where the answers do not settle it; ``why`` says what settled it, or what did not.

    failed: nothing could be read. conflict: each order has its own winner. split: samples of an order draw level.
    """

    label: Label | None
    why: Why


def by_order(replies: Iterable[Reply], judge: str) -> tuple[list[Reply], list[Reply]]:
    """Return a judge's readable replies with a shown first, and with b shown first."""
    orders: tuple[list[Reply], list[Reply]] = ([], [])
    for reply in replies:
        if reply.judge == judge and reply.label is not None:
            orders[1 if reply.order else 0].append(reply)
    return orders


def shares(orders: Sequence[Sequence[Label | None]]) -> Shares:
    """Return how large a part of the answers each label has; orders weigh alike, whatever could not be read.

    Empty where no order has an answer.
    """
    read = [[label for label in order if label is not None] for order in orders]
    read = [order for order in read if order]
    return {
        label: sum(order.count(label) / len(order) for order in read) / len(read) for label in LABELS if read
    }


def verdict(replies: Iterable[Reply], judge: str) -> Verdict:
    """Return what ``judge`` says of the pair.

    Where every answer has two scores, their means are compared, orders weighing alike; equal means are a tie, since the
    judge said so. Else the label with the largest share wins, and where two lead together there is none: a judge that
    follows the place has not said "tie" (FairEval, Wang et al. 2024, counts it as one).
    """
    straight, swapped = by_order(replies, judge)
    read = [order for order in (straight, swapped) if order]
    if not read:
        return Verdict(None, "failed")
    gap = mean_gap(read)
    if gap is not None:
        return Verdict("tie" if abs(gap) < 1e-12 else "a" if gap > 0 else "b", "scores")
    found = shares([[reply.label for reply in order] for order in read])
    best = max(found.values())
    leaders = [label for label, share in found.items() if share > best - 1e-9]
    if len(leaders) == 1:
        return Verdict(leaders[0], "labels")
    return Verdict(None, "conflict" if len(read) == 2 and conflict(straight, swapped) else "split")


def mean_gap(orders: Sequence[Sequence[Reply]]) -> float | None:
    """Return the mean score of a less that of b, orders weighing alike; None where an answer has no scores."""
    means = []
    for order in orders:
        gaps = [
            reply.score_a - reply.score_b
            for reply in order
            if reply.score_a is not None and reply.score_b is not None
        ]
        if len(gaps) != len(order) or not gaps:
            return None
        means.append(sum(gaps) / len(gaps))
    return sum(means) / len(means) if means else None


def commonest(order: Sequence[Reply]) -> frozenset[Label]:
    """Return the labels that lead within one order: one, or several that draw level."""
    labels = [reply.label for reply in order if reply.label is not None]
    most = max((labels.count(label) for label in LABELS), default=0)
    return frozenset(label for label in LABELS if most and labels.count(label) == most)


def conflict(straight: Sequence[Reply], swapped: Sequence[Reply]) -> bool:
    """Return whether the label changes with the order: what leads in one is not what leads in the other."""
    if len(straight) == 1 and len(swapped) == 1:
        return straight[0].label != swapped[0].label
    return commonest(straight) != commonest(swapped)


def ai_label(replies: Sequence[Reply], judges: Sequence[str]) -> tuple[Label | None, str | None]:
    """Return the label of the first judge who has one, and who that is; (None, None) where none has."""
    for judge in judges:
        if (label := verdict(replies, judge).label) is not None:
            return label, judge
    return None, None
