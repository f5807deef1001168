"""What answer to a gold item is accepted: said about responses by their ids, so that it holds in any order."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from annotation.protocols.registry import leaders, protocols
from annotation.protocols.shapes import NoAnswer, ProtocolConfig, Shown
from multivocal.domain.shapes import LocalText, Shape

Bound = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class Gold(Shape):
    """What is accepted; every part that is given must hold."""

    best: tuple[str, ...] = Field((), description="Ids of responses; those put first must be among them.")
    score: dict[str, tuple[Bound, Bound]] = Field(
        default_factory=dict, description="Response id → lowest and highest accepted score."
    )
    answer: dict[str, tuple[Any, ...]] = Field(
        default_factory=dict, description="Key of the answer → accepted values, for what names no response."
    )
    no_answer: tuple[Literal["unsure", "skip", "invalid"], ...] = Field(
        (), description="Non-answers that are accepted too."
    )
    why: LocalText = Field("", description="Shown to the annotator where the study gives feedback.")

    @model_validator(mode="after")
    def _something(self) -> "Gold":
        if not (self.best or self.score or self.answer or self.no_answer):
            raise ValueError("gold says nothing: give best, score, answer or no_answer")
        for low, high in self.score.values():
            if low > high:
                raise ValueError("the lowest accepted score is above the highest")
        return self

    def names(self) -> set[str]:
        """Return the ids of the responses it speaks about."""
        return {*self.best, *self.score}


def rule_for(gold: Mapping[str, Any] | None, key: str, kind: str) -> Gold | None:
    """Return the rule for a protocol of the stage: by its key, its kind, or the rule for any; None without one."""
    for name in (key, kind, "any"):
        if gold and name in gold:
            return Gold.model_validate(gold[name])
    return None


def right(
    rule: Gold, config: ProtocolConfig, payload: Mapping[str, Any], shown: Shown, names: Mapping[str, str]
) -> bool:
    """Return whether a stored answer follows the rule: what a person is told live and what a report counts.

    ``shown`` is what stood on the screen, with its units and seed: an answer may leave out what follows from them.
    It was checked when it came; its shape alone is read here.
    """
    protocol = protocols()[config.kind]
    shape = NoAnswer if "no_answer" in payload else protocol.response
    return accepted(rule, config, shape.model_validate(protocol.settle(config, payload, shown)), shown, names)


def accepted(
    rule: Gold, config: ProtocolConfig, response: Shape, shown: Shown, names: Mapping[str, str]
) -> bool:
    """Return whether an answer follows the rule; ``names`` maps slots to the ids of the responses in them."""
    if isinstance(response, NoAnswer):
        return response.no_answer in rule.no_answer
    if not (rule.best or rule.score or rule.answer):
        return False  # only a non-answer is right here
    if rule.best:
        first = {names[slot] for slot in leaders(config, response, shown)}
        if not first or not first <= set(rule.best):
            return False
    given = response.model_dump(mode="json")
    if any(given.get(key) not in values for key, values in rule.answer.items()):
        return False
    if rule.score:
        rows = protocols()[config.kind].ratings(config, response, shown)
        found = {names[row.slot]: row.value for row in rows if row.dimension in ("", "overall")}
        # A protocol that shows one response at a time is right where the rule speaks of that one.
        wanted = {name: span for name, span in rule.score.items() if name in names.values()}
        return all(name in found and low <= found[name] <= high for name, (low, high) in wanted.items())
    return True
