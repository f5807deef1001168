"""What people together say of a pair."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from annotation.routing.labels import Given, Label


@dataclass(frozen=True)
class Gold:
    """A label more than half of at least two people gave; ``human_right`` whether the one asked first gave it too."""

    label: Label
    human_right: float
    agreed: bool


def gold_of(given: Sequence[Given]) -> Gold | None:
    """Return what people agree on; None where fewer than two said anything, or none has more than half."""
    labels = [one.label for one in given if one.label is not None and not one.verified]
    if len(labels) < 2:
        return None
    label, most = Counter(labels).most_common(1)[0]
    if most * 2 <= len(labels):
        return None
    return Gold(label, float(labels[0] == label), most == len(labels))
