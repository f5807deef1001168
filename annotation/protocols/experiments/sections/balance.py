"""Whether the randomisation did what was promised: arms in their blocks, orders of protocols, sides of every pair."""

from collections import Counter, defaultdict
from typing import Any

from django.db import connection

from annotation.protocols.experiments.rows import Row
from multivocal.studies.definition import StudyBase
from multivocal.studies.models import Allocation, Study

_ORDERS = """
    SELECT e.arm, l.stage, l.protocols::text, count(*)
    FROM protocols_plan l JOIN studies_enrolment e ON e.id = l.enrolment_id
    WHERE e.study_id = %s AND NOT e.preview
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
# Every presentation of two responses that was written, also one that was never answered: sides are given, not earned.
_SIDES = """
    WITH shown AS (
        SELECT p.stage, p.protocol_key, p.item_id, p.slots -> 0 ->> 'stimulus' AS first,
               p.slots -> 1 ->> 'stimulus' AS second
        FROM protocols_presentation p
        JOIN protocols_item i ON i.id = p.item_id
        JOIN studies_enrolment e ON e.id = p.enrolment_id
        WHERE i.study_id = %s AND i.item_set_id IS NOT NULL AND p.role = 'main' AND NOT e.preview
          AND jsonb_array_length(p.slots) = 2
    ), sides AS (
        SELECT stage, protocol_key, item_id, least(first, second), greatest(first, second),
               count(*) FILTER (WHERE first < second) AS one, count(*) FILTER (WHERE first > second) AS other
        FROM shown GROUP BY 1, 2, 3, 4, 5
    )
    SELECT stage, protocol_key, count(*), sum(one + other), sum(one), sum(other),
           count(*) FILTER (WHERE abs(one - other) > 1), max(abs(one - other))
    FROM sides GROUP BY 1, 2 ORDER BY 1, 2
"""


def balance(study: Study, definition: StudyBase, rows: list[Row]) -> dict[str, Any]:
    """Return the balance of arms in whole blocks, of the orders of protocols, and of left and right within pairs."""
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS, [study.pk])
        orders = cursor.fetchall()
        cursor.execute(_SIDES, [study.pk])
        sides = cursor.fetchall()
    return {
        "arms": _arms(study, definition),
        "orders": _orders(orders),
        "sides": [_side(*row) for row in sides],
    }


def _arms(study: Study, definition: StudyBase) -> dict[str, Any]:
    """Every whole block of a stratum holds each arm its weight times the block's multiple, or says where not."""
    multiple = definition.assignment.blocks
    wanted = Counter({arm.key: arm.weight * multiple for arm in definition.arms})
    size = sum(wanted.values())
    given = Allocation.objects.filter(version__study=study, preview=False).order_by(
        "version__number", "stratum", "position"
    )
    blocks: dict[tuple[int, str, int], Counter[str]] = defaultdict(Counter)
    totals: Counter[str] = Counter()
    for number, stratum, position, arm in given.values_list("version__number", "stratum", "position", "arm"):
        blocks[number, stratum, position // size][arm] += 1
        totals[arm] += 1
    whole = [block for block in blocks.values() if sum(block.values()) == size]
    return {
        "block_size": size,
        "whole_blocks": len(whole),
        "exact_blocks": sum(block == wanted for block in whole),
        "begun_blocks": len(blocks) - len(whole),
        "people": {arm.key: totals[arm.key] for arm in definition.arms},
        "exact": all(block == wanted for block in whole),
    }


def _orders(found: list[tuple[str, str, str, int]]) -> list[dict[str, Any]]:
    """Per arm and stage with more than one protocol: how many people met them in which order."""
    import json

    grouped: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for arm, stage, order, n in found:
        keys = json.loads(order)
        if len(keys) > 1:
            grouped[arm, stage][" → ".join(map(str, keys))] = n
    return [
        {
            "arm": arm,
            "stage": stage,
            "people": orders,
            "difference": max(orders.values()) - (min(orders.values()) if len(orders) > 1 else 0),
            "exact": len(orders) > 1 and max(orders.values()) - min(orders.values()) <= 1,
        }
        for (arm, stage), orders in grouped.items()
    ]


def _side(
    stage: str, protocol: str, pairs: int, shown: int, one: int, other: int, uneven: int, worst: int
) -> dict[str, Any]:
    return {
        "stage": stage,
        "protocol": protocol,
        "pairs": pairs,
        "shown": int(shown),
        "first_left": int(one),
        "first_right": int(other),
        "pairs_off_by_more_than_one": uneven,
        "worst": worst,
        "exact": uneven == 0,
    }
