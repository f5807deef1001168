"""What a run routes: every screen of two responses of its stage's main items, with which response is a and which b."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from annotation.protocols.annotators.making import comparison_stages
from annotation.protocols.comparison.screens import Subject, screens_of
from annotation.protocols.comparison.shapes import ComparisonConfig
from annotation.protocols.comparison.subjects import find_set, require_set, subjects_of
from annotation.protocols.models import ProtocolVersion
from annotation.protocols.registry import ProtocolConfig, store_protocol
from annotation.routing.models import Run
from annotation.routing.policies import config_of, protocol_key
from annotation.routing.tags import tag_columns
from multivocal.errors import Conflict
from multivocal.studies.models import Study

Place = tuple[UUID, str]
"""An item and which of its responses are shown (empty: all)."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two responses to one prompt: ``a`` has the lower number in the item. ``name`` is the item's own id.

    ``tags`` are those of the prompt, as far as known, as ``rules`` read them.
    """

    item: UUID
    unit: str
    name: str
    number: int
    stratum: str
    a: UUID
    b: UUID
    tags: Mapping[str, float] = field(default_factory=dict, compare=False)

    @property
    def place(self) -> Place:
        """What routes and labels are kept by."""
        return (self.item, self.unit)


@dataclass(frozen=True)
class Ground:
    """Where a run works: the stage, the key of the way of asking and its row, and all pairs in order."""

    stage: ComparisonConfig
    key: str
    protocol: ProtocolVersion
    config: ProtocolConfig
    pairs: tuple[Pair, ...]


def stage_of(study: Study, name: str) -> ComparisonConfig | None:
    """Return a comparison stage of the study's newest version."""
    return next((one for one in comparison_stages(study) if one.id == name), None)


def ground_of(run: Run) -> Ground:
    """Return where a run works; Conflict where the study has changed so that there is nothing left of it."""
    config = config_of(run.policy)
    stage = stage_of(run.study, config.stage)
    item_set = require_set(run.study, stage) if stage else None
    if stage is None or item_set is None:
        raise Conflict(f"The stage “{config.stage}” or its items are not there any more.", code="no_items")
    key = protocol_key(stage, config.protocol)
    asked = stage.protocol(key)
    pairs = pairs_of(stage, key, subjects_of(item_set))
    if config.tagger:
        known = tag_columns(run)
        pairs = tuple(replace(pair, tags=known.get(pair.item, {})) for pair in pairs)
    return Ground(stage, key, store_protocol(asked), asked, pairs)


def known_subjects(study: Study, stage: ComparisonConfig) -> Sequence[Subject]:
    """Return the items of a stage as far as they are there."""
    item_set = require_set(study, stage) if not isinstance(stage.items, str) else find_set(study, stage)
    return subjects_of(item_set) if item_set else ()


def pairs_of(stage: ComparisonConfig, key: str, subjects: Sequence[Subject]) -> tuple[Pair, ...]:
    """Return the pairs of the main items; screens of more or fewer responses are none."""
    found = []
    asked: Any = stage.protocol(key)
    for subject in subjects:
        if subject.split != "main":
            continue
        for screen in screens_of(subject, key, asked, stage.responses):
            if len(screen.members) == 2:
                a, b = screen.members
                found.append(
                    Pair(subject.pk, screen.unit, subject.name, subject.number, subject.stratum, a.pk, b.pk)
                )
    return tuple(found)
