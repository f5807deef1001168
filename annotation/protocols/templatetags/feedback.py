"""What the forms of the feedback protocols need from templates: deep look-ups, scales, a problem at its place."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from annotation.protocols import pairs

register = template.Library()


@register.filter
def at(whole: Any, key: Any) -> Any:
    """Return ``whole[key]``, or an empty string where there is nothing: ``{{ given|at:"scores"|at:card.slot }}``."""
    if isinstance(whole, Mapping):
        found = whole.get(key)
    elif isinstance(whole, list | tuple) and isinstance(key, int) and 0 <= key < len(whole):
        found = whole[key]
    else:
        found = None
    return "" if found is None else found


@register.filter
def upto(last: Any, first: int = 1) -> range:
    """Return the whole numbers from ``first`` to ``last``: ``{% for point in config.points|upto %}``."""
    return range(int(first), int(last) + 1)


@register.filter
def same(one: Any, other: Any) -> bool:
    """Say whether a given value is this choice; blank is no choice, and 0 is not blank."""
    return one != "" and one is not None and str(one) == str(other)


@register.filter
def points(config: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the points of a scale as ``{value, words}``: every point's words, or those of the two ends."""
    last = config["start"] + config["points"] - 1
    ends = {config["start"]: config["low"], last: config["high"]}
    words = dict(zip(upto(last, config["start"]), config["labels"], strict=False)) or ends
    return [{"value": value, "words": words.get(value, "")} for value in upto(last, config["start"])]


@register.simple_tag(takes_context=True)
def pair_steps(context: Any, width: int, graded: bool = True) -> list[dict[str, Any]]:
    """Return the choices between two answers as ``{value, words}``: strengths, or a, tie and b without grades."""
    first, second = (card["label"] for card in context["cards"])
    words = context["config"].get("labels") or pairs.words_for(width, first, second)
    values: list[Any] = list(pairs.strengths(width))
    if not graded:
        values = [pairs.outcome_of(value) for value in values]
    return [{"value": value, "words": said} for value, said in zip(values, words, strict=True)]


def _sentence(context: Any, place: str, also: str) -> str:
    problems = context.get("problems") or {}
    return str(problems.get(place) or (problems.get(also + place) if also else "") or "")


@register.simple_tag(takes_context=True)
def problem(context: Any, *parts: Any, also: str = "") -> SafeString:
    """Paint what is wrong at a place, whose name is ``parts`` joined by dots; nothing where all is well.

    ``also`` is what stands before the place where the answer had the wrong shape: ``scores.A`` for ``A``.
    """
    place = ".".join(str(part) for part in parts)
    sentence = _sentence(context, place, also)
    if not sentence:
        return mark_safe("")
    return format_html('<p class="error" id="problem-{}">{}</p>', place, sentence)


@register.simple_tag(takes_context=True)
def invalid(context: Any, *parts: Any, also: str = "") -> SafeString:
    """Return the attributes that tie a control to what is wrong at its place."""
    place = ".".join(str(part) for part in parts)
    if not _sentence(context, place, also):
        return mark_safe("")
    return format_html(' aria-invalid="true" aria-describedby="problem-{}"', place)
