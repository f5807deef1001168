"""From items to screens: which responses stand together on one, and which screens belong to one another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from uuid import UUID

from annotation.protocols.registry import ProtocolConfig, protocols

# More subsets of an item than this are not all shown: a cyclic design links the responses with fewer.
MOST_SUBSETS = 60
# Kinds on whose screen the hidden reference and the anchors stand among the systems.
WITH_ANCHORS = frozenset({"mushra"})


@dataclass(frozen=True, slots=True)
class Response:
    """One response, without its text."""

    pk: UUID
    name: str
    system: str
    role: str


@dataclass(frozen=True, slots=True)
class Subject:
    """One item, without its texts."""

    pk: UUID
    number: int
    name: str
    split: str
    block: int | None
    stratum: str
    responses: tuple[Response, ...]
    gold: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Screen:
    """One thing to judge: an item, some of its responses, a protocol. ``unit`` is empty where all stand there."""

    protocol: str
    item: Subject
    unit: str
    members: tuple[Response, ...]

    @property
    def identity(self) -> tuple[str, UUID, str]:
        """What the places of a screen are counted by."""
        return (self.protocol, self.item.pk, self.unit)


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """Screens that one person gets together: a response each of one item, an item in several ways, or a block."""

    number: int
    screens: tuple[Screen, ...]


def screens_of(item: Subject, key: str, config: ProtocolConfig, wanted: int | None) -> tuple[Screen, ...]:
    """Return the screens an item makes under a protocol; none where it has too few responses for it."""
    kind = protocols()[config.kind]
    members = tuple(r for r in item.responses if config.kind in WITH_ANCHORS or r.role == "system")
    low, high = kind.responses
    size = min(wanted or len(members), high, len(members))
    if config.kind in WITH_ANCHORS:
        size = len(members) if len(members) <= high else 0
    if size < max(low, 1):
        return ()
    if size == len(members):
        return (Screen(key, item, "" if size > 1 else "1", members),)
    return tuple(
        Screen(key, item, ",".join(str(place + 1) for place in places), tuple(members[n] for n in places))
        for places in subsets(len(members), size)
    )


def subsets(n: int, size: int) -> list[tuple[int, ...]]:
    """Return the subsets of ``size`` of ``n`` that are shown: all, or a cyclic design that links all of them.

    The cyclic design has each response equally often: windows of ``size`` neighbours around the circle, then with
    wider steps, while there is room.
    """
    if comb(n, size) <= MOST_SUBSETS:
        return list(combinations(range(n), size))
    found: dict[tuple[int, ...], None] = {}
    for step in range(1, n):
        if len(found) + n > MOST_SUBSETS and found:
            break
        window = [tuple(sorted({(start + step * k) % n for k in range(size)})) for start in range(n)]
        found |= {chosen: None for chosen in window if len(chosen) == size}
    return list(found)


def bundles_of(
    items: Sequence[Subject],
    configs: Iterable[tuple[str, ProtocolConfig]],
    *,
    wanted: int | None,
    block_size: int | None = None,
) -> list[Bundle]:
    """Return the bundles of ``items`` for the protocols that are asked about them together."""
    configs = list(configs)
    made = [(item, [screens_of(item, key, config, wanted) for key, config in configs]) for item in items]
    made = [(item, parts) for item, parts in made if all(parts)]
    if block_size or any(item.block is not None for item, _parts in made):
        blocks: dict[int, list[Screen]] = {}
        for place, (item, parts) in enumerate(made):
            block = place // block_size if block_size else item.block or 0
            blocks.setdefault(block, []).extend(screen for part in parts for screen in part)
        return [Bundle(number, tuple(screens)) for number, screens in blocks.items()]
    bundles: list[tuple[Screen, ...]] = []
    for _item, parts in made:
        if len(parts) > 1 or all(len(screen.members) == 1 for screen in parts[0]):
            bundles.append(tuple(screen for part in parts for screen in part))
        else:
            bundles.extend((screen,) for screen in parts[0])
    return [Bundle(number, screens) for number, screens in enumerate(bundles)]
