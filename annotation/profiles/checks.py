"""What would go wrong with a questionnaire if its study opened: conditions that nobody can meet."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from annotation.profiles.conditions import Condition
from annotation.profiles.items.base import Item
from annotation.profiles.items.choices import Multiple, Single
from annotation.profiles.items.plain import Confirm
from annotation.profiles.items.vas import Vas
from annotation.profiles.shapes import Page, Profile


def check_profile(stage: Profile, definition: Any) -> Iterator[str]:
    """Yield a sentence for each condition that nobody can meet. (Languages are checked for the whole study.)"""
    before: dict[str, Item | None] = dict.fromkeys(_traits_before(stage, definition))
    yield from _conditions(stage.all_pages, before)


def check_pages(pages: Iterable[Page], definition: Any, stage: Any) -> Iterator[str]:
    """Yield the same sentences for pages that another kind of stage asks, such as feedback on a conversation."""
    yield from _conditions(pages, dict.fromkeys(_traits_before(stage, definition)))


def _traits_before(stage: Any, definition: Any) -> set[str]:
    traits: set[str] = set()
    for earlier in definition.stages:
        if earlier.id == stage.id:
            break
        if isinstance(earlier, Profile):
            traits |= set(earlier.traits) | {i.remember_as for i in earlier.all_items if i.remember_as}
    return traits


def _conditions(pages: Iterable[Page], before: dict[str, Item | None]) -> Iterator[str]:
    for page in pages:
        for test in page.show_if or ():
            yield from _reachable(f"page {page.id}", test, before)
        for item in page.items:
            for test in item.show_if or ():
                yield from _reachable(f"item {item.id}", test, before)
            for key, shows in item.parts():
                for test in shows or ():
                    yield from _reachable(f"option {item.id}.{key}", test, before)
            if item.asks:
                before[item.id] = item


def _reachable(place: str, test: Condition, before: Mapping[str, Item | None]) -> Iterator[str]:
    if test.item not in before:
        yield f"{place}: show_if looks at “{test.item}”, which is neither an earlier item of the stage nor a trait"
        return
    known = _possible(before[test.item])
    for wanted in (*test.any, *test.none):
        if known is not None and wanted not in known:
            yield f"{place}: show_if waits for “{wanted}”, which is not an answer to “{test.item}”"


def _possible(item: Item | None) -> set[str] | None:
    if isinstance(item, Single | Multiple):
        return {option.key for option in item.all_options}
    if isinstance(item, Vas):
        return {row.key for row in item.rows}
    return {"true"} if isinstance(item, Confirm) else None
