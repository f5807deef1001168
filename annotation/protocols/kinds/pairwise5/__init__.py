"""Five-way comparison: much or slightly better on either side, or the same."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from annotation.protocols.forms import known, whole
from annotation.protocols.pairs import PairConfig, asked_strength, off_scale, outcome_of, pair, worth
from annotation.protocols.registry import Protocol, Say
from annotation.protocols.shapes import Preference, Shown, Whole
from multivocal.domain.shapes import Shape


class Pairwise5Config(PairConfig):
    """Say how much better one of two answers is."""

    kind: Literal["pairwise5"] = "pairwise5"
    steps: ClassVar[int] = 5


class Pairwise5Response(Shape):
    """−2 to 2: negative when the answer shown first is better, 0 when neither is."""

    strength: Whole


def check(config: Pairwise5Config, response: Pairwise5Response, shown: Shown) -> Mapping[str, str]:
    """Return a sentence when the strength is not on the scale, or not two answers were shown."""
    return off_scale(response.strength, config.width, shown)


def scores(config: Pairwise5Config, response: Pairwise5Response, shown: Shown) -> Mapping[str, float | None]:
    """Return 1 for the better answer and 0 for the other, a half each for a tie."""
    return worth(shown, outcome_of(response.strength))


def preferences(config: Pairwise5Config, response: Pairwise5Response, shown: Shown) -> tuple[Preference, ...]:
    """Return the sign as outcome and the strength as magnitude."""
    return pair(shown, outcome_of(response.strength), float(abs(response.strength)))


def read(config: Pairwise5Config, form: Any, shown: Shown) -> dict[str, Any]:
    """Return ``answer.strength``."""
    return known({"strength": whole(form, "strength")})


def ask(config: Pairwise5Config, shown: Shown, say: Say) -> str:
    """Return how a model answers."""
    scale = asked_strength(shown, config.width, say(config.tie))
    return scale + 'Answer with JSON and nothing else: {"strength": <number>}'


PROTOCOL = Protocol(
    kind="pairwise5",
    config=Pairwise5Config,
    response=Pairwise5Response,
    responses=(2, 2),
    template="kinds/pairwise5/page.html",
    check=check,
    scores=scores,
    read=read,
    ask=ask,
    preferences=preferences,
)
