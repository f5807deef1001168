"""Several dimensions: every answer gets a point on each, perhaps one overall and how sure the annotator is."""

from collections.abc import Mapping
from typing import Any, Literal

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from annotation.protocols.forms import known, whole, wholes
from annotation.protocols.orders import by_score
from annotation.protocols.places import strangers, unrated
from annotation.protocols.registry import Protocol, Say
from annotation.protocols.scales import Scale, spoken
from annotation.protocols.shapes import ByDimension, BySlot, Named, Preference, Score, Shown, Whole, distinct
from multivocal.domain.shapes import Shape

DIMENSIONS = (
    Named(key="helpfulness", label={"en": "Helpful", "ar": "مفيدة"}),
    Named(key="correctness", label={"en": "Correct", "ar": "صحيحة"}),
    Named(key="coherence", label={"en": "Clear and consistent", "ar": "واضحة ومتسقة"}),
)


class DimensionsConfig(Scale):
    """Rate every answer on several dimensions."""

    kind: Literal["dimensions"] = "dimensions"
    points: int = Field(5, ge=2, le=11)
    dimensions: tuple[Named, ...] = Field(DIMENSIONS, min_length=1, max_length=20)
    overall: Literal["none", "first", "last"] = Field(
        "none", description="Whether an overall point is asked, before the dimensions or after them."
    )
    confidence: int = Field(0, ge=0, le=11, description="Points of “How sure are you?”; 0 does not ask.")

    @model_validator(mode="after")
    def _possible(self) -> "DimensionsConfig":
        distinct(self.dimensions, "dimension")
        if self.confidence == 1:
            raise ValueError("a question with one point asks nothing")
        return self


class DimensionsResponse(Shape):
    """A point per slot and dimension; overall per slot and confidence where they were asked."""

    dimensions: BySlot[ByDimension[Whole]]
    overall: BySlot[Whole] | None = None
    confidence: Whole | None = None


def check(config: DimensionsConfig, response: DimensionsResponse, shown: Shown) -> Mapping[str, str]:
    """Return what is missing or wrong, at ``A.clarity``, ``overall.A`` or ``confidence``."""
    wrong = strangers(response.dimensions, shown.slots)
    keys = [one.key for one in config.dimensions]
    for slot in shown.slots:
        given = response.dimensions.get(slot, {})
        wrong |= {f"{slot}.{key}": _("this was not asked") for key in given if key not in keys}
        wrong |= unrated(
            {key: value for key, value in given.items() if key in keys},
            keys, config.start, config.last, f"{slot}.",
        )  # fmt: skip
    if config.overall != "none":
        wrong |= unrated(response.overall or {}, shown.slots, config.start, config.last, "overall.")
    elif response.overall is not None:
        wrong["overall"] = _("this was not asked")
    return wrong | _unsure(config, response.confidence)


def _unsure(config: DimensionsConfig, confidence: int | None) -> dict[str, str]:
    if not config.confidence:
        return {} if confidence is None else {"confidence": _("this was not asked")}
    if confidence is None:
        return {"confidence": _("this is not answered yet")}
    known = 1 <= confidence <= config.confidence
    return {} if known else {"confidence": _("choose one of the answers on the page")}


def scores(
    config: DimensionsConfig, response: DimensionsResponse, shown: Shown
) -> Mapping[str, float | None]:
    """Return the overall points, or where none were asked the mean over the dimensions."""
    if response.overall is not None:
        return {slot: response.overall.get(slot) for slot in shown.slots}
    return {slot: _mean(response.dimensions.get(slot, {})) for slot in shown.slots}


def _mean(points: Mapping[str, int]) -> float | None:
    return sum(points.values()) / len(points) if points else None


def preferences(
    config: DimensionsConfig, response: DimensionsResponse, shown: Shown
) -> tuple[Preference, ...]:
    """Return the pairs by the overall points; none where they were not asked."""
    return by_score(shown.slots, response.overall) if response.overall is not None else ()


def ratings(config: DimensionsConfig, response: DimensionsResponse, shown: Shown) -> tuple[Score, ...]:
    """Return one row per slot and dimension, and the overall points under ``overall``."""
    rows = [
        Score(slot, key, float(value))
        for slot, given in response.dimensions.items()
        for key, value in given.items()
    ]
    overall = response.overall or {}
    return (*rows, *(Score(slot, "overall", float(value)) for slot, value in overall.items()))


def read(config: DimensionsConfig, form: Any, shown: Shown) -> dict[str, Any]:
    """Return ``answer.dimensions.A.clarity``, ``answer.overall.A``, ``answer.confidence`` and so on."""
    keys = [one.key for one in config.dimensions]
    overall = wholes(form, "overall", shown.slots) if config.overall != "none" else None
    return {
        "dimensions": {slot: wholes(form, f"dimensions.{slot}", keys) for slot in shown.slots},
        **known({"overall": overall, "confidence": whole(form, "confidence")}),
    }


def ask(config: DimensionsConfig, shown: Shown, say: Say) -> str:
    """Return how a model answers."""
    named = "\n".join(f"- {one.key}: {say(one.label)}. {say(one.help)}".strip() for one in config.dimensions)
    inner = ", ".join(f'"{one.key}": <number>' for one in config.dimensions)
    form = [
        f'"dimensions": {{{", ".join(f"{chr(34)}{slot}{chr(34)}: {{{inner}}}" for slot in shown.slots)}}}'
    ]
    also = ""
    if config.overall != "none":
        also += " Give each response an overall rating on the same scale as well."
        form.append(
            f'"overall": {{{", ".join(f"{chr(34)}{slot}{chr(34)}: <number>" for slot in shown.slots)}}}'
        )
    if config.confidence:
        also += f" Say how sure you are, from 1 (not sure at all) to {config.confidence} (very sure)."
        form.append('"confidence": <number>')
    return (
        f"Rate each response on each dimension with a whole number from {spoken(config, say)}.{also}\n{named}\n"
        f"Answer with JSON and nothing else: {{{', '.join(form)}}}"
    )


PROTOCOL = Protocol(
    kind="dimensions",
    config=DimensionsConfig,
    response=DimensionsResponse,
    responses=(1, 8),
    template="kinds/dimensions/page.html",
    check=check,
    scores=scores,
    read=read,
    ask=ask,
    preferences=preferences,
    ratings=ratings,
)
