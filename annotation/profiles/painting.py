"""What a template needs to paint a page of questions, for one person and in their language."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from annotation.profiles import paradata
from annotation.profiles.conditions import AnyOf, Condition, settle
from annotation.profiles.items.base import Item
from annotation.profiles.shapes import Page
from annotation.profiles.visibility import hidden_options, order_of
from multivocal.domain.shapes import clean_text
from multivocal.studies.stages import Visit


def paint_page(
    visit: Visit,
    page: Page,
    scope: str,
    *,
    known: Mapping[str, Any],
    filled: Mapping[str, Sequence[str]],
    problems: Mapping[str, str],
) -> dict[str, Any]:
    """Return title, intro and the items to paint.

    Items that depend on earlier pages are decided here; items that depend on this page are painted with their
    condition, for the browser to show and hide, and the server decides again when the page comes back.
    """
    here = {item.id for item in page.items}
    # Control characters are painted away: nobody can delete what they cannot see.
    filled = {name: [clean_text(value) for value in values] for name, values in filled.items()}
    items = []
    for item in page.items:
        left = settle(item.show_if, known, here) if item.show_if else True
        if left is False:
            continue
        parts = [
            f"{item.id}.{key}"
            for key, test in item.parts()
            if test is not None and not {c.item for c in test} & here and not test.holds(known)
        ]
        refused = left is not True and item.id in problems
        order = order_of(item, seed=visit.enrolment.seed, stage=visit.stage.id, scope=scope)
        painted = item.paint(visit.language, {} if refused else filled, order, hidden_options(item, parts))
        _place_problems(painted, problems)
        items.append(_common(visit, item, problems) | painted | {"show_if": _watched(left)})
    return {
        "page": page.id,
        "title": visit.say(page.title) or visit.say(visit.stage.title),
        "intro": [part.strip() for part in visit.say(page.intro).split("\n\n") if part.strip()],
        "items": items,
        "shown": paradata.stamp(),
        "required": any(item["required"] for item in items),
        "optional": any(item["asks"] and not item["required"] for item in items),
    }


def _common(visit: Visit, item: Item, problems: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": item.id,
        "name": item.id,
        "kind": item.kind,  # type: ignore[attr-defined]
        "template": f"profiles/items/{item.kind}.html",  # type: ignore[attr-defined]
        "label": visit.say(item.label),
        "help": visit.say(item.help),
        "asks": item.asks,
        "required": item.required and item.asks,
        "problem": problems.get(item.id, ""),
    }


def _place_problems(painted: Mapping[str, Any], problems: Mapping[str, str]) -> None:
    for part in (*painted.get("rows", ()), *painted.get("options", ())):
        part["problem"] = problems.get(part.get("name", ""), "")
        part["text_problem"] = problems.get(part["text_name"], "")


def _watched(left: bool | list[Condition] | AnyOf) -> str:
    if isinstance(left, bool):
        return ""
    rules = left.any_of if isinstance(left, AnyOf) else left
    plain = [condition.model_dump(exclude_defaults=True) for condition in rules]
    return orjson.dumps({"any_of": plain} if isinstance(left, AnyOf) else plain).decode()
