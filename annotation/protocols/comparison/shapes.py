"""The comparison stage's configuration: which items, asked how, of how many people, with which checks between."""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from annotation.protocols.experiments.plan import Plan
from annotation.protocols.items.shapes import ItemRow
from annotation.protocols.registry import ProtocolConfig, protocols
from multivocal.domain.shapes import LocalText, Shape, Slug, unique
from multivocal.studies.stages import StageConfig

# Every registered way of asking: one more line in FEEDBACK_PROTOCOLS is one more choice here.
_CONFIGS: Any = Annotated[reduce(or_, [p.config for p in protocols().values()]), Field(discriminator="kind")]


class ProtocolBy(Shape):
    """How people come to a protocol where the stage has several."""

    factor: Slug | None = Field(
        None,
        description="Between people: the arm's level of this factor names the protocol, or several joined by +.",
    )
    within: Literal["crossed", "same_items"] | None = Field(
        None,
        description="Within a person: every protocol on other items (crossed), or all of them on the same ones.",
    )
    order: Literal["counterbalanced", "fixed"] = Field(
        "counterbalanced",
        description="counterbalanced: each order of the protocols equally often; fixed: as they are listed.",
    )
    listed: tuple[Slug, ...] = Field(
        (), max_length=12, description="The order that is fixed; as under protocols where it is not said."
    )

    @model_validator(mode="after")
    def _something(self) -> "ProtocolBy":
        if self.factor is None and self.within is None:
            raise ValueError("give factor, within, or both")
        return self


class GoldConfig(Shape):
    """Items whose right answer is known, between the others."""

    count: int = Field(0, ge=0, le=100, description="For each person; from the items of the split gold.")
    feedback: Literal["silent", "feedback", "training"] = Field(
        "silent",
        description="silent: nothing is said; feedback: what was expected is said; training: and it is asked again.",
    )


class ComparisonConfig(StageConfig):
    """Imported items, judged screen by screen."""

    kind: Literal["comparison"]
    intro: LocalText = Field("", description="Shown before the first screen.")
    items: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")] | tuple[ItemRow, ...] = Field(
        description="Name of an imported set of items, or the items themselves."
    )
    protocols: dict[Slug, _CONFIGS] = Field(
        min_length=1,
        max_length=12,
        description="Ways of asking, each under a short name that stands in the data.",
    )
    protocol_by: ProtocolBy | None = None
    per_person: int = Field(
        20, ge=1, le=1000, description="Screens of one person, without practice and checks."
    )
    per_item: int = Field(3, ge=1, le=10_000, description="Wanted people for each screen of each protocol.")
    responses: int | None = Field(
        None,
        ge=1,
        le=26,
        description="Responses on one screen; as many as the item and the protocol allow when left out.",
    )
    same_prompt: Literal["apart", "together"] = Field(
        "apart",
        description="Where each response has its own screen: those of one prompt far apart, or in a row.",
    )
    block_size: int | None = Field(
        None,
        ge=1,
        le=1000,
        description="Items are given in whole blocks of this many, in the order of the file.",
    )
    surplus: Literal["fewer", "more"] = Field(
        "fewer",
        description="When every screen has its people, others get fewer screens, or screens get more people.",
    )
    release_after_minutes: int = Field(
        60, ge=1, le=100_000, description="A silent person's screens are given to others after this time."
    )
    repeats: float = Field(
        0, ge=0, le=0.5, description="Share of the screens shown again, with sides swapped."
    )
    repeat_gap: int = Field(20, ge=1, le=500, description="A repeat comes at least this many screens later.")
    gold: GoldConfig = GoldConfig()
    attention: int = Field(0, ge=0, le=100, description="Attention checks for each person, from that split.")
    practice: int = Field(
        0, ge=0, le=20, description="Practice screens first, with feedback, for each protocol."
    )
    min_dwell_ms: int = Field(
        0, ge=0, le=600_000, description="Shortest time on a screen, measured by the server."
    )
    back: bool = Field(True, description="People may correct the screen before.")
    plan: Plan | None = Field(
        None, description="How the answers will be analysed; frozen when the study opens."
    )

    @model_validator(mode="before")
    @classmethod
    def _as_listed(cls, given: Any) -> Any:
        # The database keeps a mapping's keys in an order of its own; a list stays as it is.
        by = given.get("protocol_by") if isinstance(given, dict) else None
        if isinstance(by, dict) and by.get("order") == "fixed" and not by.get("listed"):
            return given | {"protocol_by": by | {"listed": list(given.get("protocols") or ())}}
        return given

    @model_validator(mode="after")
    def _consistent(self) -> "ComparisonConfig":
        if len(self.protocols) > 1 and self.protocol_by is None:
            raise ValueError("protocol_by: several protocols need to know who is asked how")
        if (
            self.protocol_by
            and self.protocol_by.listed
            and set(self.protocol_by.listed) != set(self.protocols)
        ):
            raise ValueError("protocol_by.listed: name every protocol of the stage")
        if isinstance(self.items, tuple):
            if not self.items:
                raise ValueError("items: there are none")
            unique([item.id for item in self.items], "item id")
        return self

    def keys_for(self, levels: Mapping[str, str]) -> list[str]:
        """Return the protocols a person with these factor levels is asked through; empty where a level names none."""
        by = self.protocol_by
        if by is None or by.factor is None:
            return list(by.listed if by and by.listed else self.protocols)
        named = levels.get(by.factor, "").split("+")
        return [key for key in named if key in self.protocols]

    def most_screens(self, levels: Mapping[str, str]) -> int:
        """Return the most pages a person with these factor levels is shown: also practice, checks and repeats."""
        phases = len(self.keys_for(levels)) or 1
        if self.same_items and phases > 1:
            # How the screens are shared out among the protocols is drawn: each of them may round up.
            repeats = int(self.repeats * self.per_person + phases / 2)
            repeats = min(repeats, max(self.per_person - self.repeat_gap + 1, 0)) if self.repeats else 0
        else:
            lengths = [self.per_person // phases + (n < self.per_person % phases) for n in range(phases)]
            repeats = sum(min(round(self.repeats * n), max(n - self.repeat_gap + 1, 0)) for n in lengths)
        return self.per_person + repeats + phases * self.practice + self.gold.count + self.attention

    @property
    def same_items(self) -> bool:
        """Whether somebody asked in several ways is asked about the same items."""
        return bool(self.protocol_by and self.protocol_by.within == "same_items")

    def protocol(self, key: str) -> ProtocolConfig:
        """Return the configuration of one protocol."""
        return self.protocols[key]  # type: ignore[no-any-return]
