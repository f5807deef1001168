"""Rating and ranking on one screen: the two are kept apart, so that they can be compared within one annotator."""

from collections.abc import Mapping
from typing import Any, Literal

from django.utils.translation import gettext as _
from pydantic import Field

from annotation.protocols.forms import known, wholes, words
from annotation.protocols.orders import by_score
from annotation.protocols.places import unranked, unrated
from annotation.protocols.registry import Protocol, Say
from annotation.protocols.scales import Scale, spoken
from annotation.protocols.shapes import BySlot, Preference, Score, Shown, Whole
from multivocal.domain.shapes import Shape


class RateThenRankConfig(Scale):
    """Rate every answer and put all in order."""

    kind: Literal["rate_then_rank"] = "rate_then_rank"
    ties: bool = Field(False, description="Whether two answers may share a place in the order.")
    first: Literal["rate", "rank", "balanced"] = Field(
        "balanced", description="Which task comes first; balanced lets each presentation's seed decide."
    )


class RateThenRankResponse(Shape):
    """A rating and a place (1 = best) per slot, and which of the two was asked first."""

    ratings: BySlot[Whole]
    ranks: BySlot[Whole]
    first: Literal["rate", "rank"]


def first_task(config: RateThenRankConfig, shown: Shown) -> str:
    """Return which of the two tasks stands first on this screen."""
    if config.first != "balanced":
        return config.first
    return "rank" if shown.seed % 2 else "rate"


def check(config: RateThenRankConfig, response: RateThenRankResponse, shown: Shown) -> Mapping[str, str]:
    """Return what is missing or wrong in either part; that the two disagree is a finding, not a mistake."""
    wrong = unrated(response.ratings, shown.slots, config.start, config.last, "ratings.")
    wrong |= unranked(response.ranks, shown.slots, config.ties, "ranks.")
    if response.first != first_task(config, shown):
        wrong["first"] = _("this page was asked in the other order")
    return wrong


def scores(
    config: RateThenRankConfig, response: RateThenRankResponse, shown: Shown
) -> Mapping[str, float | None]:
    """Return minus the place, so that higher is better."""
    return {s: -float(response.ranks[s]) if s in response.ranks else None for s in shown.slots}


def preferences(
    config: RateThenRankConfig, response: RateThenRankResponse, shown: Shown
) -> tuple[Preference, ...]:
    """Return the pairs of the order alone."""
    return by_score(shown.slots, scores(config, response, shown), graded=False)


def ratings(config: RateThenRankConfig, response: RateThenRankResponse, shown: Shown) -> tuple[Score, ...]:
    """Return the ratings alone."""
    return tuple(Score(slot, "overall", float(value)) for slot, value in response.ratings.items())


def read(config: RateThenRankConfig, form: Any, shown: Shown) -> dict[str, Any]:
    """Return ``answer.ratings.A``, ``answer.ranks.A`` and so on, and ``answer.first``."""
    given = {name: wholes(form, name, shown.slots) for name in ("ratings", "ranks")}
    return known({**given, "first": words(form, "first")})


def ask(config: RateThenRankConfig, shown: Shown, say: Say) -> str:
    """Return how a model answers, in the order of the screen."""
    ties = "may share a place" if config.ties else "must have different places"
    first = first_task(config, shown)
    rate = f"rate each response on its own with a whole number from {spoken(config, say)}"
    rank = f"put the responses in order, place 1 is the best; responses {ties}"
    tasks = (rate, rank) if first == "rate" else (rank, rate)
    ratings = ", ".join(f'"{slot}": <rating>' for slot in shown.slots)
    ranks = ", ".join(f'"{slot}": <place>' for slot in shown.slots)
    return (
        f"First {tasks[0]}. Then {tasks[1]}.\n"
        f'Answer with JSON and nothing else: {{"ratings": {{{ratings}}}, "ranks": {{{ranks}}}, "first": "{first}"}}'
    )


def settle(config: RateThenRankConfig, payload: Mapping[str, Any], shown: Shown) -> dict[str, Any]:
    """Return the payload with the order of the tasks, where it was left out."""
    return {"first": first_task(config, shown), **payload}


PROTOCOL = Protocol(
    kind="rate_then_rank",
    config=RateThenRankConfig,
    response=RateThenRankResponse,
    responses=(2, 8),
    template="kinds/rate_then_rank/page.html",
    check=check,
    scores=scores,
    read=read,
    ask=ask,
    preferences=preferences,
    ratings=ratings,
    settle=settle,
)
