"""Whether the screens of a design connect all systems, so that one scale can hold them."""

from collections.abc import Sequence

from annotation.protocols.comparison.screens import Subject, screens_of
from annotation.protocols.comparison.shapes import ComparisonConfig


def design_groups(stage: ComparisonConfig, key: str, items: Sequence[Subject]) -> str:
    """Return a sentence naming the groups of systems that a protocol would never link; empty where all are linked.

    Systems are linked where their responses stand on one screen or, with a response per screen, in one item.
    """
    import numpy as np

    from annotation.statistics.pairwise.connectedness import connectedness
    from annotation.statistics.pairwise.counts import Counts

    edges: set[tuple[str, str]] = set()
    systems: set[str] = set()
    for item in items:
        for screen in screens_of(item, key, stage.protocol(key), stage.responses):
            together = screen.members if len(screen.members) > 1 else item.responses
            names = sorted({member.system for member in together})
            systems.update(names)
            edges.update((first, second) for first in names for second in names if first < second)
    if len(systems) < 2:
        return ""
    labels = tuple(sorted(systems))
    place = {label: n for n, label in enumerate(labels)}
    ties = np.zeros((len(labels), len(labels)))
    for first, second in edges:
        ties[place[first], place[second]] = ties[place[second], place[first]] = 1.0
    found = connectedness(Counts(labels, np.zeros_like(ties), ties))
    return "" if found.connected else f"“{key}”: {found.reason()}"
