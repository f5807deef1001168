"""Which screens may be drawn at all, where somebody else decides that: functions named in the setting ITEM_POOLS."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from annotation.protocols.comparison.places import Identity
from annotation.protocols.comparison.shapes import ComparisonConfig
from annotation.protocols.models import Presentation
from multivocal.studies.models import Enrolment, Study
from multivocal.studies.stages import Visit


@dataclass(frozen=True)
class Pool:
    """What may be drawn of one way of asking: (item, unit) → people wanted for it, whoever has it already.

    ``most`` is the number of screens a person may be given now, None where only the stage limits it. Among those
    wanted the least served come first and chance decides, as ever: the probabilities stated with the draw hold.
    """

    protocol: str
    wanted: Mapping[tuple[UUID, str], int]
    most: int | None = None
    drawn: Callable[[Sequence[Presentation]], None] | None = None
    """Called with a person's screens once they are stored, in the same transaction."""
    later: bool = False
    """Whether screens may be wanted soon: who comes before them is asked to wait, and nothing is drawn."""

    def people_for(self, screen: Identity) -> int | None:
        """Return how many people a screen wants; None where this pool has no say."""
        key, item, unit = screen
        return self.wanted.get((item, unit), 0) if key == self.protocol else None


def people_wanted(config: ComparisonConfig, pool: Pool | None, screen: Identity) -> int | None:
    """Return how many people a screen wants, None where there is no limit."""
    if pool is not None and (most := pool.people_for(screen)) is not None:
        return most
    return config.per_item if config.surplus == "fewer" else None


class Ask(Protocol):
    """A function of ITEM_POOLS; ``drawing`` where screens are given to the person now, and not only counted."""

    def __call__(
        self, study: Study, stage: ComparisonConfig, enrolment: Enrolment, *, drawing: bool
    ) -> Pool | None:
        """Return the pool, or None where it has no say."""


def pool_for(visit: Visit, *, drawing: bool) -> Pool | None:
    """Return the pool a person's screens are drawn from, from the first function that has one; None for all items.

    Called inside a transaction with the stage's lock held.
    """
    config: ComparisonConfig = visit.stage  # type: ignore[assignment]
    for ask in _functions():
        if (found := ask(visit.enrolment.study, config, visit.enrolment, drawing=drawing)) is not None:
            return found
    return None


def hint_for(presentation: UUID) -> str:
    """Return what a person is shown of somebody else's answer: a slot's letter, ``tie``, or nothing (the rule)."""
    return next((found for path in settings.SCREEN_HINTS if (found := _import(path)(presentation))), "")


_import = functools.cache(import_string)


@functools.cache
def _functions() -> tuple[Ask, ...]:
    return tuple(import_string(path) for path in settings.ITEM_POOLS)
