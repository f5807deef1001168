"""The items of a stage without their texts, read once per content: they never change once they are shown."""

import functools
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import connection

from annotation.protocols.comparison.screens import Response, Subject
from annotation.protocols.comparison.shapes import ComparisonConfig
from annotation.protocols.items.reading import content_hash
from annotation.protocols.items.storing import store_items
from annotation.protocols.models import ItemSet
from multivocal.studies.models import Study


def find_set(study: Study, config: ComparisonConfig) -> ItemSet | None:
    """Return the item set of a stage, or None where it is not there (yet)."""
    return ItemSet.objects.filter(study=study, name=set_name(config)).first()


def require_set(study: Study, config: ComparisonConfig) -> ItemSet | None:
    """Return the item set of a stage; items that stand in the study's own document are stored the first time."""
    if isinstance(config.items, str):
        return find_set(study, config)
    found = find_set(study, config)
    return (
        found
        or store_items(study=study, name=set_name(config), rows=list(config.items), source="study document")[
            0
        ]
    )


def set_name(config: ComparisonConfig) -> str:
    """Return the name of a stage's item set; items in the document are named by their content."""
    if isinstance(config.items, str):
        return config.items
    return f"{config.id[:60]}-{content_hash(list(config.items))[:12]}"


def subjects_of(item_set: ItemSet) -> tuple[Subject, ...]:
    """Return every item of a set, in the order of its file."""
    return _subjects(item_set.pk, item_set.sha256, item_set.updated_at)


def rules_of(item_set: ItemSet) -> dict[str, dict[str, Any]]:
    """Return what is accepted of each item that has a rule, by its name."""
    rules = item_set.items.exclude(gold=None).values_list("external_id", "gold")
    return {name: gold for name, gold in rules if gold}


def inline_subjects(config: ComparisonConfig) -> tuple[Subject, ...]:
    """Return the items that stand in the study's own document, whether they are stored yet or not."""
    rows = config.items if isinstance(config.items, tuple) else ()
    return tuple(
        Subject(
            uuid4(), number, row.id, row.split, row.block, row.stratum,
            tuple(Response(uuid4(), one.id, one.system or one.id, one.role) for one in row.responses), tuple(row.gold),
        )
        for number, row in enumerate(rows, start=1)
    )  # fmt: skip


@functools.lru_cache(maxsize=32)
def _subjects(pk: int, sha256: str, updated_at: datetime) -> tuple[Subject, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.id, i.number, i.external_id, i.split, i.block, i.stratum,"
            " coalesce((SELECT array_agg(k) FROM jsonb_object_keys(CASE WHEN jsonb_typeof(i.gold) = 'object'"
            " THEN i.gold ELSE '{}' END) k), '{}'),"
            " s.id, s.external_id, s.system, s.role"
            " FROM protocols_item i JOIN protocols_stimulus s ON s.item_id = i.id"
            " WHERE i.item_set_id = %s ORDER BY i.number, i.id, s.number, s.id",
            [pk],
        )
        found: dict[Any, tuple[tuple[Any, ...], list[Response]]] = {}
        for *facts, response, name, system, role in cursor:
            found.setdefault(facts[0], (tuple(facts), []))[1].append(
                Response(response, name, system or name, role)
            )
    return tuple(
        Subject(item, number, name, split, block, stratum, tuple(responses), tuple(gold))
        for (item, number, name, split, block, stratum, gold), responses in found.values()
    )
