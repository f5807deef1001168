"""Absolute rating: one answer on a scale of points."""

from collections.abc import Mapping
from typing import Any, Literal

from django.utils.translation import gettext as _

from annotation.protocols.forms import known, whole
from annotation.protocols.registry import Protocol, Say
from annotation.protocols.scales import Scale, spoken
from annotation.protocols.shapes import Score, Shown, Whole
from multivocal.domain.shapes import LocalText, Shape


class LikertConfig(Scale):
    """Rate one answer at a time."""

    kind: Literal["likert"] = "likert"
    question: LocalText = ""


class LikertResponse(Shape):
    """The point chosen."""

    rating: Whole


def check(config: LikertConfig, response: LikertResponse, shown: Shown) -> Mapping[str, str]:
    """Return a sentence when the rating is no point of the scale, or more than one answer was shown."""
    if len(shown.slots) != 1:
        return {"rating": _("this way of asking rates one answer at a time")}
    if not config.start <= response.rating <= config.last:
        return {"rating": _("choose one of the answers on the page")}
    return {}


def scores(config: LikertConfig, response: LikertResponse, shown: Shown) -> Mapping[str, float | None]:
    """Return the rating."""
    return {shown.slots[0]: float(response.rating)}


def ratings(config: LikertConfig, response: LikertResponse, shown: Shown) -> tuple[Score, ...]:
    """Return the rating; pairs follow only within one annotator or after aggregation."""
    return (Score(shown.slots[0], "overall", float(response.rating)),)


def read(config: LikertConfig, form: Any, shown: Shown) -> dict[str, Any]:
    """Return ``answer.rating``."""
    return known({"rating": whole(form, "rating")})


def ask(config: LikertConfig, shown: Shown, say: Say) -> str:
    """Return how a model answers."""
    return (
        f"Rate the response with a whole number from {spoken(config, say)}.\n"
        'Answer with JSON and nothing else: {"rating": <number>}'
    )


PROTOCOL = Protocol(
    kind="likert",
    config=LikertConfig,
    response=LikertResponse,
    responses=(1, 1),
    template="kinds/likert/page.html",
    check=check,
    scores=scores,
    read=read,
    ask=ask,
    ratings=ratings,
)
