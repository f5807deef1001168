"""Whether screens connect all systems, so that one scale can hold them."""

from collections.abc import Collection, Iterable, Sequence

from annotation.protocols.comparison.screens import Response, Screen, Subject, screens_of
from annotation.protocols.comparison.shapes import ComparisonConfig


def design_groups(stage: ComparisonConfig, key: str, items: Sequence[Subject]) -> str:
    """Return a sentence naming the groups of systems that a protocol would never link; empty where all are linked."""
    every = [
        screen for item in items for screen in screens_of(item, key, stage.protocol(key), stage.responses)
    ]
    reason = _apart(stood_together(every), ())
    return f"“{key}”: {reason}" if reason else ""


def judged_groups(screens: Sequence[Screen], judged: Collection[Screen]) -> str:
    """Return the same for the screens of a design that were judged so far, of which there is at least one."""
    return _apart(stood_together(judged), _names(one for screen in screens for one in screen.members))


def stood_together(screens: Iterable[Screen]) -> list[set[str]]:
    """Return the systems that are linked: by one screen or, with a response per screen, by one item."""
    found: list[set[str]] = []
    singles: dict[object, list[Response]] = {}
    for screen in screens:
        if len(screen.members) > 1:
            found.append(_names(screen.members))
        else:
            singles.setdefault(screen.item.pk, []).extend(screen.members)
    return found + [_names(members) for members in singles.values()]


def _names(members: Iterable[Response]) -> set[str]:
    return {member.system for member in members}


def _apart(together: Iterable[set[str]], others: Collection[str]) -> str:
    import numpy as np

    from annotation.statistics.pairwise.connectedness import connectedness
    from annotation.statistics.pairwise.counts import Counts

    together = list(together)
    labels = tuple(sorted(set(others).union(*together)))
    if len(labels) < 2:
        return ""
    place = {label: n for n, label in enumerate(labels)}
    ties = np.zeros((len(labels), len(labels)))
    for names in together:
        for first in names:
            for second in names - {first}:
                ties[place[first], place[second]] = 1.0
    found = connectedness(Counts(labels, np.zeros_like(ties), ties))
    return "" if found.connected else found.reason()
