"""Two answers against each other: what the pairwise kinds have in common."""

from collections.abc import Mapping
from typing import ClassVar, Literal, Self

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from annotation.protocols.shapes import Preference, ProtocolConfig, Shown
from multivocal.domain.shapes import LocalText

Outcome = Literal["a", "b", "tie"]


class PairConfig(ProtocolConfig):
    """Compare two answers; ``a`` is the one shown first, ``b`` the other."""

    steps: ClassVar[int]
    question: LocalText = Field("", description="In place of “Which answer is better?”.")
    labels: tuple[LocalText, ...] = Field(
        (), description="Words for every choice, from the first answer's end to the second's."
    )
    tie: LocalText = Field("", description="What a tie means, in a line under the question.")

    @model_validator(mode="after")
    def _labels_fit(self) -> Self:
        if self.labels and len(self.labels) != self.width:
            raise ValueError(f"labels has {len(self.labels)} texts for {self.width} choices")
        return self

    @property
    def width(self) -> int:
        """How many choices there are."""
        return self.steps


def strengths(width: int) -> tuple[int, ...]:
    """Return the strengths of a scale of ``width`` choices; negative is for the first answer, 0 a tie."""
    reach = width // 2
    return tuple(value for value in range(-reach, reach + 1) if value or width % 2)


def not_two(shown: Shown, place: str) -> dict[str, str]:
    """Return a sentence at ``place`` unless exactly two answers were shown."""
    return {} if len(shown.slots) == 2 else {place: _("this way of asking compares two answers")}


def off_scale(strength: int, width: int, shown: Shown) -> dict[str, str]:
    """Return what keeps ``strength`` from being a choice about two answers."""
    wrong = not_two(shown, "strength")
    if strength not in strengths(width):
        wrong["strength"] = _("choose one of the answers on the page")
    return wrong


def outcome_of(strength: int) -> Outcome:
    """Return which answer a strength is for."""
    return "tie" if strength == 0 else "a" if strength < 0 else "b"


def pair(shown: Shown, outcome: Outcome, magnitude: float = 1.0) -> tuple[Preference, ...]:
    """Return the one pair of a comparison."""
    first, second = shown.slots
    return (Preference(first, second, outcome, magnitude),)


def worth(shown: Shown, outcome: Outcome) -> Mapping[str, float | None]:
    """Return 1 for the better answer and 0 for the other, a half each for a tie."""
    first, second = shown.slots
    share = {"a": 1.0, "b": 0.0, "tie": 0.5}[outcome]
    return {first: share, second: 1.0 - share}


def asked_choice(shown: Shown, tie: bool, meaning: str = "") -> str:
    """Return how a model compares two responses without grades."""
    first, second = shown.slots
    also = (
        f', "tie" if neither is better{f" ({meaning})" if meaning else ""}'
        if tie
        else ". You must choose one"
    )
    allowed = '"a" | "b"' + (' | "tie"' if tie else "")
    return (
        f'Compare response {first} and response {second}. Choose "a" if {first} is better, '
        f'"b" if {second} is better{also}.\n'
        f'Answer with JSON and nothing else: {{"choice": {allowed}}}'
    )


def asked_strength(shown: Shown, width: int, meaning: str = "") -> str:
    """Return what the numbers of a graded comparison mean, for a model."""
    first, second = shown.slots
    reach = width // 2
    middle = f"; 0: neither is better{f' ({meaning})' if meaning else ''}" if width % 2 else ""
    allowed = ", ".join(str(value) for value in strengths(width))
    return (
        f"Compare response {first} and response {second} on the scale {allowed}. "
        f"-{reach}: {first} is much better{middle}; {reach}: {second} is much better; "
        "numbers nearer to 0 are smaller differences.\n"
    )


def words_for(width: int, first: str, second: str) -> list[str]:
    """Return the words of each choice in the participant's language, from the first answer's end on."""
    much = [_("{answer} is much better"), _("{answer} is better"), _("{answer} is slightly better")]
    grades = {1: much[1:2], 2: [much[0], much[2]], 3: much}[width // 2]
    middle = [_("Both are about the same")] if width % 2 else []
    return [
        *(words.format(answer=first) for words in grades),
        *middle,
        *(words.format(answer=second) for words in reversed(grades)),
    ]
