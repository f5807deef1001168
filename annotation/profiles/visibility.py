"""What one person sees of a page: which items and options are hidden, and in which order the rest stands."""

import random
from collections.abc import Mapping
from typing import Any

from annotation.profiles.items.base import Item
from annotation.profiles.shapes import Page

Known = Mapping[str, Any]


def page_shows(page: Page, known: Known) -> bool:
    """Return whether a page has anything to ask, given what is known before it."""
    if page.show_if is not None and not page.show_if.holds(known):
        return False
    return any(item.show_if is None or item.show_if.holds(known) for item in page.items)


def hidden_on(page: Page, known: Known) -> list[str]:
    """Return what is hidden: ids of items, and ``item.option`` for options of items that are shown.

    ``known`` holds what was answered before the page and, once given, the answers on it.
    """
    if not page_shows(page, known):
        return [item.id for item in page.items]
    hidden: list[str] = []
    for item in page.items:
        if item.show_if is not None and not item.show_if.holds(known):
            hidden.append(item.id)
            known = {**known, item.id: None}
        else:
            hidden += [
                f"{item.id}.{key}" for key, test in item.parts() if test is not None and not test.holds(known)
            ]
    return hidden


def hidden_options(item: Item, hidden: list[str]) -> frozenset[str]:
    """Return the keys of an item's hidden options."""
    prefix = f"{item.id}."
    return frozenset(name.removeprefix(prefix) for name in hidden if name.startswith(prefix))


def order_of(item: Item, *, seed: int, stage: str, scope: str = "") -> list[str]:
    """Return the order of an item's options or rows for one person.

    Drawn from (seed, stage, scope, item) alone, so the same after a reload, on another device, and at submit.
    """
    keys, how = item.shuffled()
    if how == "none":
        return keys
    last = keys[-1:] if how == "all_but_last" else []
    drawn = keys[: len(keys) - len(last)]
    random.Random(f"{seed}|{stage}|{scope}|{item.id}").shuffle(drawn)
    return drawn + last


def orders_on(page: Page, *, seed: int, stage: str, scope: str = "") -> dict[str, list[str]]:
    """Return the drawn orders of a page's items; items in a fixed order are left out."""
    return {
        item.id: order_of(item, seed=seed, stage=stage, scope=scope)
        for item in page.items
        if item.shuffled()[1] != "none"
    }
