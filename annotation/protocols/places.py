"""Sentences for what is wrong with values given per slot; every kind that rates or ranks uses them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _


def strangers(given: Iterable[str], slots: Iterable[str], prefix: str = "") -> dict[str, str]:
    """Return a sentence for every slot in ``given`` that was not shown."""
    shown = set(slots)
    return {prefix + slot: _("this answer is not on the page") for slot in given if slot not in shown}


def unrated(
    given: Mapping[str, Any], slots: Iterable[str], low: int, high: int, prefix: str = ""
) -> dict[str, str]:
    """Return what keeps ``given`` from being one number from ``low`` to ``high`` for each of exactly ``slots``."""
    slots = list(slots)
    wrong = strangers(given, slots, prefix)
    for slot in slots:
        if slot not in given:
            wrong[prefix + slot] = _("rate this answer")
        elif not low <= given[slot] <= high:
            wrong[prefix + slot] = _("a rating lies between {min} and {max}").format(min=low, max=high)
    return wrong


def unranked(ranks: Mapping[str, int], slots: Iterable[str], ties: bool, prefix: str = "") -> dict[str, str]:
    """Return what keeps ``ranks`` from being an order of exactly ``slots``; the order as a whole is at ``ranks``."""
    slots = list(slots)
    wrong = strangers(ranks, slots, prefix)
    wrong |= {prefix + s: _("give this answer a place") for s in slots if s not in ranks}
    if wrong:
        return wrong
    places = sorted(ranks.values())
    if any(not 1 <= place <= len(slots) for place in places):
        wrong["ranks"] = _("places go from 1 to {count}").format(count=len(slots))
    elif not ties and len(set(places)) < len(places):
        wrong["ranks"] = _("two answers share a place; put one above the other")
    return wrong
