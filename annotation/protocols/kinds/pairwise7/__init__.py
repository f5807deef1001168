"""Seven-way comparison: much, plainly or slightly better on either side, or the same."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from annotation.protocols.forms import known, whole
from annotation.protocols.pairs import PairConfig, asked_strength, off_scale, outcome_of, pair, worth
from annotation.protocols.registry import Protocol, Say
from annotation.protocols.shapes import Preference, Shown, Whole
from multivocal.domain.shapes import Shape


class Pairwise7Config(PairConfig):
    """Say how much better one of two answers is."""

    kind: Literal["pairwise7"] = "pairwise7"
    steps: ClassVar[int] = 7


class Pairwise7Response(Shape):
    """−3 to 3: negative when the answer shown first is better, 0 when neither is."""

    strength: Whole


def check(config: Pairwise7Config, response: Pairwise7Response, shown: Shown) -> Mapping[str, str]:
    """Return a sentence when the strength is not on the scale, or not two answers were shown."""
    return off_scale(response.strength, config.width, shown)


def scores(config: Pairwise7Config, response: Pairwise7Response, shown: Shown) -> Mapping[str, float | None]:
    """Return 1 for the better answer and 0 for the other, a half each for a tie."""
    return worth(shown, outcome_of(response.strength))


def preferences(config: Pairwise7Config, response: Pairwise7Response, shown: Shown) -> tuple[Preference, ...]:
    """Return the sign as outcome and the strength as magnitude."""
    return pair(shown, outcome_of(response.strength), float(abs(response.strength)))


def read(config: Pairwise7Config, form: Any, shown: Shown) -> dict[str, Any]:
    """Return ``answer.strength``."""
    return known({"strength": whole(form, "strength")})


def ask(config: Pairwise7Config, shown: Shown, say: Say) -> str:
    """Return how a model answers."""
    scale = asked_strength(shown, config.width, say(config.tie))
    return scale + 'Answer with JSON and nothing else: {"strength": <number>}'


PROTOCOL = Protocol(
    kind="pairwise7",
    config=Pairwise7Config,
    response=Pairwise7Response,
    responses=(2, 2),
    template="kinds/pairwise7/page.html",
    check=check,
    scores=scores,
    read=read,
    ask=ask,
    preferences=preferences,
)
