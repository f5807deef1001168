"""What the forms of the feedback protocols need from templates: deep look-ups, scales, a problem at its place."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

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


def _sentence(problems: Any, place: str) -> str:
    """Return the sentence at ``place``, also where a refused shape names it longer (``scores.A`` for ``A``)."""
    if not isinstance(problems, Mapping):
        return ""
    if place in problems:
        return str(problems[place])
    return next((str(said) for name, said in problems.items() if str(name).endswith(f".{place}")), "")


@register.simple_tag(takes_context=True)
def problem(context: Any, *parts: Any) -> SafeString:
    """Paint what is wrong at a place, whose name is ``parts`` joined by dots; nothing where all is well."""
    place = ".".join(str(part) for part in parts)
    sentence = _sentence(context.get("problems"), place)
    if not sentence:
        return mark_safe("")
    return format_html('<p class="error" id="problem-{}">{}</p>', place, sentence)


@register.simple_tag(takes_context=True)
def invalid(context: Any, *parts: Any) -> SafeString:
    """Return the attributes that tie a control to what is wrong at its place."""
    place = ".".join(str(part) for part in parts)
    if not _sentence(context.get("problems"), place):
        return mark_safe("")
    return format_html(' aria-invalid="true" aria-describedby="problem-{}"', place)
