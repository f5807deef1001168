"""What is known of an item before a person is asked: its texts, its tags, and what judges said of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from annotation.routing.domain.tags import Tags

Label = Literal["a", "b", "tie"]
LABELS: tuple[Label, ...] = ("a", "b", "tie")


@dataclass(frozen=True)
class Reply:
    """One answer of a judge, turned to the responses already: ``order`` 0 showed a first, 1 showed b first.

    ``label`` is None where the call failed or its answer could not be read. ``certainty`` is from 0 to 1.
    """

    judge: str
    label: Label | None
    order: int = 0
    sample: int = 0
    score_a: float | None = None
    score_b: float | None = None
    certainty: float | None = None


@dataclass(frozen=True)
class Case:
    """One prompt with responses a and b. ``pool`` tells of those who would be asked: a number by name."""

    key: str
    prompt: str
    a: str
    b: str
    replies: tuple[Reply, ...] = ()
    tags: "Tags | None" = None
    pool: Mapping[str, float] = field(default_factory=dict)
