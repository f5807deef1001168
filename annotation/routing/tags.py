"""The tags of a run's prompts, as far as they are known: for rules, and as columns for the router."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from annotation.routing.domain.tags import Tags
from annotation.routing.domain.vocabulary import DIMENSIONS
from annotation.routing.models import ItemTags, Run


def prompt_of(context: Sequence[Mapping[str, Any]] | None, prompt: str) -> str:
    """Return the text of an item's prompt with what was said before it."""
    return "\n\n".join([*(turn.get("content", "") for turn in context or []), prompt])


def tags_of(run: Run) -> dict[UUID, Tags]:
    """Return the tags of every item that was asked about; unknown ones are unknown."""
    rows = ItemTags.objects.filter(run=run).values_list("item", "tags")
    return {item: Tags.from_json(tags) for item, tags in rows}


def tag_columns(run: Run) -> dict[UUID, dict[str, float]]:
    """Return, by item, what rules ask: ``tag: value`` is 1 for each, and ``tag`` the step where options are steps."""
    return {item: _columns(tags) for item, tags in tags_of(run).items()}


def _columns(tags: Tags) -> dict[str, float]:
    row: dict[str, float] = {}
    for key, values in tags.values.items():
        one = DIMENSIONS.get(key)
        for value in values or ():
            row[f"{key}: {value}"] = 1.0
            if one and one.meanings and one.options and value in one.options:
                row[key] = float(one.options.index(value))
    return row
