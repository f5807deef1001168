"""Stage kinds: the registry, what a kind is given (a visit) and what it may answer (an outcome)."""

import functools
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol
from uuid import UUID

from django.conf import settings
from django.http import QueryDict
from django.utils.module_loading import import_string
from pydantic import Field

from multivocal.domain.shapes import LocalText, Shape, Slug, say

if TYPE_CHECKING:
    from multivocal.studies.definition import StudyDefinition
    from multivocal.studies.models import Enrolment, Study


class StageConfig(Shape):
    """What every stage has; a kind adds its own keys."""

    id: Slug = Field(description="A short name; it stands in the data.")
    kind: str
    title: LocalText = ""
    minutes: float = Field(1.0, ge=0, le=600, description="Time estimate for the progress line.")
    arms: tuple[Slug, ...] = Field(
        (), description="Only people of these arms see the stage; all do when left out."
    )


@dataclass(frozen=True)
class Visit:
    """A person at a stage: all that a kind may look at."""

    enrolment: "Enrolment"
    definition: "StudyDefinition"
    stage: StageConfig
    language: str
    levels: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)

    def say(self, text: str | Mapping[str, str]) -> str:
        """Return ``text`` in the participant's language."""
        return say(text, self.language)


@dataclass(frozen=True)
class Page:
    """What to paint: a template, its context, and how far inside the stage the person is (done of total)."""

    template: str
    context: Mapping[str, Any]
    done: int = 0
    total: int = 1
    step: str = ""
    has_back: bool = False


@dataclass(frozen=True)
class Done:
    """The stage is finished; ``traits`` are remembered for strata, quotas and later stages."""

    traits: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class More:
    """Saved, and the stage goes on."""


@dataclass(frozen=True)
class Again:
    """Nothing was saved: some answers need another look. ``problems`` maps a field to a sentence."""

    problems: Mapping[str, str]


@dataclass(frozen=True)
class Exit:
    """The person leaves the study here, kindly, with the code of ``reason``."""

    reason: str


Outcome = Done | More | Again | Exit


class LiveStage(Protocol):
    """What a stage that talks over a socket offers; see multivocal.live."""

    def parse(self, action: Any) -> Shape:
        """Return the action as a closed shape, or refuse."""

    def state(self, visit: Visit) -> dict[str, Any]:
        """Return the whole state as the browser may see it."""

    def act(self, visit: Visit, action: Shape) -> None:
        """Carry out one action inside a transaction; the same key again changes nothing."""

    def pending(self, state: dict[str, Any]) -> list[str]:
        """Return ids of the work that is due in a state (turns without all their answers)."""

    async def work(self, work_id: str, gateway: Any, emit: Any) -> None:
        """Do that work, telling ``emit`` what happens; a second worker on the same id leaves quietly."""


@dataclass(frozen=True)
class Watched:
    """A sentence about a stage for the monitor; ``fine`` is false where somebody should look."""

    fine: bool
    sentence: str


class StageKind(ABC):
    """A kind of stage: copy the smallest one (kinds/debrief.py) to make another."""

    config: ClassVar[type[StageConfig]]
    live: ClassVar[LiveStage | None] = None

    @abstractmethod
    def page(self, visit: Visit, problems: Mapping[str, str], posted: QueryDict | None) -> Page:
        """Return what to paint; ``posted`` holds what was typed when ``problems`` sent it back."""

    @abstractmethod
    def submit(self, visit: Visit, form: QueryDict, key: UUID) -> Outcome:
        """Store one submitted page. Called inside a transaction with the enrolment's row locked."""

    def came_back(self, visit: Visit) -> None:  # noqa: B027
        """Settle what a silence has cost, while ``last_seen_at`` still tells of it: before a submit or an autosave.

        Called inside that transaction with the enrolment's row locked; must be cheap for who was not silent.
        """

    def steps(self, visit: Visit) -> tuple[int, int]:
        """Return (done, total) inside the stage, for the progress line."""
        return 0, 1

    def afterwards(self, visit: Visit) -> Page | None:
        """Return what this stage shows to somebody who has finished the study, whenever they look; None: nothing."""
        return None

    def check(self, stage: Any, definition: "StudyDefinition") -> Iterator[str]:
        """Yield sentences on what would go wrong if the study opened with this stage."""
        return iter(())

    def notes(self, stage: Any, definition: "StudyDefinition") -> Iterator[str]:
        """Yield sentences that are good to know before the study opens with this stage."""
        return iter(())

    def watch(self, stage: Any, study: "Study") -> Iterator[Watched]:
        """Yield what the monitor says about this stage while people are at it; each is a query over rows."""
        return iter(())


@functools.cache
def stage_kinds() -> dict[str, StageKind]:
    """Return every registered kind by its key, in the order of the settings."""
    return {key: import_string(path)() for key, path in settings.STAGE_KINDS.items()}


def kind_of(stage: StageConfig) -> StageKind:
    """Return the kind that runs ``stage``."""
    return stage_kinds()[stage.kind]
