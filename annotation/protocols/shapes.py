"""What every way of asking shares: what was shown, what an answer may be, and what follows from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, Strict

from multivocal.domain.shapes import CleanText, LocalText, Shape, unique

T = TypeVar("T")

Slots = Sequence[str]
Whole = Annotated[int, Strict()]
"""A whole number: 5.0, "5" and true are none."""
BySlot = Annotated[dict[str, T], Field(max_length=26, json_schema_extra={"keys": "slots"})]
"""A value per slot; in the JSON Schema for a model the slots shown are spelled out."""
ByDimension = Annotated[dict[str, T], Field(max_length=20, json_schema_extra={"keys": "dimensions"})]
ByUnit = Annotated[dict[str, T], Field(max_length=200, json_schema_extra={"keys": "units"})]
ByLine = Annotated[dict[str, T], Field(max_length=30, json_schema_extra={"keys": "lines"})]
NoAnswerKind = Literal["unsure", "skip", "invalid"]


class ProtocolConfig(Shape):
    """What every protocol's configuration has; a kind adds its own keys.

    A mapping inside a configuration is always a text in several languages: use tuples of shapes for all else.
    """

    kind: str
    instruction: LocalText = Field("", description="Stands over the answers.")
    allow: tuple[NoAnswerKind, ...] = Field(
        (), description="Answers that are no judgement: not sure, skipped, or the material is broken."
    )


class NoAnswer(Shape):
    """An answer that is no judgement; it prefers nothing, scores nothing and is never a tie."""

    no_answer: NoAnswerKind
    why: CleanText = Field("", max_length=2000)


class Named(Shape):
    """Something a designer names: a dimension, a tag, a label."""

    key: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,62}$")]
    label: LocalText
    help: LocalText = ""


@dataclass(frozen=True)
class Shown:
    """What the annotator saw.

    ``slots`` in the order shown; ``texts`` and ``roles`` by slot (a role is ``system`` where absent);
    ``reference`` an explicit reference's text, never a slot; ``units`` checklist questions
    ``{"id", "text", "parent"?}``; ``seed`` the presentation's, for what is balanced by it.
    """

    slots: tuple[str, ...]
    texts: Mapping[str, str] = field(default_factory=dict)
    prompt: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)
    reference: str = ""
    units: tuple[Mapping[str, Any], ...] = ()
    seed: int = 0

    def role(self, slot: str) -> str:
        """Return what stands in a slot: system, hidden_reference, low_anchor, mid_anchor, gold or repeat."""
        return self.roles.get(slot) or "system"


@dataclass(frozen=True)
class Preference:
    """One pair of one judgement: ``outcome`` a, b or tie; ``magnitude`` ≥ 0, 1 where the kind is not graded.

    Pairs of one judgement are not independent. ``roles`` flags references and anchors.
    """

    a: str
    b: str
    outcome: Literal["a", "b", "tie"]
    magnitude: float = 1.0
    roles: tuple[str, str] = ("system", "system")


@dataclass(frozen=True)
class Score:
    """One number of one judgement, on the kind's own scale; ``overall`` is the dimension of kinds with one."""

    slot: str
    dimension: str
    value: float
    role: str = "system"


def seen(shown: "Shown | Slots") -> Shown:
    """Return ``shown`` itself, or what is known where only slots are."""
    return shown if isinstance(shown, Shown) else Shown(tuple(shown))


def distinct(named: Sequence[Named], what: str) -> None:
    """Raise ValueError where two of ``named`` have one key."""
    unique([one.key for one in named], what)
