"""What a reader of the power page may change, and the answer to it."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import Field, ValidationError

from annotation.protocols.experiments.power.declared import Declared
from annotation.statistics.errors import NotEstimable
from multivocal.domain.shapes import Shape, problems

# More would keep a reader waiting: the size that is asked about is also drawn some hundred times.
MOST = 150_000
Points = Annotated[float, Field(allow_inf_nan=False)]


class Asked(Shape):
    """One question; shares and effects are in points (0 to 100)."""

    question: Literal["consistency", "preference"] = "consistency"
    pairs: int = Field(100, ge=2, le=20_000)
    people: int = Field(100, ge=2, le=20_000)
    per_pair: int = Field(3, ge=1, le=1000)
    goal: Points = Field(3.0, ge=0.5, le=50)
    base: Points = Field(60.0, ge=-95, le=99)
    effect: Points = Field(5.0, ge=0.5, le=60)
    tie_rate: Points = Field(33.0, ge=0, le=95)
    rater_sd: Points = Field(0.3, ge=0, le=5)
    item_sd: Points = Field(0.5, ge=0, le=5)


def read_question(query: Mapping[str, str], declared: Declared) -> tuple[Asked, dict[str, str]]:
    """Return the question, with what was not asked taken from the design, and a sentence per field that is wrong.

    Where something is wrong the design's own question stands.
    """
    question = "preference" if query.get("question") == "preference" else "consistency"
    start = Asked.model_validate(_start(question, declared))
    known = set(Asked.model_fields)
    given = {key: value.strip() for key, value in query.items() if key in known and value.strip()}
    try:
        return Asked.model_validate(start.model_dump() | given, strict=False), {}
    except ValidationError as error:
        return start, {place: said for place, said in problems(error).items() if place in known}


def _start(question: str, declared: Declared) -> dict[str, Any]:
    if question == "preference":
        size = {"people": declared.people, "per_pair": declared.per_pair, "base": 0.0}
    elif declared.both_per_pair:
        size = {"people": declared.both, "per_pair": declared.both_per_pair, "base": 60.0}
    else:
        size = {"people": declared.people, "per_pair": declared.per_pair, "base": 60.0}
    size["people"] = min(max(int(size["people"]), 2), 20_000)
    size["per_pair"] = min(max(int(size["per_pair"]), 1), 1000)
    return {"question": question, "pairs": min(max(declared.pairs, 2), 20_000), **size}


def solve(asked: Asked, declared: Declared, *, simulations: int = 200) -> dict[str, Any]:
    """Return ``plan``'s answer as plain data; ``{"refused": why}`` where the design cannot be planned."""
    from annotation.statistics.power import plan

    comparing = asked.question == "preference" and declared.kind != "single"
    protocols = 2 if comparing else 1
    if protocols * asked.pairs * asked.per_pair > MOST:
        return {"refused": _("More than {n} judgements are not planned on this page.").format(n=f"{MOST:,}")}
    share = asked.question == "consistency"
    try:
        found = plan(
            goal_half_width=asked.goal,
            simulations=simulations,
            kind=declared.kind if comparing else "single",
            measure="share" if share else "net",
            pairs=asked.pairs,
            annotators=asked.people,
            per_pair=asked.per_pair,
            base=asked.base,
            effect=_within(asked) if share else asked.effect,
            tie_rate=0.0 if share else asked.tie_rate / 100,
            rater_sd=asked.rater_sd,
            item_sd=asked.item_sd,
            same_items=comparing and declared.same_items,
            alpha=1 - declared.confidence,
        )
    except NotEstimable as error:
        return {"refused": error.reason}
    return found.as_json()


def _within(asked: Asked) -> float:
    """The effect on a share, turned round where it would leave the scale."""
    return asked.effect if asked.base + asked.effect < 99 else -asked.effect
