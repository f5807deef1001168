"""Which stories somebody is asked about: pairs of values drawn by what is not known of them, one direction each."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from elicitation.moral_graph.domain.answers import ANSWERS, PRIOR
from multivocal.domain.randomisation import exposure_balanced_draw

NO_ANSWERS = (0, 0, 0, 0)


@dataclass(frozen=True)
class Story:
    """One step that may be drawn; ``shown``: to how many people it went already."""

    id: UUID
    number: int
    pair: tuple[int, int]
    context: str
    shown: int
    counts: tuple[int, int, int, int] = NO_ANSWERS
    """Answers to it: wiser, not wiser, unsure, and "wiser" to its opposite."""
    tier: int = 0
    """Stories of a lower tier are exhausted before those of a higher one are drawn from."""


@dataclass(frozen=True)
class Drawn:
    """A story that was drawn: the chance at its step, and of being among all (None where too long to compute)."""

    story: Story
    probability: float
    inclusion: float | None


@dataclass
class _Pair:
    """The two directions of a pair of values in one context."""

    ways: list[Story] = field(default_factory=list)

    @property
    def shown(self) -> int:
        return sum(way.shown for way in self.ways)

    @property
    def variance(self) -> float:
        return max(net_variance(way.counts) for way in self.ways)


def net_variance(counts: Sequence[int]) -> float:
    """Return the posterior variance of "wiser" less "less wise", with Jeffreys' prior for each of the four answers."""
    total = sum(counts) + ANSWERS * PRIOR
    up, down = ((counts[place] + PRIOR) / total for place in (0, 3))
    return (up * (1 - up) + down * (1 - down) + 2 * up * down) / (total + 1)


def draw_stories(stories: Sequence[Story], wanted: int, rng: random.Random) -> list[Drawn]:
    """Return at most ``wanted`` stories, never two of one pair of values, in the order in which they are told.

    Pairs are drawn one after another with chances in proportion to the posterior variance of their net share, less for
    those that are ahead in showings, tier by tier. The direction of a pair is the one that was shown less often, a coin
    among equals.
    """
    drawn: list[Drawn] = []
    taken: set[tuple[int, int]] = set()
    for tier in sorted({story.tier for story in stories}):
        inside = [story for story in stories if story.tier == tier]
        pairs = _one_context_each(_pairs(inside, taken), rng)
        k = min(wanted - len(drawn), len(pairs))
        if k <= 0:
            continue
        found = exposure_balanced_draw(
            [pair.variance for pair in pairs], [pair.shown for pair in pairs], k, rng
        )
        for one in found:
            pair = pairs[one.index]
            least = min(way.shown for way in pair.ways)
            story = rng.choice([way for way in pair.ways if way.shown == least])
            drawn.append(Drawn(story, one.probability, one.inclusion))
            taken.add(_unordered(story.pair))
    return drawn


def _unordered(pair: tuple[int, int]) -> tuple[int, int]:
    return (min(pair), max(pair))


def _pairs(
    stories: Sequence[Story], taken: set[tuple[int, int]]
) -> Mapping[tuple[int, int], dict[str, _Pair]]:
    found: dict[tuple[int, int], dict[str, _Pair]] = {}
    for story in sorted(stories, key=lambda one: one.number):
        key = _unordered(story.pair)
        if key not in taken:
            found.setdefault(key, {}).setdefault(story.context, _Pair()).ways.append(story)
    return found


def _one_context_each(pairs: Mapping[tuple[int, int], dict[str, _Pair]], rng: random.Random) -> list[_Pair]:
    """Return each pair in one context: the one it was shown in least, a coin among equals."""
    chosen = []
    for contexts in pairs.values():
        least = min(pair.shown for pair in contexts.values())
        chosen.append(rng.choice([pair for pair in contexts.values() if pair.shown == least]))
    return chosen
