"""Two-way comparison: one of two answers must be chosen."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from annotation.protocols.forms import known, words
from annotation.protocols.pairs import PairConfig, asked_choice, not_two, pair, worth
from annotation.protocols.registry import Protocol, Say
from annotation.protocols.shapes import Preference, Shown
from multivocal.domain.shapes import Shape


class Pairwise2Config(PairConfig):
    """Choose the better of two answers; there is no tie."""

    kind: Literal["pairwise2"] = "pairwise2"
    steps: ClassVar[int] = 2


class Pairwise2Response(Shape):
    """Which answer is better: the one shown first (a) or the other (b)."""

    choice: Literal["a", "b"]


def check(config: Pairwise2Config, response: Pairwise2Response, shown: Shown) -> Mapping[str, str]:
    """Return a sentence unless two answers were shown."""
    return not_two(shown, "choice")


def scores(config: Pairwise2Config, response: Pairwise2Response, shown: Shown) -> Mapping[str, float | None]:
    """Return 1 for the better answer and 0 for the other."""
    return worth(shown, response.choice)


def preferences(config: Pairwise2Config, response: Pairwise2Response, shown: Shown) -> tuple[Preference, ...]:
    """Return the choice itself."""
    return pair(shown, response.choice)


def read(config: Pairwise2Config, form: Any, shown: Shown) -> dict[str, Any]:
    """Return ``answer.choice``."""
    return known({"choice": words(form, "choice")})


def ask(config: Pairwise2Config, shown: Shown, say: Say) -> str:
    """Return how a model answers."""
    return asked_choice(shown, False)


PROTOCOL = Protocol(
    kind="pairwise2",
    config=Pairwise2Config,
    response=Pairwise2Response,
    responses=(2, 2),
    template="kinds/pairwise2/page.html",
    check=check,
    scores=scores,
    read=read,
    ask=ask,
    preferences=preferences,
)
