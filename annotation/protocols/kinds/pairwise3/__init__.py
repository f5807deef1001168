"""Three-way comparison: one of two answers, or a tie."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from annotation.protocols.forms import known, words
from annotation.protocols.pairs import PairConfig, asked_choice, not_two, pair, worth
from annotation.protocols.registry import Protocol, Say
from annotation.protocols.shapes import Preference, Shown
from multivocal.domain.shapes import Shape


class Pairwise3Config(PairConfig):
    """Choose the better of two answers, or say that neither is."""

    kind: Literal["pairwise3"] = "pairwise3"
    steps: ClassVar[int] = 3


class Pairwise3Response(Shape):
    """Which answer is better: the one shown first (a), the other (b), or neither."""

    choice: Literal["a", "b", "tie"]


def check(config: Pairwise3Config, response: Pairwise3Response, shown: Shown) -> Mapping[str, str]:
    """Return a sentence unless two answers were shown."""
    return not_two(shown, "choice")


def scores(config: Pairwise3Config, response: Pairwise3Response, shown: Shown) -> Mapping[str, float | None]:
    """Return 1 for the better answer and 0 for the other, a half each for a tie."""
    return worth(shown, response.choice)


def preferences(config: Pairwise3Config, response: Pairwise3Response, shown: Shown) -> tuple[Preference, ...]:
    """Return the choice itself."""
    return pair(shown, response.choice)


def read(config: Pairwise3Config, form: Any, shown: Shown) -> dict[str, Any]:
    """Return ``answer.choice``."""
    return known({"choice": words(form, "choice")})


def ask(config: Pairwise3Config, shown: Shown, say: Say) -> str:
    """Return how a model answers."""
    return asked_choice(shown, True, say(config.tie))


PROTOCOL = Protocol(
    kind="pairwise3",
    config=Pairwise3Config,
    response=Pairwise3Response,
    responses=(2, 2),
    template="kinds/pairwise3/page.html",
    check=check,
    scores=scores,
    read=read,
    ask=ask,
    preferences=preferences,
)
