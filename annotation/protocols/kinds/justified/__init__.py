"""Comparison with reasons: how much better one of two answers is, then why, in the annotator's words."""

from collections.abc import Mapping
from typing import Any, Literal

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from annotation.protocols.forms import known, many, whole, words
from annotation.protocols.pairs import PairConfig, asked_strength, off_scale, outcome_of, pair, worth
from annotation.protocols.registry import Protocol, Say
from annotation.protocols.shapes import Named, Preference, Shown, Whole, distinct
from multivocal.domain.shapes import CleanText, LocalText, Shape

LONGEST = 10_000


class JustifiedConfig(PairConfig):
    """Compare two answers and say why."""

    kind: Literal["justified"] = "justified"
    points: Literal[2, 3, 5, 7] = Field(
        7, description="How many choices; with an even number there is no tie."
    )
    statement_prompt: LocalText = Field("", description="In place of “Why, in one sentence?”.")
    statement_min: int = Field(20, ge=1, le=2000, description="Shortest statement, in characters.")
    elaboration_prompt: LocalText = Field("", description="In place of “Say more, if you like”.")
    elaboration_min: int = Field(0, ge=0, le=2000, description="Shortest elaboration; 0 lets it be empty.")
    tags: tuple[Named, ...] = Field((), max_length=40, description="Reasons to tick.")

    @model_validator(mode="after")
    def _distinct(self) -> "JustifiedConfig":
        distinct(self.tags, "tag")
        return self

    @property
    def width(self) -> int:
        return self.points


class JustifiedResponse(Shape):
    """The strength (negative: the answer shown first is better), the reason, and the tags that were ticked."""

    strength: Whole
    statement: CleanText = Field(max_length=LONGEST)
    elaboration: CleanText = Field("", max_length=LONGEST)
    tags: tuple[str, ...] = Field((), max_length=40)


def check(config: JustifiedConfig, response: JustifiedResponse, shown: Shown) -> Mapping[str, str]:
    """Return what is wrong with the choice, texts that are too short, and tags that were not offered."""
    wrong = off_scale(response.strength, config.width, shown)
    for place, least in (("statement", config.statement_min), ("elaboration", config.elaboration_min)):
        if len(getattr(response, place).strip()) < least:
            wrong[place] = _("write at least {least} characters").format(least=least)
    if set(response.tags) - {tag.key for tag in config.tags}:
        wrong["tags"] = _("choose one of the answers on the page")
    elif len(set(response.tags)) < len(response.tags):
        wrong["tags"] = _("each reason can be ticked once")
    return wrong


def scores(config: JustifiedConfig, response: JustifiedResponse, shown: Shown) -> Mapping[str, float | None]:
    """Return 1 for the better answer and 0 for the other, a half each for a tie."""
    return worth(shown, outcome_of(response.strength))


def preferences(config: JustifiedConfig, response: JustifiedResponse, shown: Shown) -> tuple[Preference, ...]:
    """Return the sign as outcome and, where there are grades, the strength as magnitude."""
    graded = config.points > 3
    magnitude = float(abs(response.strength)) if graded else 1.0
    return pair(shown, outcome_of(response.strength), magnitude)


def read(config: JustifiedConfig, form: Any, shown: Shown) -> dict[str, Any]:
    """Return ``answer.strength``, ``answer.statement``, ``answer.elaboration`` and every ``answer.tags``."""
    given = {"strength": whole(form, "strength"), "statement": words(form, "statement")}
    return {
        **known(given),
        "elaboration": words(form, "elaboration") or "",
        "tags": many(form, "tags"),
    }


def ask(config: JustifiedConfig, shown: Shown, say: Say) -> str:
    """Return how a model answers."""
    tags = "; ".join(f"{tag.key} ({say(tag.label)})" for tag in config.tags)
    return (
        asked_strength(shown, config.width, say(config.tie))
        + f"Then give your reason in one sentence of at least {config.statement_min} characters (statement) and,"
        + f" where it helps, at more length (elaboration{_least(config)})."
        + (f" Tick the tags that apply: {tags}." if tags else "")
        + "\nAnswer with JSON and nothing else: "
        + '{"strength": <number>, "statement": "<text>", "elaboration": "<text or empty>", "tags": [<tags>]}'
    )


def _least(config: JustifiedConfig) -> str:
    return f", at least {config.elaboration_min} characters" if config.elaboration_min else ""


PROTOCOL = Protocol(
    kind="justified",
    config=JustifiedConfig,
    response=JustifiedResponse,
    responses=(2, 2),
    template="kinds/justified/page.html",
    check=check,
    scores=scores,
    read=read,
    ask=ask,
    preferences=preferences,
)
